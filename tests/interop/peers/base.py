"""What every peer of the interoperation table can do: serve the device, and call it."""

from __future__ import annotations

import abc
import contextlib
import os
import select
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from tests.interop.site import Files, Site
from tests.interop.suites import Suite

LINES = tuple((chr(ord("a") + number % 26) * 60 + str(number)).ljust(99, "x").encode() + b"\n" for number in range(240))
DATA = b"".join(LINES)
"""24,000 bytes that go each way: two TLS records, and text in lines, because some programs reverse or scan it."""

WAIT_S = 30.0
"""Longest time that one step of a conversation may take."""


def protocol_names(count: int) -> list[str]:
    """Names of application protocols that nobody has."""
    return [f"protocol-number-{number:05}-of-many" for number in range(count)]


class NotOffered(Exception):
    """The peer's program has no switch for what was wanted. The text says which."""


@dataclass(frozen=True)
class Setup:
    """How a peer is set up. What is not said stays as its makers ship it."""

    suite: Optional[Suite] = None
    """The only cipher suite."""
    group: str = ""
    """The only group for key exchange: X25519, P-256, P-384, P-521, X448, FFDHE2048."""
    version: str = ""
    """The only version of TLS: 1.1, 1.2, 1.3."""
    trust: str = "site"
    """Whose certificates it takes: "site" or "stranger"."""
    own: str = "ec256"
    """Server: kind of its certificate, see Site.server."""
    ask: bool = False
    """Server: wants a client certificate."""
    show: str = ""
    """Client: kind of the certificate it shows, see Site.client."""
    protocols: int = 0
    """Client: offer so many application protocols (ALPN) of 31 bytes each, which makes the ClientHello long."""
    again: bool = False
    """Client: talk twice, the second time going on from the first session. The first may do without data."""
    fragment: int = 0
    """Client: ask for records of at most this many bytes (RFC 6066 §4)."""


@dataclass(frozen=True)
class Call:
    """What a peer's client says of a conversation."""

    echoed: bool
    """Its data came back, and the device said goodbye."""
    said: str
    """Everything it printed but the data."""


class Server(abc.ABC):
    """A peer's server that runs; conversations come one after the other."""

    port: int
    manner: str = "echo"
    """What it does with data: "echo", "reverse" each line, or "file": read a request and send the file data.txt."""

    @abc.abstractmethod
    def mark(self) -> None:
        """Forget what was said so far."""

    @abc.abstractmethod
    def said(self) -> str:
        """What it said since `mark`."""

    def wait_said(self, words: str) -> str:
        """What it said, once `words` are part of it or time is up."""
        deadline = time.monotonic() + WAIT_S
        while words not in self.said() and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.said()


class Peer(abc.ABC):
    """A TLS implementation."""

    name: str
    serves: bool = True
    """There is a server of it."""
    stays: bool = False
    """Its client does not say goodbye before the device does."""

    def __init__(self, site: Site, stack: contextlib.ExitStack) -> None:
        self.site = site
        self.stack = stack
        """Whatever is kept from conversation to conversation ends with it."""

    @property
    @abc.abstractmethod
    def version(self) -> str:
        """Name and version, for the head of the table."""

    @abc.abstractmethod
    def start(self, stack: contextlib.ExitStack, setup: Setup) -> Server:
        """Start a server that ends with `stack`."""

    @abc.abstractmethod
    def call(self, port: int, setup: Setup) -> Call:
        """Let the peer's client send DATA to the device and take it back."""

    def ca(self, setup: Setup) -> Path:
        """PEM file with what the peer trusts."""
        return self.site.ca if setup.trust == "site" else self.site.other_ca

    def shown(self, setup: Setup) -> Optional[Files]:
        """The client certificate."""
        return self.site.client(setup.show) if setup.show else None


class ProgramServer(Server):
    """A server that is a program and writes a log."""

    def __init__(self, log: Path, port: int, manner: str = "echo") -> None:
        self.log = log
        self.port = port
        self.manner = manner
        self._mark = 0

    def mark(self) -> None:
        self._mark = self.log.stat().st_size

    def said(self) -> str:
        with self.log.open("rb") as file:
            file.seek(self._mark)
            return file.read().replace(DATA, b"(DATA)").decode(errors="replace")


@contextlib.contextmanager
def spawned(command: Sequence[str], log: Path, folder: Optional[Path] = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program with a pipe as its input and `log` as its output until the block ends."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, cwd=folder)
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            if process.stdin:
                with contextlib.suppress(OSError):
                    process.stdin.close()


def converse(command: Sequence[str]) -> Call:
    """Run a client that carries its standard input to the device and prints what comes back.

    Its input stays open until DATA has come back, then ends: that is what makes it say goodbye.
    """
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin and process.stdout and process.stderr
    ends = {process.stdout.fileno(): bytearray(), process.stderr.fileno(): bytearray()}
    received = ends[process.stdout.fileno()]
    waiting = list(ends)
    rest = memoryview(DATA)
    deadline = time.monotonic() + WAIT_S
    try:
        while waiting and time.monotonic() < deadline:
            writable = [] if process.stdin.closed else [process.stdin.fileno()]
            readable, ready, _ = select.select(waiting, writable if rest else [], [], 0.5)
            try:
                if ready:
                    rest = rest[os.write(process.stdin.fileno(), rest[:4096]) :]
            except BrokenPipeError:
                rest = rest[:0]
            for end in readable:
                part = os.read(end, 65536)
                ends[end] += part
                if not part:
                    waiting.remove(end)
            if not process.stdin.closed and (DATA in received or process.poll() is not None):
                process.stdin.close()
        stopped = bool(waiting)
    finally:
        if not process.stdin.closed:
            with contextlib.suppress(OSError):
                process.stdin.close()
        if waiting:
            process.kill()
        status = process.wait()
    printed, errors = (bytes(end).replace(DATA, b"(DATA)").decode(errors="replace") for end in ends.values())
    said = f"{printed}\n{errors}\n" + ("killed: it did not end" if stopped else f"exit status {status}")
    return Call("(DATA)" in printed and status == 0, said)
