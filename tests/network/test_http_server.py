"""HttpServer as clients see it: curl, and bytes on a socket."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from tests.network.console import pattern
from tests.network.http_server import GOOD, HttpServer, Reader, fetch, read_all
from tests.support.pki import Authority


def test_curl(http_server: HttpServer, authority: Authority, tmp_path: Path, curl: str) -> None:
    http_server.listen(size=4096)

    def get(path: str, *options: str) -> bytes:
        return fetch(http_server, path, *options, authority=authority, folder=tmp_path, curl=curl)

    assert get("/") == b"hello\n"
    assert get("/show/?a=1&b=%20x%26&c") == b"GET /show/\na=1\nb= x&\nc=\n"
    assert get("/show/", "-X", "DELETE").startswith(b"DELETE /show/")
    assert get("/form", "-d", "a=1&b=two+three&c=%41%26&d=") == b"a=1\nb=two three\nc=A&\nd=\n"
    assert get("/form", "-d", "&".join(f"p{i}={i}" for i in range(60))).count(b"\n") == 60
    plain = ("-H", "Content-Type: text/plain")
    assert get("/echo", *plain, "-d", "x" * 4096) == b"x" * 4096
    assert get("/echo", *plain, "-H", "Transfer-Encoding: chunked", "-d", "y" * 4096) == b"y" * 4096
    assert get("/echo", *plain, "-H", "Expect: 100-continue", "-d", "z" * 3000) == b"z" * 3000
    large = hashlib.sha256(pattern(1_000_000)).digest()
    for path in ("/bytes?n=1000000", "/bytes?n=1000000&unknown=1"):
        assert hashlib.sha256(get(path)).digest() == large
        assert hashlib.sha256(get(path, "--http1.0")).digest() == large
    upload = tmp_path / "upload"
    upload.write_bytes(pattern(3_000_000))
    assert get("/upload", "-T", str(upload)) == b"3000000"
    assert get("/upload", "-H", "Transfer-Encoding: chunked", "-T", str(upload)) == b"3000000"
    head = get("/bytes?n=100", "-I").decode()
    assert "Content-Length: 100\r\n" in head and "application/octet-stream" in head
    assert re.search(r"\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n", head)
    # Several requests on one connection
    again = f"{'https' if http_server.tls else 'http'}://localhost:{http_server.port}/show"
    both = get("/", again, "-w", "%{num_connects} ")
    assert both in (b"GET /show\n1 hello\n0 ", b"hello\n1 GET /show\n0 ")


def test_stream_that_does_not_keep_its_promise(http_server: HttpServer) -> None:
    """A file that grows while it is sent does not become the next response; one that shrinks ends the connection."""
    http_server.listen()
    for promised in (1000, 100_000):
        with http_server.connect() as connection:
            reader = Reader(connection)
            connection.sendall(b"GET /bytes?n=150000&promised=%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % promised + GOOD)
            assert reader.answer().body == pattern(promised)
            assert reader.answer().body == b"hello\n"
    with http_server.connect() as connection:
        connection.sendall(b"GET /bytes?n=1000&promised=2000 HTTP/1.1\r\nHost: localhost\r\n\r\n" + GOOD)
        assert read_all(connection).endswith(b"\r\n\r\n" + pattern(1000))


@pytest.mark.parametrize("how", ["", "&unknown=1"])
def test_stream_that_does_not_advance(http_server: HttpServer, how: str) -> None:
    """It is not sent again and again, and there is no end that would make a part look like the whole."""
    http_server.listen()
    with http_server.connect() as connection:
        connection.sendall(b"GET /bytes?n=60000&stuck=1%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % how.encode() + GOOD)
        body = read_all(connection).partition(b"\r\n\r\n")[2]
    assert len(body) < 60_000 and pattern(60_000).startswith(body)
    assert http_server.is_well()


def test_args_of_a_request(http_server: HttpServer) -> None:
    """What an application keeps there is of one request, and not the form parser's."""
    http_server.listen()
    with http_server.connect() as connection:
        reader = Reader(connection)
        for number in range(3):
            head = b"POST /args?id=%d HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\n" % number
            connection.sendall(head + b"Content-Type: application/x-www-form-urlencoded\r\n\r\na=1&b")
            connection.sendall(b"=2")
            assert reader.answer().body == b"%d fresh\na=1\nb=2\n" % number


@pytest.mark.parametrize(
    ("path", "status", "connection"),
    [
        ("/nothing", 404, "keep-alive"),
        ("//localhost/show", 404, "close"),
        ("//user@localhost/show", 404, "close"),
        ("/status?code=204", 204, "keep-alive"),
        ("/status?code=304", 304, "keep-alive"),
        ("/status?code=418", 418, "keep-alive"),
        ("/refuse", 403, "close"),
        ("/fail", 500, "close"),
        ("/header?value=a%0d%0aX-Evil:%201", 500, "close"),
        ("/header?value=a%00b", 500, "close"),
        ("/file?name=../../etc/passwd", 404, "keep-alive"),
        ("/file?name=/etc/passwd", 404, "keep-alive"),
        ("/file?name=nothing.html", 404, "keep-alive"),
        ("/file?name=", 404, "keep-alive"),
        ("/upload?deny=1", 401, "close"),
    ],
)
def test_status(plain_http_server: HttpServer, path: str, status: int, connection: str) -> None:
    plain_http_server.listen()
    with plain_http_server.connect() as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        answer = Reader(client).answer()
        assert answer.status == status
        assert answer.headers["connection"] == connection
        assert "x-evil" not in answer.headers
        if connection == "close":
            assert read_all(client) == b""
        else:
            client.sendall(GOOD)
            assert Reader(client).answer().body == b"hello\n"


