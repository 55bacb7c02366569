"""Drives tests/apps/HttpServerTest and talks to it, with or without TLS."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from tests.network.console import LOOPBACK, Console, running_console
from tests.support.apps import build_app
from tests.support.peers import free_port
from tests.support.pki import Authority, Identity

APP = "tests/apps/HttpServerTest"
GOOD = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@dataclass
class Answer:
    """A response."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class HttpServer:
    """A running HttpServerTest."""

    def __init__(self, console: Console, tls: Optional[ssl.SSLContext]) -> None:
        self.console = console
        self.tls = tls
        self.port = 0
        self._asked: dict[str, int] = {}

    def ask(self, command: str, answer: str) -> re.Match[str]:
        """Give a command and wait for its answer, a line "[name] text"."""
        name = command.split()[0]
        count = self._asked[name] = self._asked.get(name, 0) + 1
        self.console.send(command)
        line = self.console.expect(rf"^\[{name}\] (.*)$", count=count)
        match = re.match(answer, line[1].strip())
        assert match, f"{command}: {line[1]!r}"
        return match

    def load(self, identity: Identity, folder: Path) -> None:
        certificate, key = identity.write(folder, "server")
        self.ask(f"load key={key} cert={certificate}", "done")

    def listen(self, **options: object) -> None:
        words = " ".join(f"{name}={value}" for name, value in options.items())
        command = f"listen port={free_port()} ssl={int(self.tls is not None)} {words}"
        self.port = int(self.ask(command, r"port=(\d+)")[1])

    def figures(self) -> dict[str, int]:
        line = self.ask("memory", "(.*)")[1]
        return {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", line)}

    @contextlib.contextmanager
    def connect(self, seconds: float = 20) -> Iterator[socket.socket]:
        with socket.create_connection((LOOPBACK, self.port), seconds) as plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls is None:
                yield plain
                return
            with self.tls.wrap_socket(plain, server_hostname="localhost") as secure:
                yield secure

    def exchange(self, data: bytes, *, end: bool = False, seconds: float = 10) -> bytes:
        """Send `data` (and FIN if `end`), and return all that the server says until it closes."""
        with self.connect(seconds) as connection:
            with contextlib.suppress(ConnectionError):
                connection.sendall(data)
            if end:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_WR)
            return read_all(connection)

    def is_well(self) -> bool:
        """Tell whether it answers."""
        with self.connect() as connection:
            connection.sendall(GOOD)
            return read_answer(connection).body == b"hello\n"


def read_all(connection: socket.socket) -> bytes:
    """Return all bytes until the peer's end, whether it said goodbye or not."""
    data = bytearray()
    with contextlib.suppress(ConnectionError, ssl.SSLEOFError):
        while chunk := connection.recv(65536):
            data += chunk
    return bytes(data)


def parse(data: bytes) -> Answer:
    """Take a response apart whose body ends with the data."""
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    match = re.fullmatch(r"HTTP/1\.1 (\d{3}) .+", lines[0])
    assert match, data[:200]
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return Answer(int(match[1]), headers, body)


class Reader:
    """Reads responses, one after the other, from a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.data = bytearray()

    def _more(self) -> None:
        chunk = self.connection.recv(65536)
        if not chunk:
            raise ConnectionError(f"ended within a response: {bytes(self.data[:200])!r}")
        self.data += chunk

    def _take(self, count: int) -> bytes:
        while len(self.data) < count:
            self._more()
        taken = bytes(self.data[:count])
        del self.data[:count]
        return taken

    def _line(self) -> bytes:
        while (end := self.data.find(b"\r\n")) < 0:
            self._more()
        return self._take(end + 2)[:-2]

    def answer(self, *, head_only: bool = False) -> Answer:
        while (end := self.data.find(b"\r\n\r\n")) < 0:
            self._more()
        answer = parse(self._take(end + 4))
        if head_only or answer.status in (100, 101, 204, 304):
            return answer
        if answer.headers.get("transfer-encoding") == "chunked":
            while size := int(self._line(), 16):
                answer.body += self._take(size)
                assert self._take(2) == b"\r\n"
            assert self._line() == b""
        else:
            answer.body = self._take(int(answer.headers["content-length"]))
        return answer


def read_answer(connection: socket.socket) -> Answer:
    """Read one response."""
    return Reader(connection).answer()


def build_server(folder: Path, **variables: str) -> Path:
    """Build it, and copy it out of reach of other builds."""
    copy = folder / "HttpServerTest"
    copy.write_bytes(build_app(APP, **variables).read_bytes())
    copy.chmod(0o755)
    return copy


@contextlib.contextmanager
def running_server(executable: Path, tls: Optional[ssl.SSLContext] = None, *arguments: str) -> Iterator[HttpServer]:
    """Start one; it must end with status 0 and leave no memory behind."""
    with running_console(executable, *arguments) as console:
        yield HttpServer(console, tls)


def fetch(server: HttpServer, path: str, *options: str, authority: Authority, folder: Path, curl: str) -> bytes:
    """Return what curl prints."""
    ca = folder / "ca.pem"
    ca.write_bytes(authority.pem)
    scheme = "https" if server.tls else "http"
    url = f"{scheme}://localhost:{server.port}{path}"
    command = [curl, "-sS", "--max-time", "30", "--noproxy", "*", "--cacert", str(ca), *options, url]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
