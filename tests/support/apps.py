"""Build applications the way a user does, and run them as the host emulator process."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from sming_host.emulator import HostDevice, build, run_build
from sming_host.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
ADAPTER_FOLDER = {"0": "nossl", "Axtls": "axtls", "Bearssl": "bearssl"}


def scons(
    *arguments: str, timeout: float = 600, env: Optional[dict[str, str]] = None
) -> subprocess.CompletedProcess[str]:
    """Run `./scons` in the checkout. Builds of several test processes take turns: they share out/."""
    return run_build(ROOT, *arguments, timeout=timeout, env=env)


def build_app(app: str, *, ssl: str = "Bearssl", **variables: str) -> Path:
    """Build one application (a sample's name or a path) for the host. Returns its executable."""
    try:
        return build(app, top=ROOT, adapter=ssl, variables=variables)
    except UserError as error:
        raise AssertionError(str(error)) from error


@dataclass
class Run:
    """What an application did from start to end."""

    status: int
    output: str
    report: dict[str, Any] = field(default_factory=dict)


def run_app(executable: Path, *arguments: str, timeout: float = 60) -> Run:
    """Run to its end, with a report. An application that does not end in time is an error."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        process = subprocess.run(
            [str(executable), f"--report={report}", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
        figures = json.loads(report.read_text()) if report.exists() else {}
    return Run(process.returncode, process.stdout.decode(errors="replace"), figures)


class RunningApp:
    """An application that runs while the test talks to it, and texts that are waited for in all of its output."""

    def __init__(self, device: HostDevice) -> None:
        self.device = device
        self.process = device.process

    @property
    def output(self) -> str:
        return self.device.output

    def expect(self, text: str, seconds: float = 20) -> str:
        """Wait until `text` stands in the output. A failure shows the output's tail."""
        return self.expect_one_of(text, seconds=seconds)

    def expect_one_of(self, *texts: str, seconds: float = 20) -> str:
        """Wait until one of `texts` stands in the output, which is returned."""
        self.device.expect("|".join(map(re.escape, texts)), seconds, anywhere=True)
        return self.device.output

    def stop(self) -> int:
        """End it as Ctrl-C does. Returns the exit status."""
        return self.device.stop()

    def report(self) -> dict[str, Any]:
        """The report; stop() first."""
        return self.device.report()


@contextlib.contextmanager
def running_app(executable: Path, folder: Path, *arguments: str) -> Iterator[RunningApp]:
    """Start an application; it is stopped at the end of the block."""
    with HostDevice.start(executable, folder, *arguments, free_ports=False) as device:
        yield RunningApp(device)
