"""Out of memory: an answer is whole and right, or says 503, or the connection ends; nothing is left out in silence."""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

import pytest

from tests.network.console import pattern
from tests.network.http_server import Answer, HttpServer, Reader, running_server

WORDS = "the+first+value+of+the+query"
MORE = "%3Cb%3Eanother+one+that+needs+memory"
FORM = (
    b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %u\r\n\r\n"
)


def get(target: str, *fields: str) -> bytes:
    return "\r\n".join([f"GET {target} HTTP/1.1", "Host: localhost", *fields, "", ""]).encode()


def form(body: bytes) -> bytes:
    return FORM % len(body) + body


REQUESTS = {
    "text": get("/"),
    "query": get(
        f"/show?name={WORDS}&other={MORE}&empty", "X-A-Field-Of-Its-Own: " + "v" * 40, "Accept-Encoding: gzip"
    ),
    "path": get("/a%20path/that/is/long/enough/for/the/heap?x=y"),
    "form": form(f"first-of-the-fields={WORDS}&second={MORE}".encode()),
    "body": b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 600\r\n\r\n"
    + b"0123456789" * 60,
    "chunks": b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"14\r\n01234567890123456789\r\n" * 20
    + b"0\r\n\r\n",
    "bytes": get("/bytes?n=3000"),
    "unknown length": get("/bytes?n=3000&unknown=1"),
    "fields": get("/header?value=" + "a-value-of-the-application"),
    "document": get(f"/json?a={WORDS}&b={MORE}"),
    "page": get(f"/template?a={MORE}&b={WORDS}"),
    "file": get("/file?name=folder/a-file-with-a-long-name.html"),
    "packed": get("/file?name=folder/only-packed-and-nothing-else.css", "Accept-Encoding: gzip"),
    "no file": get("/file?name=there-is-no-file-of-this-name.txt"),
}


@pytest.fixture
def server(checked_http_executable: Path, tmp_path: Path) -> Iterator[HttpServer]:
    """A server with the files, which listens."""
    folder = tmp_path / "files" / "folder"
    folder.mkdir(parents=True)
    (folder / "a-file-with-a-long-name.html").write_bytes(pattern(3000))
    (folder / "only-packed-and-nothing-else.css.gz").write_bytes(gzip.compress(pattern(300)))
    with running_server(checked_http_executable, None, f"--files={tmp_path / 'files'}") as running:
        running.listen(heap=0)
        yield running


def ask(server: HttpServer, request: bytes) -> Optional[Answer]:
    """Return the answer, None when there is no whole one."""
    with contextlib.suppress(ConnectionError), server.connect() as connection:
        connection.sendall(request)
        answer = Reader(connection).answer()
        answer.headers = {name: value for name, value in answer.headers.items() if name != "date"}
        return answer
    return None


def is_refusal(answer: Optional[Answer]) -> bool:
    return answer is None or (answer.status == 503 and answer.headers["connection"] == "close")


@pytest.mark.parametrize("name", list(REQUESTS))
def test_each_allocation_fails(server: HttpServer, name: str) -> None:
    """One at a time."""
    request = REQUESTS[name]
    right = ask(server, request)
    assert right is not None and right.status == (404 if name in ("path", "no file") else 200)
    before = server.figures()["attempts"]
    assert ask(server, request) == right
    count = server.figures()["attempts"] - before
    refused = 0
    for n in range(1, count + 1):
        server.ask(f"fail {n}", "done")
        answer = ask(server, request)
        server.ask("fail 0", "done")
        if answer != right:
            assert is_refusal(answer), (n, answer)
            refused += 1
        assert ask(server, request) == right
    assert refused > 5


def test_little_is_left(server: HttpServer) -> None:
    """However much memory there is, each answer is right or a refusal, and with enough it is right."""
    right = {name: ask(server, request) for name, request in REQUESTS.items()}
    refused = 0
    for spare in [*range(200, 6000, 100), 20000]:
        for name, request in REQUESTS.items():
            server.ask(f"spare {spare}", "done")
            answer = ask(server, request)
            server.ask("spare 0", "done")
            if answer != right[name]:
                assert is_refusal(answer), (name, spare, answer)
                assert spare < 20000
                refused += 1
    assert refused > 5
    assert server.is_well()


def test_no_memory_for_a_change_of_protocol(server: HttpServer) -> None:
    """Who is refused is not treated as one with the other protocol; that connection, too, is closed."""
    request = get(
        "/ws",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: another-one-that-it-knows, the-protocol-of-this-server",
    )
    right = ask(server, request)
    assert right is not None and right.headers["sec-websocket-protocol"] == "the-protocol-of-this-server"
    before = server.figures()
    assert ask(server, request) == right
    count = server.figures()["attempts"] - before["attempts"]
    opened = server.figures()["answered"]
    refused = 0
    for n in range(1, count + 1):
        server.ask(f"fail {n}", "done")
        with contextlib.suppress(ConnectionError), server.connect() as connection:
            connection.sendall(request)
            answer = Reader(connection).answer()
            answer.headers = {name: value for name, value in answer.headers.items() if name != "date"}
            if answer != right:
                assert is_refusal(answer), (n, answer)
                assert connection.recv(100) == b"", n
                assert server.figures()["answered"] == opened, n
                refused += 1
        server.ask("fail 0", "done")
        opened = server.figures()["answered"]
    assert refused > 5


def test_application_that_can_do_without(server: HttpServer) -> None:
    server.ask("spare 50000", "done")
    assert is_refusal(ask(server, get("/large")))
    answer = ask(server, get("/large?forgive=1"))
    assert answer is not None and (answer.status, answer.body) == (200, b"without")
    server.ask("spare 0", "done")
    answer = ask(server, get("/large"))
    assert answer is not None and (answer.status, answer.body) == (200, b"with")
