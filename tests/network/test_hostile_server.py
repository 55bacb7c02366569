"""HttpServer's callbacks do to their connection, and to the server, what they should not. Under sanitizers."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl

import pytest

from tests.network.http_server import HttpServer

ACTIONS = (
    "close",
    "close.write.flush.commit",
    "fail",
    "fail.write.close",
    "fail.stop",
    "goodbye",
    "goodbye.fail.close",
    "write.flush",
    "send.close",
    "last.commit",
    "last.fail",
    "starve.close.feast",
    "starve.goodbye.feast",
    "starve.send.write.feast",
    "stop",
    "send.stop",
    "refuse",
    "close.refuse",
    "fail.refuse",
)


def ask(server: HttpServer, *messages: bytes) -> None:
    """Send all at once or one by one, and read until the end or until nothing more comes."""
    with contextlib.suppress(OSError), server.connect() as connection:
        for message in messages:
            connection.sendall(message)
        drain(connection)


def drain(connection: socket.socket) -> None:
    connection.settimeout(0.1)
    with contextlib.suppress(OSError, ssl.SSLError):
        while connection.recv(65536):
            pass


def settle(server: HttpServer, acted: int) -> None:
    """Each callback ran to its end, with what it was given as it was; and the server, anew if it has to, answers."""
    server.console.expect(r"^\[hostile\] acted", count=acted)
    assert "lost its data" not in server.console.text
    server.listen()
    assert server.is_well()


@pytest.mark.parametrize("at", ["url", "headers", "body", "complete"])
def test_requests(http_server: HttpServer, at: str) -> None:
    """Alone, with its body apart from its head, and behind another request."""
    server = http_server
    acted = 0
    for actions in ACTIONS:
        head = (
            f"POST /hostile?at={at}&do={actions} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            "Content-Length: 300\r\n\r\n"
        ).encode()
        body = b"b" * 300
        before = b"GET /bytes?n=100000 HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for messages in ([head + body], [head, body], [before + head + body]):
            server.listen()
            ask(server, *messages)
            acted += 1
            server.console.expect(r"^\[hostile\] ", count=acted)
    settle(server, acted)


def frame(opcode: int, payload: bytes) -> bytes:
    """A frame of a client's (RFC 6455 §5.2), masked with zeros."""
    return bytes([0x80 | opcode, 0x80 | len(payload)]) + bytes(4) + payload


def test_websocket(http_server: HttpServer) -> None:
    server = http_server
    acted = 0
    key = base64.b64encode(b"0123456789abcdef").decode()
    hello = (
        "GET /hostile-socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    ).encode()
    for opcode in (1, 2):
        for actions in ACTIONS:
            server.listen()
            message = frame(opcode, actions.encode())
            with contextlib.suppress(OSError), server.connect() as connection:
                connection.sendall(hello)
                assert connection.recv(65536).startswith(b"HTTP/1.1 101")
                connection.sendall(message)
                acted += 1
                server.console.expect(r"^\[hostile\] ", count=acted)
                drain(connection)
    settle(server, acted)
