"""Clients that are slow, many, or gone: they get their time and no more, and nobody else waits for them."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from pathlib import Path

import pytest

from tests.network.http_server import GOOD, HttpServer, Reader, build_server, parse, read_all, running_server
from tests.network.tls_server import client_context
from tests.support.pki import Authority, Identity

UPLOAD = b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"


def drip(connection: socket.socket, data: bytes, every: float, seconds: float) -> bytes:
    """Send a byte every so often until the server answers or ends; return what it says."""
    deadline = time.monotonic() + seconds
    connection.settimeout(every)
    for i in range(len(data)):
        assert time.monotonic() < deadline, "the server lets a slow client go on"
        with contextlib.suppress(TimeoutError):
            return connection.recv(65536)
        try:
            connection.send(data[i : i + 1])
        except ConnectionError:
            return b""
    raise AssertionError("all was sent")


@pytest.mark.parametrize(
    ("begin", "slow"),
    [
        (b"", b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * 4000),
        (UPLOAD, b"a" * 4000),
        (b"POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n" * 1000),
    ],
    ids=["head", "body", "chunks"],
)
def test_slow_request(plain_http_server: HttpServer, begin: bytes, slow: bytes) -> None:
    """Bytes that trickle in do not extend the time (slow loris)."""
    plain_http_server.listen(head=1, body=1, rate=1000, limit=3)
    with plain_http_server.connect() as client:
        client.sendall(begin)
        start = time.monotonic()
        answer = drip(client, slow, 0.05, 15)
        assert time.monotonic() - start > 0.7
        assert parse(answer).status == 408
    assert plain_http_server.is_well()


def test_silence(http_server: HttpServer) -> None:
    """Nothing, half a head, half a body: each is ended, and a kept connection when its time is over."""
    http_server.listen(head=1, body=1, keep=1)
    with contextlib.ExitStack() as stack:
        silent, half_head, half_body, kept = (stack.enter_context(http_server.connect()) for _ in range(4))
        half_head.sendall(GOOD[:20])
        half_body.sendall(UPLOAD + b"a")
        kept.sendall(GOOD)
        assert Reader(kept).answer().status == 200
        assert read_all(silent) == b""
        assert read_all(kept) == b""
        assert parse(read_all(half_head)).status == 408
        assert parse(read_all(half_body)).status == 408


def test_response_that_is_not_read(plain_http_server: HttpServer) -> None:
    plain_http_server.listen(send=1)
    with plain_http_server.connect() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(b"GET /bytes?n=100000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        deadline = time.monotonic() + 15
        while plain_http_server.figures()["connections"] > 0:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert plain_http_server.is_well()


def test_slow_upload_in_time(plain_http_server: HttpServer) -> None:
    """A body that keeps the rate may take longer than its first seconds."""
    plain_http_server.listen(body=1, rate=500)
    with plain_http_server.connect() as client:
        client.sendall(b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n")
        for _ in range(30):
            client.sendall(b"a" * 2000)
            time.sleep(0.1)
        assert Reader(client).answer().body == b"60000"


def test_too_many(http_server: HttpServer) -> None:
    """Beyond the limit a client is refused; one that waits for nothing makes room."""
    http_server.listen(limit=3, keep=60, head=60, body=60)
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(http_server.connect()) for _ in range(3)]
        for client in clients:
            client.sendall(UPLOAD)
        time.sleep(0.2)
        if http_server.tls is None:
            assert parse(http_server.exchange(b"")).status == 503
        else:
            with pytest.raises((ssl.SSLError, ConnectionError)), http_server.connect():
                pass
        http_server.console.expect("3 connections held, no room for another one")
        clients[0].sendall(b"a" * 100000)
        assert Reader(clients[0]).answer().body == b"100000"
        time.sleep(1.2)
        assert http_server.is_well()
        assert read_all(clients[0]) == b"", "the idle one had to go"


def test_end_within_a_body(http_server: HttpServer) -> None:
    http_server.listen(limit=20)
    for _ in range(5):
        with http_server.connect() as client:
            client.sendall(b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                           b"Content-Length: 100\r\n\r\na=1&b=")  # fmt: skip
    deadline = time.monotonic() + 10
    while http_server.figures()["connections"] > 0:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert http_server.is_well()


HELD = {"0": 15, "Axtls": 6, "Bearssl": 3}
"""Connections that 48 KB hold at least, with pointers of 64 bits."""


def test_48k(
    http_adapter: str,
    authority: Authority,
    identity: Identity,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """With a heap of 48 KB any number of clients may come: each is served, or refused in order."""
    executable = build_server(tmp_path, ssl=http_adapter)
    tls = None if http_adapter == "0" else client_context(authority)
    with running_server(executable, tls, "--heap=48K") as server:
        if tls:
            server.load(identity, tmp_path)
        server.listen(limit=0, keep=60, head=60)
        before = server.figures()["all"]
        for _ in range(2):
            served = refused = 0
            with contextlib.ExitStack() as stack:
                held = []
                for _ in range(60):
                    try:
                        client = stack.enter_context(server.connect())
                        client.sendall(GOOD)
                        answer = Reader(client).answer()
                    except ssl.SSLError as error:
                        assert "ALERT_INTERNAL_ERROR" in str(error), error
                        refused += 1
                        continue
                    except ConnectionResetError:
                        refused += 1  # there was no memory even to wait for an answer to be read
                        continue
                    if answer.status == 503:
                        refused += 1
                        continue
                    assert answer.body == b"hello\n"
                    served += 1
                    held.append(client)
                assert served >= HELD[http_adapter]
                assert served + refused == 60 and refused > 0
            server.console.expect(r"(\d+) connections held, no memory for another one")
            deadline = time.monotonic() + 15
            while server.figures()["connections"] > 0 or server.figures()["all"] > before + 2048:
                assert time.monotonic() < deadline, server.figures()
                time.sleep(0.1)
            assert server.is_well()


@pytest.mark.parametrize("first", range(1, 120, 10))
def test_failing_allocations(plain_http_server: HttpServer, first: int) -> None:
    """Whatever allocation fails, the server lives on."""
    plain_http_server.listen()
    requests = [
        GOOD,
        b"GET /show?a=1&b=2 HTTP/1.1\r\nHost: a\r\nX-A: b\r\nAccept-Encoding: gzip\r\n\r\n",
        b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: 7\r\n\r\na=1&b=2",
        b"GET /bytes?n=5000&unknown=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    ]
    for n in range(first, first + 10):
        plain_http_server.console.send(f"fail {n}")
        with contextlib.suppress(ConnectionError), plain_http_server.connect() as client:
            client.sendall(b"".join(requests))
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_WR)  # the server may have reset the connection already
            read_all(client)
        plain_http_server.console.send("fail 0")
        plain_http_server.figures()  # now it has counted so far
        assert plain_http_server.is_well()
