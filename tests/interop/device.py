"""The device's side of a conversation, as client and as server: sessions of `sming_host.tls` over sockets."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import Any, Optional

from sming_host.tls import Connection, Library, Resumption, State, TlsError, connect, listen
from tests.interop.peers import DATA, LINES, WAIT_S, Server
from tests.interop.site import NAME
from tests.support.peers import LOOPBACK


@dataclass(frozen=True)
class Talk:
    """What the device says of a conversation."""

    suite: Optional[str]
    version: Optional[str]
    error: Optional[TlsError]
    received: int
    """Bytes of plaintext."""
    sent: int
    clean: bool
    """Both sides said goodbye."""
    peer: Optional[bytes]
    """SHA-256 of the peer's certificate."""
    verified: bool
    resumed: bool
    """It went on from an earlier session."""
    kept: Optional[Resumption] = None
    """What the device as client can go on from."""
    trouble: str = ""
    """What the socket said, if it was not TLS that failed."""


@dataclass
class _Count:
    received: int = 0
    sent: int = 0


def _talk(connection: Connection, count: _Count, error: Optional[TlsError], trouble: str = "") -> Talk:
    session = connection.session
    peer = session.peer_certificate
    return Talk(
        session.cipher_suite,
        session.version,
        error,
        count.received,
        count.sent,
        session.state is State.CLOSED,
        peer.sha256 if peer else None,
        session.verified,
        session.resumed,
        session.take_resumption(),
        trouble,
    )


class Device:
    """The device with one adapter."""

    def __init__(self, adapter: str, library: Library) -> None:
        self.adapter = adapter
        self.library = library

    def call(self, server: Server, **options: Any) -> Talk:
        """Connect to a peer's server, let DATA go both ways, and say goodbye."""
        received = b""
        count = _Count()
        try:
            connection = connect(NAME, address=(LOOPBACK, server.port), timeout=WAIT_S, library=self.library, **options)
        except TlsError as error:
            return Talk(None, None, error, 0, 0, False, None, False, False)
        with connection:
            try:
                request, answer = _conversation(server.manner)
                connection.sendall(request)
                count.sent = len(request)
                while len(received) < len(answer):
                    part = connection.recv(65536)
                    if not part:
                        break
                    received += part
                    if server.manner == "file":
                        # The data follows a header of the server's own.
                        received = received[max(0, received.find(LINES[0])) :]
                connection.goodbye()
                assert received == answer, f"other data came back: {received[:200]!r}…"
                count.received = len(received)
                return _talk(connection, count, None)
            except TlsError as error:
                count.received = len(received)
                return _talk(connection, count, error)


def _conversation(manner: str) -> tuple[bytes, bytes]:
    if manner == "reverse":
        return DATA, b"".join(line[-2::-1] + b"\n" for line in LINES)
    if manner == "file":
        # selfserv has room for 10,239 bytes of request.
        filler = b"".join(b"X-Filler-%d: %s\r\n" % (number, b"x" * 80) for number in range(105))
        return b"GET data.txt HTTP/1.0\r\n" + filler + b"\r\n", DATA
    return DATA, DATA


class DeviceServer:
    """The device as a server in a thread: echoes, or answers a POST request with its body."""

    def __init__(self, device: Device, leave_first: bool = False, **options: Any) -> None:
        """`leave_first`: say goodbye once DATA was echoed, instead of waiting for the peer's."""
        self._leave_first = leave_first
        self._listener = listen(timeout=WAIT_S, library=device.library, **options)
        self._talks: queue.Queue[Talk] = queue.Queue()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return self._listener.port

    def next(self) -> Talk:
        """The oldest conversation that was not asked for yet, once it is over."""
        return self._talks.get(timeout=WAIT_S)

    def expect_no_more(self) -> None:
        """Fail if there was a conversation that nobody asked for."""
        assert self._talks.empty(), f"unexpected: {self._talks.get()}"

    def close(self) -> None:
        """Stop it."""
        self._listener.close()
        self._thread.join(WAIT_S)

    def _serve(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except OSError:
                return
            with connection:
                self._talks.put(_answer(connection, self._leave_first))


def _answer(connection: Connection, leave_first: bool) -> Talk:
    count = _Count()
    try:
        connection.handshake()
        first = connection.recv(65536)
        count.received += len(first)
        if first.startswith(b"POST "):
            _answer_http(connection, first, count)
        else:
            while first:
                connection.sendall(first)
                count.sent += len(first)
                if leave_first and count.sent >= len(DATA):
                    connection.goodbye()
                    break
                first = connection.recv(65536)
                count.received += len(first)
        return _talk(connection, count, None)
    except TlsError as error:
        return _talk(connection, count, error)
    except OSError as error:
        return _talk(connection, count, None, str(error))


def _answer_http(connection: Connection, request: bytes, count: _Count) -> None:
    while request.count(b"\r\n\r\n") == 0 or len(request.split(b"\r\n\r\n", 1)[1]) < len(DATA):
        part = connection.recv(65536)
        if not part:
            return
        count.received += len(part)
        request += part
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(DATA)}\r\nConnection: close\r\n\r\n"
    connection.sendall(head.encode() + request.split(b"\r\n\r\n", 1)[1])
    count.sent += len(head) + len(DATA)
    connection.goodbye()
