"""Peers for tests: a TCP server whose behaviour is a function, and an HTTP server that does what its paths say."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Optional

from tests.network.console import LOOPBACK, pattern

Behaviour = Callable[[socket.socket], None]


@dataclass
class TcpPeer:
    """Serves each connection on a thread of its own. What a behaviour raises is kept for the end."""

    behaviour: Behaviour
    port: int = 0
    connections: int = 0
    errors: list[BaseException] = field(default_factory=list)


@contextlib.contextmanager
def tcp_peer(behaviour: Behaviour) -> Iterator[TcpPeer]:
    """Run a TCP server. An exception in a behaviour fails the test, unless the peer's errors are cleared."""
    peer = TcpPeer(behaviour)
    listener = socket.create_server((LOOPBACK, 0), backlog=64)
    peer.port = listener.getsockname()[1]
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection:
            try:
                peer.behaviour(connection)
            except BaseException as error:  # the thread's only witness
                peer.errors.append(error)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, address = listener.accept()
                if address == last.getsockname():
                    connection.close()
                    return
                connection.settimeout(20)
                peer.connections += 1
                thread = threading.Thread(target=serve, args=(connection,), daemon=True)
                threads.append(thread)
                thread.start()

    # Connects when the test is over: what came before, and may be complete for the other end, is accepted before it
    last = socket.socket()
    last.bind((LOOPBACK, 0))
    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield peer
    finally:
        with last, contextlib.suppress(OSError):
            last.settimeout(5)
            last.connect((LOOPBACK, peer.port))
            acceptor.join(5)
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join(5)
        for thread in threads:
            thread.join(10)
    assert not peer.errors, peer.errors


def reset(connection: socket.socket) -> None:
    """Break a connection off with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def read_all(connection: socket.socket) -> bytes:
    """Everything until the peer's end."""
    data = bytearray()
    while True:
        chunk = connection.recv(65536)
        if not chunk:
            return bytes(data)
        data += chunk


def exchange(connection: socket.socket, data: bytes, expected: int, step: int = 16384) -> bytes:
    """Send and receive at the same time until `expected` bytes came back. TLS sockets, too: one thread only."""
    connection.setblocking(False)
    received = bytearray()
    sent = 0
    deadline = time.monotonic() + 60
    while len(received) < expected:
        assert time.monotonic() < deadline, f"{sent} bytes sent, {len(received)} of {expected} came back"
        progress = False
        with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            chunk = connection.recv(65536)
            assert chunk, f"ended after {len(received)} of {expected} bytes"
            received += chunk
            progress = True
        if sent < len(data):
            with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                sent += connection.send(data[sent : sent + step])
                progress = True
        if not progress:
            select.select([connection], [connection] if sent < len(data) else [], [], 0.2)
    connection.setblocking(True)
    connection.settimeout(20)
    return bytes(received)


class Handler(BaseHTTPRequestHandler):
    """GET /bytes/N, /chunked/N, /close/N, /status/N, /slow, /headers/N, /once; POST /echo."""

    protocol_version = "HTTP/1.1"
    server: HttpServer

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""

    def _reply(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self) -> None:
        self.server.requests.append(f"{self.command} {self.path} {self.headers.get('Host')}")
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        _, kind, *rest = self.path.split("?")[0].split("/")
        number = int(rest[0]) if rest and rest[0].isdigit() else 0
        if kind == "bytes":
            self._reply(pattern(number), X_Test="one")
        elif kind == "chunked":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            body = pattern(number)
            for start in range(0, number, 1000):
                chunk = body[start : start + 1000]
                self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            self.wfile.write(b"0\r\nX-Trailer: 1\r\n\r\n")
        elif kind == "close":
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(pattern(number))
            self.close_connection = True
        elif kind == "status":
            self._reply(b"", number)
        elif kind == "headers":
            self.send_response(200)
            for index in range(number):
                self.send_header(f"X-Test-{index}", "v" * 20)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif kind == "repeated":
            self._reply(b"", X_Test="one")
        elif kind == "once":
            # Keeps the connection in words, and closes it when idle
            self._reply(pattern(10))
            self.wfile.flush()
            self.close_connection = True
        elif kind == "interim":
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            self._reply(pattern(20))
        else:
            self._reply(b"not here", 404)

    do_HEAD = do_GET
    do_DELETE = do_GET

    def do_POST(self) -> None:
        self.server.requests.append(f"{self.command} {self.path} {self.headers.get('Host')}")
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while True:
                size = int(self.rfile.readline(), 16)
                body += self.rfile.read(size)
                self.rfile.readline()
                if size == 0:
                    break
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(body)
        self._reply(body)

    do_PUT = do_POST


class HttpServer(ThreadingHTTPServer):
    """What was asked stands in `requests` ("GET /path host")."""

    daemon_threads = True

    def __init__(self, context: Optional[ssl.SSLContext] = None) -> None:
        super().__init__((LOOPBACK, 0), Handler)
        self.requests: list[str] = []
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.connections = 0
        self.context = context

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        with contextlib.suppress(OSError):
            if self.context is not None:
                request = self.context.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)
            if self.context is not None:
                request.unwrap()

    @property
    def last_headers(self) -> dict[str, str]:
        """Header fields of the last request, their names in lower case."""
        return self.headers[-1] if self.headers else {}

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@contextlib.contextmanager
def http_server(context: Optional[ssl.SSLContext] = None) -> Iterator[HttpServer]:
    """Run an HTTP server, with TLS if a context is given."""
    server = HttpServer(context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
