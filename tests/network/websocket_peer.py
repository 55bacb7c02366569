"""The other end of a WebSocket, written by hand on a socket: checks each frame that it gets."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import socket
from typing import Optional

from tests.network.console import LOOPBACK
from tests.network.websocket_cases import Case
from tests.network.websocket_model import CLOSE, KEY, NO_STATUS, NORMAL, close_payload, frame, xor

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SECONDS = 30


def accept_for(key: bytes) -> bytes:
    """Sec-WebSocket-Accept (RFC 6455 §4.2.2)."""
    return base64.b64encode(hashlib.sha1(key + GUID, usedforsecurity=False).digest())


class Peer:
    """A connection after its opening handshake. `client`: which side the test has; it then masks."""

    def __init__(self, connection: socket.socket, *, client: bool, ahead: bytes = b"") -> None:
        self.socket = connection
        self.client = client
        self.key = KEY if client else None
        self.buffer = ahead
        self.answer: dict[str, str] = {}
        """Header fields of the server's response, for a client."""
        connection.settimeout(SECONDS)
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *exc: object) -> None:
        self.socket.close()

    def send(self, opcode: int, payload: bytes = b"", *, fin: bool = True) -> None:
        self.socket.sendall(frame(opcode, payload, fin=fin, key=self.key))

    def _need(self, count: int) -> bytes:
        while len(self.buffer) < count:
            chunk = self.socket.recv(65536)
            assert chunk, f"the connection ended within a frame: {self.buffer[:40]!r}"
            self.buffer += chunk
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def receive_frame(self) -> tuple[int, bytes, bool]:
        """The next frame: opcode, payload, whether it is final. What no peer may send fails."""
        first, second = self._need(2)
        assert first & 0x70 == 0, "reserved bits"
        assert bool(second & 0x80) != self.client, "a client masks, a server does not"
        size = second & 127
        if size > 125:
            wide = size == 127
            size = int.from_bytes(self._need(8 if wide else 2), "big")
            assert size > (0xFFFF if wide else 125), "the length is not in its shortest form"
        key = b"" if self.client else self._need(4)
        payload = self._need(size)
        opcode = first & 15
        assert opcode < CLOSE or (first & 0x80 and size <= 125), "a control frame in fragments, or too long"
        return opcode, xor(payload, key) if key else payload, bool(first & 0x80)

    def receive(self) -> tuple[int, bytes]:
        """The next message or control frame."""
        opcode, payload, final = self.receive_frame()
        while not final:
            more, part, final = self.receive_frame()
            assert more == 0, f"opcode {more} within a message"
            payload += part
        return opcode, payload

    def expect_end(self) -> None:
        """TCP ends, without anything more."""
        while True:
            try:
                chunk = self.socket.recv(65536)
            except ConnectionResetError:
                chunk = b""
            self.buffer += chunk
            if not chunk:
                break
        assert self.buffer == b""

    def expect_close(self, code: int) -> None:
        opcode, payload = self.receive()
        assert (opcode, payload[:2]) == (CLOSE, b"" if code == NO_STATUS else close_payload(code)), payload

    def run(self, case: Case) -> None:
        """Play a case. The peer must answer as it says, and end the connection in order."""
        data = b"".join(each.encode(self.key) for each in case.frames)
        step = case.chop or len(data)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may refuse before it has all of it
            for at in range(0, len(data), step):
                self.socket.sendall(data[at : at + step])
        for expected in case.answer:
            received = self.receive()
            assert received == expected, f"{received!r:.200} is not {expected!r:.200}"
        if case.close is None:
            self.send(CLOSE, close_payload(NORMAL))
        self.expect_close(NORMAL if case.close is None else case.close)
        if self.client:
            self.expect_end()  # the server ends TCP (RFC 6455 §7.1.1)


def read_head(connection: socket.socket) -> tuple[list[bytes], dict[str, str], bytes]:
    """First line (its words), header fields and what follows of an HTTP message."""
    connection.settimeout(SECONDS)
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        assert chunk, f"the connection ended within the head of a message: {data!r}"
        data += chunk
    head, rest = data.split(b"\r\n\r\n", 1)
    lines = head.split(b"\r\n")
    fields = {
        name.decode().strip().lower(): value.decode().strip() for name, value in (x.split(b":", 1) for x in lines[1:])
    }
    return lines[0].split(b" "), fields, rest


class Acceptor:
    """A server of WebSocket for one client at a time."""

    def __init__(self) -> None:
        self.listener = socket.create_server((LOOPBACK, 0))
        self.listener.settimeout(SECONDS)
        self.port = int(self.listener.getsockname()[1])
        self.request: dict[str, str] = {}

    def __enter__(self) -> Acceptor:
        return self

    def __exit__(self, *exc: object) -> None:
        self.listener.close()

    def connection(self) -> socket.socket:
        return self.listener.accept()[0]

    def accept(self, connection: Optional[socket.socket] = None, *extra: str) -> Peer:
        """Take a client's opening handshake, which must be as RFC 6455 §4.1 says."""
        connection = connection or self.connection()
        line, self.request, rest = read_head(connection)
        assert line[0] == b"GET" and line[2] == b"HTTP/1.1"
        assert self.request["upgrade"].lower() == "websocket" and "upgrade" in self.request["connection"].lower()
        assert self.request["sec-websocket-version"] == "13" and "host" in self.request
        key = self.request["sec-websocket-key"].encode()
        assert len(base64.b64decode(key, validate=True)) == 16
        fields = [
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {accept_for(key).decode()}",
            *extra,
        ]
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\n" + "\r\n".join(fields).encode() + b"\r\n\r\n")
        return Peer(connection, client=False, ahead=rest)


def open_client(
    port: int, path: str = "/ws", *extra: str, connection: Optional[socket.socket] = None, host: str = ""
) -> Peer:
    """Open a WebSocket to a server on this machine."""
    connection = connection or socket.create_connection((LOOPBACK, port), SECONDS)
    key = base64.b64encode(os.urandom(16))
    fields = [
        f"Host: {host or f'{LOOPBACK}:{port}'}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key.decode()}",
        "Sec-WebSocket-Version: 13",
        *extra,
    ]
    connection.sendall(f"GET {path} HTTP/1.1\r\n".encode() + "\r\n".join(fields).encode() + b"\r\n\r\n")
    line, answer, rest = read_head(connection)
    assert line[1] == b"101", line
    assert answer["sec-websocket-accept"].encode() == accept_for(key)
    assert answer["upgrade"].lower() == "websocket" and answer["connection"].lower() == "upgrade"
    peer = Peer(connection, client=True, ahead=rest)
    peer.answer = answer
    return peer
