"""The emulator process of HostTest, as a test starts it, tells it what to do and reads what it says."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 20.0


@dataclass
class Device:
    """The program, its input, and the lines it has written so far."""

    process: subprocess.Popen[str]
    lines: list[str]
    report_path: Path

    def tell(self, *commands: str) -> None:
        assert self.process.stdin
        self.process.stdin.write("".join(f"{command}\n" for command in commands))
        self.process.stdin.flush()

    def expect(self, pattern: str) -> re.Match[str]:
        """Wait for a line that matches."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            for line in self.lines:
                found = re.fullmatch(pattern, line)
                if found:
                    return found
            time.sleep(0.01)
        raise AssertionError(f"no line {pattern!r}:\n" + "\n".join(self.lines[-50:]))

    def end(self) -> int:
        """Wait for the end of the process. Returns its status."""
        return self.process.wait(SECONDS)

    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.report_path.read_text())
        return report


class Starter:
    """Starts the program with some options and ends it after the test."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program = program
        self.folder = folder
        self.devices: list[Device] = []

    def __call__(self, *options: str) -> Device:
        report = self.folder / f"report-{len(self.devices)}.json"
        process = subprocess.Popen(
            [str(self.program), f"--report={report}", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        device = Device(process, [], report)
        threading.Thread(target=self._read, args=(device,), daemon=True).start()
        self.devices.append(device)
        device.expect("ready")
        return device

    @staticmethod
    def _read(device: Device) -> None:
        assert device.process.stdout
        for line in device.process.stdout:
            device.lines.append(line.rstrip("\r\n"))

    def stop(self) -> None:
        for device in self.devices:
            device.process.kill()
            device.process.wait(SECONDS)


def run(program: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run to the end without input."""
    return subprocess.run(
        [str(program), *options], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def report_of_running(device: Device) -> dict[str, Any]:
    """What SIGUSR1 gives."""
    device.report_path.unlink(missing_ok=True)
    device.process.send_signal(signal.SIGUSR1)
    deadline = time.monotonic() + SECONDS
    while not device.report_path.exists():
        assert time.monotonic() < deadline and device.process.poll() is None
        time.sleep(0.01)
    return device.report()