def test_form_of_too_many_fields(plain_http_server: HttpServer) -> None:
    """It is refused whole, also if the last field alone is too many: half a form may say something else."""
    plain_http_server.listen(size=4096)
    for count, status in ((64, 200), (65, 400), (66, 400)):
        form = "&".join(f"p{i}={i}" for i in range(count)).encode()
        head = f"POST /form HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {len(form)}\r\n"
        kind = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        assert plain_http_server.exchange((head + kind).encode() + form).startswith(b"HTTP/1.1 %d " % status)


def test_headers(plain_http_server: HttpServer) -> None:
    plain_http_server.listen()
    answer = plain_http_server.exchange(
        b"GET /header?value=v HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    ).decode()
    for line in (
        "X-Test: v",
        "Set-Cookie: a=1",
        "Set-Cookie: b=2",
        "Cache-Control: public, max-age=60, must-revalidate",
        "Access-Control-Allow-Origin: *",
        "Connection: close",
    ):
        assert f"\r\n{line}\r\n" in answer


def test_pipelining(http_server: HttpServer) -> None:
    """What is sent ahead is answered in order, also behind a long response, and around bodies."""
    http_server.listen()
    form = b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    with http_server.connect() as client:
        client.sendall(
            b"GET /bytes?n=300000 HTTP/1.1\r\nHost: a\r\n\r\n"
            + GOOD
            + form + b"Content-Length: 3\r\n\r\na=1"
            + b"HEAD /bytes?n=50 HTTP/1.1\r\nHost: a\r\n\r\n"
            + form + b"Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nb=\r\n1\r\n2\r\n0\r\nX: y\r\n\r\n"
            + GOOD * 100
            + b"\r\n\r\nGET /show HTTP/1.0\r\n\r\n"
        )  # fmt: skip
        reader = Reader(client)
        assert reader.answer().body == pattern(300000)
        assert reader.answer().body == b"hello\n"
        assert reader.answer().body == b"a=1\n"
        assert reader.answer(head_only=True).headers["content-length"] == "50"
        assert reader.answer().body == b"b=2\n"
        for _ in range(100):
            assert reader.answer().body == b"hello\n"
        last = reader.answer()
        assert (last.body, last.headers["connection"]) == (b"GET /show\n", "close")
        assert read_all(client) == b""


def test_continue(plain_http_server: HttpServer) -> None:
    """100 is sent before the body; HTTP/1.0 and requests without a body get none."""
    plain_http_server.listen()
    head = b"POST /form HTTP/1.%d\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    with plain_http_server.connect() as client:
        client.sendall(head % (1, 3))
        reader = Reader(client)
        assert reader.answer().status == 100
        client.sendall(b"a=1")
        assert reader.answer().status == 200
    assert plain_http_server.exchange(head % (0, 3) + b"a=1").startswith(b"HTTP/1.1 200")
    assert plain_http_server.exchange(head % (1, 0)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "request_line",
    [
        "GET http://localhost/show HTTP/1.1",
        "GET http://localhost:80/show?a HTTP/1.1",
        "GET //show HTTP/1.1",
        "GET /show?a=%zz HTTP/1.1",
        "GET /%73how HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "GET / HTTP/1.2",
        "M-SEARCH /show HTTP/1.1",
    ],
)
def test_unusual_but_valid(plain_http_server: HttpServer, request_line: str) -> None:
    plain_http_server.listen()
    answer = plain_http_server.exchange(f"{request_line}\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert re.match(rb"HTTP/1\.1 (200|404) ", answer), answer


def test_upgrade_is_not_wanted(plain_http_server: HttpServer) -> None:
    """A request for another protocol is answered in HTTP (RFC 9110 §7.8)."""
    plain_http_server.listen()
    with plain_http_server.connect() as client:
        client.sendall(
            b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n" + GOOD
        )
        reader = Reader(client)
        assert [reader.answer().body for _ in range(2)] == [b"hello\n"] * 2


def test_paths_may_change_meanwhile(plain_http_server: HttpServer) -> None:
    plain_http_server.listen()
    request = b"GET /replace HTTP/1.1\r\nHost: a\r\n\r\n"
    with plain_http_server.connect() as client:
        client.sendall(request * 2)
        reader = Reader(client)
        assert reader.answer().body == b"gone\n"
        assert reader.answer().status == 404
    assert plain_http_server.exchange(b"GET /shutdown HTTP/1.1\r\nHost: a\r\n\r\n") == b""
    plain_http_server.listen()
    assert plain_http_server.is_well()
