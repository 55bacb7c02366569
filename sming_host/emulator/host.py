"""An application in the host's emulator process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time as clock
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional, Union

from sming_host.emulator.device import Device, Heap

_STOP_S = 15
_REPORT_S = 20
_POLL_S = 0.01


class HostDevice(Device):
    """A process that runs the executable of the host build. See ``firmware --help`` for its own options."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path, report: Path) -> None:
        super().__init__(name, log)
        self.process = process
        self.stopped = False
        """True once `stop` was called: an end that nobody asked for is another matter."""
        self._report = report

    @classmethod
    def start(
        cls,
        program: Path,
        folder: Path,
        *arguments: str,
        name: Optional[str] = None,
        heap: Union[str, int, None] = None,
        env: Optional[Mapping[str, str]] = None,
        free_ports: bool = True,
    ) -> HostDevice:
        """Start an executable; `folder` gets its log and its report.

        `arguments` are options of the executable. `heap` caps the device's heap ("48K", or bytes); `env` adds to the
        environment. With `free_ports` every port the application listens on becomes a free one of this machine,
        unless a ``--map`` says otherwise; `port` tells which. The device's files are a copy in `folder`, unless
        ``--files`` says otherwise: what it writes is gone with the test.
        """
        folder.mkdir(parents=True, exist_ok=True)
        log, report = folder / "app.log", folder / "report.json"
        options = [f"--report={report}"]
        if free_ports:
            options.append("--map=free")
        if heap is not None:
            options.append(f"--heap={heap}")
        if (program.parent / "files").is_dir():
            shutil.copytree(program.parent / "files", folder / "files", dirs_exist_ok=True)
            options.append(f"--files={folder / 'files'}")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(program), *options, *arguments],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
            )
        return cls(name or program.parent.name, process, log, report)

    @property
    def address(self) -> str:
        """This machine; certificates of `generate-cert` have this name."""
        return "localhost"

    def port(self, port: int, timeout: float = 20) -> int:
        """Return the port of this machine for a port that the application listens on; waits until it does."""
        deadline = clock.monotonic() + timeout
        while True:
            late = clock.monotonic() >= deadline
            ports = {int(row["port"]): int(row["host_port"]) for row in self.report()["listening"]}
            if port in ports and not self.ended():
                return ports[port]
            if self.ended():
                raise self.failure(f"{self.ended()}, and does not listen on port {port}")
            if late:
                others = f"; it listens on {', '.join(map(str, sorted(ports)))}" if ports else ""
                raise self.failure(f"not listening on port {port} within {timeout:g} s{others}")
            clock.sleep(5 * _POLL_S)

    @property
    def heap(self) -> Heap:
        """The heap as it is now."""
        figures = self.report()["heap"]
        return Heap(figures["total"]["current"], figures["total"]["peak"], figures["cap"], figures["tags"])

    def report(self) -> dict[str, Any]:
        """Heap, ports, handshakes and errors: as they are now, or as they were at the end."""
        asked = False
        if self.process.poll() is None:
            self._report.unlink(missing_ok=True)
        deadline = clock.monotonic() + _REPORT_S
        while not self._report.exists():
            if not asked and _catches(self.process.pid, signal.SIGUSR1):
                self.process.send_signal(signal.SIGUSR1)
                asked = True
            if self.process.poll() is not None:
                # It may have written one at its end, between the two questions.
                break
            if clock.monotonic() >= deadline:
                raise self.failure(f"no report within {_REPORT_S} s: the main loop is not reached")
            clock.sleep(_POLL_S)
        try:
            figures: dict[str, Any] = json.loads(self._report.read_text("utf-8"))
        except FileNotFoundError:
            raise self.failure(f"{self.ended()}, and left no report") from None
        return figures

    def send(self, text: str) -> None:
        """Type on the device's console."""
        console = self.process.stdin
        try:
            if console is not None:
                console.write(text.encode())
                console.flush()
        except OSError as error:
            raise self.failure(f"{self.name} does not read its input: {error.strerror}") from error

    def ended(self) -> str:
        """Say how the process has ended; empty while it runs."""
        status = self.process.poll()
        if status is None:
            return ""
        if status < 0:
            return f"{self.name} was ended by {signal.Signals(-status).name}"
        return f"{self.name} has ended with status {status}"

    def stop(self) -> int:
        """End it as Ctrl-C does, if it still runs. Returns the exit status; a negative one is a signal's number."""
        self.stopped = True
        self._await_handlers()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            status = self.process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise self.failure(f"{self.name} did not end within {_STOP_S} s of being told to, and was killed") from None
        finally:
            if self.process.stdin is not None:
                self.process.stdin.close()
        # Told to when it had been told before
        return 0 if status == -signal.SIGINT else status

    def _await_handlers(self) -> None:
        """Wait until it is ready to be told: what the shell starts in the background ignores SIGINT until then."""
        deadline = clock.monotonic() + _STOP_S
        while self.process.poll() is None and not _catches(self.process.pid, signal.SIGINT):
            if clock.monotonic() >= deadline:
                return
            clock.sleep(_POLL_S)


def _catches(pid: int, number: signal.Signals) -> bool:
    """Tell whether a process has a handler for a signal; one that has only just been started has none."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return False
    for line in status.splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    return False
