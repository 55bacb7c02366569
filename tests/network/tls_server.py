"""Drives tests/apps/TlsServer, and speaks TLS to it: Python's ssl, or bytes written by hand."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from tests.network.console import LOOPBACK, Console
from tests.support.apps import build_app
from tests.support.peers import free_port
from tests.support.pki import Authority, Identity

APP = "tests/apps/TlsServer"
LINGER_S = 2.2
"""For so long the server waits for the FIN of a peer whose connection it closed."""
ALERT = 21
HANDSHAKE = 22


@dataclass
class Figures:
    """What the command `memory` said."""

    values: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.values[name]


class TlsServer:
    """A running TlsServer."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.port = 0
        self._asked: dict[str, int] = {}

    def ask(self, command: str, answer: str) -> re.Match[str]:
        """Give a command and wait for its answer, a line "[name] text" with a match for `answer` as its text."""
        name = re.match(r"\w+", command)
        assert name
        count = self._asked[name[0]] = self._asked.get(name[0], 0) + 1
        self.console.send(command)
        line = self.console.expect(rf"^\[{name[0]}\] (.*)$", count=count)
        match = re.match(answer, line[1].strip())
        assert match, f"{command}: {line[1]!r}"
        return match

    def load(self, identity: Identity, folder: Path, stem: str = "server") -> None:
        certificate, key = identity.write(folder, stem)
        self.ask(f"load key={key} cert={certificate}", "done")

    def listen(self, **options: object) -> None:
        words = " ".join(f"{name}={value}" for name, value in options.items())
        self.port = int(self.ask(f"listen port={free_port()} {words}", r"port=(\d+)")[1])

    def figures(self) -> Figures:
        line = self.ask("memory", "(.*)")[1]
        return Figures({name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", line)})

    def settle(self, *, like: Optional[Figures] = None, still: bool = False, seconds: float = 10) -> Figures:
        """Wait until no connection is left, also none that only waits for its peer's FIN; return the figures then.

        `like`: until the heap holds as much as it did there. `still`: long enough for all to be over.
        """
        deadline = time.monotonic() + seconds
        if still:
            time.sleep(LINGER_S)
        while True:
            figures = self.figures()
            if figures["connections"] == 0 and (like is None or figures["all"] == like["all"]):
                return figures
            if time.monotonic() > deadline:
                raise AssertionError(f"not as before: {like and like.values} became {figures.values}")
            time.sleep(0.05)

    def connect(self, seconds: float = 30) -> socket.socket:
        return socket.create_connection((LOOPBACK, self.port), seconds)


def build_server(folder: Path, **variables: str) -> Path:
    """Build it, and copy it out of reach of other builds."""
    copy = folder / "TlsServer"
    copy.write_bytes(build_app(APP, **variables).read_bytes())
    copy.chmod(0o755)
    return copy


@contextlib.contextmanager
def running_server(executable: Path, *arguments: str) -> Iterator[TlsServer]:
    """Start one; it must end with status 0."""
    process = subprocess.Popen(
        [str(executable), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    console = Console(process)
    try:
        console.expect(r"^\[console\] ready")
        yield TlsServer(console)
        console.quit()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def client_context(authority: Optional[Authority], *, ciphers: str = "") -> ssl.SSLContext:
    """A stock client that trusts the authority."""
    context = ssl.create_default_context(cadata=authority.pem.decode() if authority else None)
    if ciphers:
        context.set_ciphers(ciphers)
    return context


@dataclass(frozen=True)
class Outcome:
    """What a connection agreed on."""

    version: Optional[str]
    resumed: bool
    session: Optional[ssl.SSLSession]


def talk(
    server: TlsServer,
    context: ssl.SSLContext,
    data: bytes = b"hello",
    session: Optional[ssl.SSLSession] = None,
    seconds: float = 30,
) -> Outcome:
    """Connect, have `data` echoed and say goodbye in order."""
    with context.wrap_socket(server.connect(seconds), server_hostname="localhost", session=session) as secure:
        talk_on(secure, data)
        outcome = Outcome(secure.version(), bool(secure.session_reused), secure.session)
        secure.unwrap()
    return outcome


def talk_on(secure: ssl.SSLSocket, data: bytes, seconds: float = 60) -> None:
    """Have `data` echoed. Written and read in turns, because neither side can hold all of it, by one thread: OpenSSL's
    objects are not for two."""
    received = bytearray()
    left = memoryview(data)
    before = secure.gettimeout()
    deadline = time.monotonic() + seconds
    secure.settimeout(0)
    try:
        while len(received) < len(data):
            moved = False
            with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
                while left:
                    left = left[secure.send(left[:16384]) :]
                    moved = True
            with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
                while len(received) < len(data):
                    chunk = secure.recv(65536)
                    if not chunk:
                        raise ConnectionError(f"ended after {len(received)} of {len(data)} bytes")
                    received += chunk
                    moved = True
            if not moved and not _wait_for(secure, bool(left), deadline):
                raise TimeoutError(f"only {len(received)} of {len(data)} bytes came back")
    finally:
        secure.settimeout(before)
    assert bytes(received) == data


def _wait_for(secure: ssl.SSLSocket, writing: bool, deadline: float) -> bool:
    """Wait until something can be done; False: the deadline passed."""
    readable, writable, _ = select.select(
        [secure], [secure] if writing else [], [], max(0.0, deadline - time.monotonic())
    )
    return bool(readable or writable)


def client_hello(extensions: Optional[bytes] = None, suites: bytes = b"\xc0\x2b\xc0\x2f\x00\xff") -> bytes:
    """A ClientHello for TLS 1.2 in one record (RFC 5246 §7.4.1.2); None: without the extensions' field."""
    body = b"\x03\x03" + bytes(range(32)) + b"\0" + len(suites).to_bytes(2, "big") + suites + b"\x01\0"
    if extensions is not None:
        body += len(extensions).to_bytes(2, "big") + extensions
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + len(message).to_bytes(2, "big") + message


def extension(number: int, body: bytes) -> bytes:
    return number.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def usual_extensions(algorithms: bytes = b"\x04\x03\x04\x01") -> bytes:
    """Extensions that a server can answer to: P-256, and signatures (by default ECDSA and RSA with SHA-256)."""
    signatures = extension(13, len(algorithms).to_bytes(2, "big") + algorithms)
    return extension(10, b"\x00\x02\x00\x17") + signatures


STALLER = client_hello(usual_extensions())
"""What a peer says that then says no more: the server answers with its first flight and waits."""


def read_records(connection: socket.socket) -> list[tuple[int, bytes]]:
    """Records until the peer's end: content type and payload."""
    data = bytearray()
    with contextlib.suppress(ConnectionError):
        while chunk := connection.recv(65536):
            data += chunk
    records = []
    while len(data) >= 5:
        length = int.from_bytes(data[3:5], "big")
        records.append((data[0], bytes(data[5 : 5 + length])))
        del data[: 5 + length]
    assert not data
    return records
