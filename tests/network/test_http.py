"""HttpClient against Python's HTTP server, and against a server that sends exactly what a test says."""

from __future__ import annotations

import re
import socket
import time

import pytest

from tests.network.console import Console, describe, pattern
from tests.network.servers import http_server, read_all, reset, tcp_peer
from tests.support.peers import free_port


def test_get(console: Console) -> None:
    with http_server() as server:
        console.send(f"http a http://localhost:{server.port}/bytes/5000?x=1&y=%20")
        console.expect(rf"^\[a\] http ok=1 code=200 {describe(pattern(5000))}")
        console.expect(r"^\[a\] header X-Test: one")
        assert server.requests == [f"GET /bytes/5000?x=1&y=%20 localhost:{server.port}"]
        assert "sming" in server.last_headers["user-agent"].lower()


@pytest.mark.parametrize("kind", ["bytes", "chunked", "close"])
@pytest.mark.parametrize("size", [0, 1, 999, 16384, 1_000_000])
def test_bodies(console: Console, kind: str, size: int) -> None:
    with http_server() as server:
        console.send(f"http a http://127.0.0.1:{server.port}/{kind}/{size} body-callback=1")
        console.expect(rf"^\[a\] http ok=1 code=200 {describe(pattern(size))}")


def test_requests_share_a_connection(console: Console) -> None:
    with http_server() as server:
        for index in range(10):
            console.send(f"http r{index} http://127.0.0.1:{server.port}/bytes/{index * 100}")
        for index in range(10):
            console.expect(rf"^\[r{index}\] http ok=1 code=200 {describe(pattern(index * 100))}")
        time.sleep(0.2)
        console.send(f"http later http://127.0.0.1:{server.port}/bytes/7")
        console.expect(r"^\[later\] http ok=1")
        assert server.connections == 1
        assert [line.split()[1] for line in server.requests[:10]] == [f"/bytes/{n * 100}" for n in range(10)]


def test_a_connection_that_the_server_closed_is_replaced(console: Console) -> None:
    with http_server() as server:
        for index in range(4):
            console.send(f"http r{index} http://127.0.0.1:{server.port}/once")
        for index in range(4):
            console.expect(rf"^\[r{index}\] http ok=1 code=200 {describe(pattern(10))}")
        assert server.connections == 4


@pytest.mark.parametrize("status", [200, 204, 301, 404, 500, 599])
def test_status(console: Console, status: int) -> None:
    with http_server() as server:
        console.send(f"http a http://127.0.0.1:{server.port}/status/{status}")
        console.expect(rf"^\[a\] http ok={int(status < 400)} code={status} received=0 ")


def test_head_and_delete(console: Console) -> None:
    with http_server() as server:
        console.send(f"http a http://127.0.0.1:{server.port}/bytes/100 method=HEAD")
        console.send(f"http b http://127.0.0.1:{server.port}/bytes/100 method=DELETE")
        console.expect(r"^\[a\] http ok=1 code=200 received=0 ")
        console.expect(rf"^\[b\] http ok=1 code=200 {describe(pattern(100))}")
        assert server.connections == 1


def test_interim_response_is_skipped(console: Console) -> None:
    with http_server() as server:
        console.send(f"http a http://127.0.0.1:{server.port}/interim")
        console.expect(rf"^\[a\] http ok=1 code=200 {describe(pattern(20))}")


