"""Drives tests/apps/NetworkTestConsole: writes commands to its input, waits for lines in its output."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Callable, TypeVar

LOOPBACK = "127.0.0.1"


def pattern(length: int) -> bytes:
    """What PatternStream sends."""
    return (bytes(range(251)) * (length // 251 + 1))[:length]


def describe(data: bytes) -> str:
    """How the console describes what it received."""
    return f"received={len(data)} hash={hashlib.sha256(data).hexdigest()}"


class Console:
    """A running console."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.text = ""
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._changed:
                self.text += line.decode(errors="replace").replace("\r\n", "\n")
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def send(self, command: str) -> None:
        """Give a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()

    def expect(self, regex: str, seconds: float = 20, count: int = 1) -> re.Match[str]:
        """Wait for the `count`-th line that has a match of `regex`; a failure shows all output."""
        return self.expect_from(0, regex, seconds, count)

    def expect_from(self, start: int, regex: str, seconds: float, count: int = 1) -> re.Match[str]:
        """The same in what stands behind position `start` of the output."""
        deadline = time.monotonic() + seconds
        pattern = re.compile(regex, re.MULTILINE)
        with self._changed:
            while True:
                found = list(pattern.finditer(self.text, start))
                if len(found) >= count:
                    return found[count - 1]
                left = deadline - time.monotonic()
                ended = self.process.poll() is not None and not self._reader.is_alive()
                if left <= 0 or ended:
                    state = f"ended with {self.process.returncode}" if ended else "time is up"
                    raise AssertionError(f"no {regex!r}, {state}:\n{self.text[-6000:]}")
                self._changed.wait(min(left, 0.2))

    def memory(self) -> tuple[int, int]:
        """Bytes held now: by the network, in all."""
        before = len(re.findall(r"^\[memory\]", self.text, re.MULTILINE))
        self.send("memory")
        match = self.expect(r"^\[memory\] network=(\d+) all=(\d+)", count=before + 1)
        return int(match[1]), int(match[2])

    def expect_memory(self, network: int, seconds: float = 8) -> None:
        """Wait until the network holds no more than this."""
        deadline = time.monotonic() + seconds
        while self.memory()[0] > network:
            assert time.monotonic() < deadline, f"the network holds {self.memory()[0]} bytes:\n{self.text[-4000:]}"
            time.sleep(0.1)

    def quit(self) -> None:
        """End it in order; sanitizers report at the end."""
        if self.process.poll() is None:
            self.send("quit")
        status = self.process.wait(20)
        self._reader.join(5)
        assert status == 0, f"status {status}:\n{self.text[-6000:]}"


ConsoleType = TypeVar("ConsoleType", bound=Console)


@contextlib.contextmanager
def running(
    kind: Callable[[subprocess.Popen[bytes]], ConsoleType], executable: Path, *arguments: str
) -> Iterator[ConsoleType]:
    """Start an application of that kind; it is told to quit at the end, and must end with status 0."""
    environment = dict(os.environ, ASAN_OPTIONS="detect_stack_use_after_return=1", UBSAN_OPTIONS="halt_on_error=1")
    process = subprocess.Popen(
        [str(executable), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
    )
    console = kind(process)
    try:
        console.expect(r"^\[console\] ready")
        yield console
        console.quit()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@contextlib.contextmanager
def running_console(executable: Path, *arguments: str) -> Iterator[Console]:
    """Start a console."""
    with running(Console, executable, *arguments) as console:
        yield console
