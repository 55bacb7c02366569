"""Build applications the way a user does, and run them as the host emulator process."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

ROOT = Path(__file__).resolve().parents[2]
ADAPTER_FOLDER = {"0": "nossl", "Axtls": "axtls", "Bearssl": "bearssl"}


def scons(
    *arguments: str, timeout: float = 600, env: Optional[dict[str, str]] = None
) -> subprocess.CompletedProcess[str]:
    """Run `./scons` in the checkout. Builds of several test processes take turns: they share out/."""
    (ROOT / "out").mkdir(exist_ok=True)
    with (ROOT / "out" / ".test-build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return subprocess.run(
            [str(ROOT / "scons"), *arguments],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )


def build_app(app: str, *, ssl: str = "Bearssl", **variables: str) -> Path:
    """Build one application (a sample's name or a path) for the host. Returns its executable."""
    arguments = ["SMING_SOC=host", f"ENABLE_SSL={ssl}", f"APP={app}"]
    arguments += [f"{name}={value}" for name, value in variables.items()]
    result = scons(*arguments)
    assert result.returncode == 0, f"./scons {' '.join(arguments)} failed:\n{result.stdout[-6000:]}"
    instrumented = "".join(f"-{name}" for name in variables.get("SANITIZERS", "").split(",") if name)
    executable = ROOT / "out" / "host" / (ADAPTER_FOLDER[ssl] + instrumented) / Path(app).name / "firmware"
    assert executable.exists(), f"{executable} was not built:\n{result.stdout[-3000:]}"
    return executable


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
    """An application that runs while the test talks to it."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, report: Path) -> None:
        self.process = process
        self.log = log
        self.report_path = report

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def expect(self, text: str, seconds: float = 20) -> str:
        """Wait until `text` stands in the output. A failure shows the output's tail."""
        return self.expect_one_of(text, seconds=seconds)

    def expect_one_of(self, *texts: str, seconds: float = 20) -> str:
        """Wait until one of `texts` stands in the output, which is returned."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            output = self.output
            if any(text in output for text in texts):
                return output
            if self.process.poll() is not None:
                time.sleep(0.05)
                output = self.output
                if any(text in output for text in texts):
                    return output
                raise AssertionError(f"ended with {self.process.returncode} without {texts}:\n{output[-3000:]}")
            time.sleep(0.02)
        raise AssertionError(f"none of {texts} within {seconds} s:\n{self.output[-3000:]}")

    def stop(self) -> int:
        """End it as Ctrl-C does. Returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(15)

    def report(self) -> dict[str, Any]:
        """The report; stop() first."""
        figures: dict[str, Any] = json.loads(self.report_path.read_text())
        return figures


@contextlib.contextmanager
def running_app(executable: Path, folder: Path, *arguments: str) -> Iterator[RunningApp]:
    """Start an application; it is stopped at the end of the block."""
    log, report = folder / "app.log", folder / "report.json"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(executable), f"--report={report}", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(os.environ),
        )
    app = RunningApp(process, log, report)
    try:
        yield app
    finally:
        if process.poll() is None:
            app.stop()