@pytest.mark.parametrize("how", ["text=hello", "stream=300000", "stream=300000 chunked=1", "stream=0 chunked=1"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_request_bodies(console: Console, how: str, method: str) -> None:
    sent = b"hello" if how.startswith("text") else pattern(int(re.findall(r"\d+", how)[0]))
    with http_server() as server:
        console.send(f"http a http://127.0.0.1:{server.port}/echo method={method} body-callback=1 {how}")
        console.expect(rf"^\[a\] http ok=1 code=200 {describe(sent)}")
        assert server.bodies == [sent]
        assert ("transfer-encoding" in server.last_headers) == ("chunked" in how)


def test_body_that_grows(console: Console) -> None:
    """No more is sent than was announced: the rest would be the beginning of the next request."""
    with http_server() as server:
        for name in "ab":
            options = "method=POST body-callback=1 stream=300000 promised=1000"
            console.send(f"http {name} http://127.0.0.1:{server.port}/echo {options}")
        for name in "ab":
            console.expect(rf"^\[{name}\] http ok=1 code=200 {describe(pattern(1000))}")
        assert server.bodies == [pattern(1000)] * 2 and server.connections == 1


@pytest.mark.parametrize("how", ["stream=1000 promised=2000", "stream=60000 stuck=1", "stream=60000 chunked=1 stuck=1"])
def test_body_that_ends_early(console: Console, how: str) -> None:
    """The server waits for the rest, or took half a body for a whole one: the connection ends with an error."""
    received: list[bytes] = []
    with tcp_peer(lambda connection: received.append(read_all(connection))) as peer:
        console.send(f"http a http://127.0.0.1:{peer.port}/echo method=POST {how}")
        console.expect(r"^\[a\] http ok=0")
    body = received[0].partition(b"\r\n\r\n")[2]
    assert len(received) == 1 and len(body) < 60_000 and pattern(60_000).startswith(body)


def test_form(console: Console) -> None:
    with http_server() as server:
        console.send(f"http a http://127.0.0.1:{server.port}/echo method=POST post=a%26b%3D%C3%A9")
        console.expect(r"^\[a\] http ok=1")
        assert server.bodies == [b"value=a%26b%3D%C3%A9"]
        assert server.last_headers["content-type"] == "application/x-www-form-urlencoded"


def test_header_is_sent(console: Console) -> None:
    with http_server() as server:
        console.send(f"http a http://127.0.0.1:{server.port}/bytes/1 header=X-Token:abc")
        console.expect(r"^\[a\] http ok=1")
        assert server.last_headers["x-token"] == "abc"


@pytest.mark.parametrize("header", ["X-Token:a%0D%0AInjected:1", "X-Token:a%0AInjected:1", "X(Y:1", ":1"])
def test_headers_cannot_be_injected(console: Console, header: str) -> None:
    name, value = header.split(":", 1)
    with http_server() as server:
        console.send(f"http a http://127.0.0.1:{server.port}/bytes/1 header={name}:{value}")
        console.expect(r"^\[a\] http (ok=0|refused)")
        assert "injected" not in server.last_headers


def test_body_larger_than_its_memory(console: Console) -> None:
    with http_server() as server:
        console.send(f"http a http://127.0.0.1:{server.port}/bytes/5000 limit=1000")
        console.expect(rf"^\[a\] http ok=0 code=200 {describe(pattern(1000))}")
        console.send(f"http b http://127.0.0.1:{server.port}/bytes/50000")
        console.expect(rf"^\[b\] http ok=0 code=200 {describe(pattern(16384))}")


def test_too_many_headers(console: Console) -> None:
    with http_server() as server:
        console.send(f"http a http://127.0.0.1:{server.port}/headers/60")
        console.expect(r"^\[a\] http ok=1 code=200")
        console.send(f"http b http://127.0.0.1:{server.port}/headers/90")
        console.expect(r"^\[b\] http ok=0")
        console.send(f"http c http://127.0.0.1:{server.port}/headers/5")
        console.expect(r"^\[c\] http ok=1 code=200")


def response(*lines: str, body: bytes = b"") -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", *lines, "", "")).encode() + body


GOOD = response("Content-Length: 5", "X-Test-A: one", "X-Test-A: two", body=b"hello")

MALFORMED = {
    "no-http": b"SSH-2.0-OpenSSH_9.2\r\n",
    "bad-status": b"HTTP/1.1 2x0 OK\r\n\r\n",
    "huge-status": b"HTTP/1.1 20000 OK\r\n\r\n",
    "bad-version": b"HTTP/9.9x 200 OK\r\n\r\n",
    "bad-chunk": response("Transfer-Encoding: chunked", body=b"zz\r\nhello\r\n0\r\n\r\n"),
    "chunk-overflow": response("Transfer-Encoding: chunked", body=b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
    "bad-length": response("Content-Length: -5", body=b"hello"),
    "two-lengths": response("Content-Length: 5", "Content-Length: 6", body=b"hello"),
    "length-overflow": response("Content-Length: 99999999999999999999999", body=b"hello"),
    "header-space": response("Content Length: 5", body=b"hello"),
    "endless-header": response("X: " + "y" * 20000, body=b""),
    "short-body": response("Content-Length: 500", body=b"hello"),
    "short-chunk": response("Transfer-Encoding: chunked", body=b"ff\r\nhello"),
    "half-header": b"HTTP/1.1 200 OK\r\nContent-Le",
    "nothing": b"",
    "garbage": bytes(range(256)),
}


@pytest.mark.parametrize("name", sorted(MALFORMED))
def test_malformed_response(console: Console, name: str) -> None:
    def behaviour(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(MALFORMED[name])
        connection.shutdown(socket.SHUT_WR)
        read_all(connection)

    with tcp_peer(behaviour) as peer:
        console.send(f"http a http://127.0.0.1:{peer.port}/")
        console.expect(r"^\[a\] http ok=0")
        peer.errors.clear()


@pytest.mark.parametrize("step", [1, 2, 3, 7])
def test_response_in_fragments(console: Console, step: int) -> None:
    def behaviour(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.recv(4096)
        for start in range(0, len(GOOD), step):
            connection.sendall(GOOD[start : start + step])
            time.sleep(0.002)
        read_all(connection)

    with tcp_peer(behaviour) as peer:
        console.send(f"http a http://127.0.0.1:{peer.port}/")
        console.expect(rf"^\[a\] http ok=1 code=200 {describe(b'hello')}")
        console.expect(r"^\[a\] header X-Test-A: one, two")
        console.send("http cleanup")


@pytest.mark.parametrize("status", [204, 304])
def test_responses_without_body_end_with_their_header(console: Console, status: int) -> None:
    """They may tell the length that another response would have (RFC 9110 §15.4.5): it must not be waited for."""

    def behaviour(connection: socket.socket) -> None:
        for _ in range(2):
            connection.recv(4096)
            connection.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: 500\r\n\r\n".encode())
        read_all(connection)

    with tcp_peer(behaviour) as peer:
        for name in ("a", "b"):
            console.send(f"http {name} http://127.0.0.1:{peer.port}/")
            console.expect(rf"^\[{name}\] http ok=1 code={status} received=0 ", 5)
        assert peer.connections == 1
        console.send("http cleanup")


def test_a_body_after_an_interim_response_is_refused(console: Console) -> None:
    def behaviour(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 103 Early\r\nContent-Length: 5\r\n\r\nhello" + GOOD)
        read_all(connection)

    with tcp_peer(behaviour) as peer:
        console.send(f"http a http://127.0.0.1:{peer.port}/")
        console.expect(r"^\[a\] http ok=0 ")
        peer.errors.clear()


@pytest.mark.parametrize("path", ["/a%0D%0AInjected:1", "/a?x=%0D%0AInjected:%201", "/a\tInjected:1"])
def test_requests_cannot_be_split_by_their_url(console: Console, path: str) -> None:
    with http_server() as server:
        console.send(f"http a http://127.0.0.1:{server.port}{path}")
        console.expect(r"^\[a\] http (ok=0|refused)")
        assert "injected" not in server.last_headers
        assert len(server.requests) <= 1


def test_unasked_response_ends_the_connection(console: Console) -> None:
    def behaviour(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(GOOD + GOOD)
        read_all(connection)

    with tcp_peer(behaviour) as peer:
        console.send(f"http a http://127.0.0.1:{peer.port}/")
        console.expect(r"^\[a\] http ok=1 code=200")
        console.expect("response without a request")
        peer.errors.clear()


def test_reset_in_the_middle_of_a_body(console: Console) -> None:
    def behaviour(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(response("Content-Length: 100000", body=b"x" * 1000))
        time.sleep(0.2)
        reset(connection)

    with tcp_peer(behaviour) as peer:
        console.send(f"http a http://127.0.0.1:{peer.port}/")
        console.expect(r"^\[a\] http ok=0 code=200 received=1000 .*error=2")


def test_connection_refused_fails_each_request(console: Console) -> None:
    port = free_port()
    for index in range(3):
        console.send(f"http r{index} http://127.0.0.1:{port}/")
    for index in range(3):
        console.expect(rf"^\[r{index}\] http ok=0 .*error=1")


def test_retries(console: Console) -> None:
    attempts = 0

    def behaviour(connection: socket.socket) -> None:
        nonlocal attempts
        attempts += 1
        connection.recv(4096)
        if attempts < 3:
            reset(connection)
        else:
            connection.sendall(GOOD)
            read_all(connection)

    with tcp_peer(behaviour) as peer:
        console.send(f"http a http://127.0.0.1:{peer.port}/ retries=2")
        console.expect(r"^\[a\] http ok=1 code=200")
        assert attempts == 3
        attempts = 0
        console.send("http cleanup")
        console.send(f"http b http://127.0.0.1:{peer.port}/ retries=5 method=POST text=once")
        console.expect(r"^\[b\] http ok=0")
        assert attempts == 1
        console.send("http cleanup")
        peer.errors.clear()


@pytest.mark.parametrize("url", ["", "http://", "http://a b/", "http://127.0.0.1:99999/", "http://[::1/", "x" * 3000])
def test_bad_urls_are_refused(console: Console, url: str) -> None:
    console.send(f"http a {url}")
    console.expect(r"^\[a\] http (refused|ok=0)")


@pytest.mark.parametrize("action", ["close", "cleanup", "refuse"])
def test_callbacks_that_end_the_connection(console: Console, action: str) -> None:
    with http_server() as server:
        idle = console.memory()[0]
        console.send(f"http a http://127.0.0.1:{server.port}/bytes/100 on-complete={action}")
        console.send(f"http b http://127.0.0.1:{server.port}/bytes/200")
        console.expect(r"^\[a\] http ok=1")
        if action != "cleanup":
            console.expect(rf"^\[b\] http ok=1 code=200 {describe(pattern(200))}")
        console.send("http cleanup")
        console.expect_memory(idle)


def test_request_from_within_a_callback(console: Console) -> None:
    with http_server() as server:
        url = f"http://127.0.0.1:{server.port}/bytes/100"
        console.send(f"http a {url} next={url}")
        console.expect(r"^\[next\] http ok=1 code=200")
        assert server.connections == 1
        console.send(f"http b http://127.0.0.1:{server.port}/close/10 next={url}")
        console.expect(r"^\[next\] http ok=1 code=200", count=2)


def test_keep_alive_connections_go_away(console: Console) -> None:
    idle = console.memory()[0]
    with http_server() as server:
        console.send(f"http a http://127.0.0.1:{server.port}/bytes/100")
        console.expect(r"^\[a\] http ok=1")
        console.send("http cleanup")
    console.expect_memory(idle)
