"""Heap: each allocation fails once, and a heap of a chip's size suffices."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest

from tests.network.console import Console, describe, pattern, running_console
from tests.network.servers import exchange, http_server, tcp_peer


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_each_allocation_fails_once(console: Console, tls: ssl.SSLContext, secure: bool) -> None:
    """Nothing crashes, nothing hangs, nothing leaks; afterwards all is as before."""
    with http_server(tls if secure else None) as server:
        url = f"{'https' if secure else 'http'}://localhost:{server.port}/close/3000 verify=later"
        console.send(f"http warm {url}")
        console.expect(rf"^\[warm\] http ok=1 code=200 {describe(pattern(3000))}")
        console.expect_memory(0)
        for n in range(1, 160 if secure else 80):
            console.send(f"fail {n}")
            console.send(f"http h{n} {url}")
            console.expect_memory(0)
        console.send("fail 0")
        console.send(f"http last {url}")
        console.expect(rf"^\[last\] http ok=1 code=200 {describe(pattern(3000))}")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_request_that_lost_a_part_is_not_sent(console: Console, method: str) -> None:
    """Whatever allocation fails: the server sees all that the application has set, or no request."""
    fields = {
        "authorization": "Basic dXNlcjpwYXNzd29yZCB0aGF0IG5lZWRzIHRoZSBoZWFw",
        "x-device-name": "a name that is too long for a small String",
        "x-copy": "a name that is too long for a small String",
    }
    query = (
        "fixed=a%2Fpart%20of%20some%20length&parameter=a%20value%20that%20is%20too%20long%20for%20a%20small%20String"
    )
    form = b"a%20field%20of%20the%20form=a%20text%20that%20is%20too%20long%20for%20a%20small%20String&last=1"
    outcomes = []
    with http_server() as server:
        url = f"http://localhost:{server.port}/bytes/10?fixed=a%2Fpart%20of%20some%20length"
        for n in [*range(1, 60), 0]:
            console.send(f"http r{n} {url} method={method} assign=1 fail={n}")
            outcomes.append(console.expect(rf"^\[r{n}\] http (ok=1|ok=0|refused)")[1])
        assert set(server.requests) == {f"{method} /bytes/10?{query} localhost:{server.port}"}
        for headers in server.headers:
            assert {name: headers.get(name) for name in fields} == fields
        # A connection that was lost may have cut one off
        assert all(form.startswith(body) for body in server.bodies)
    assert outcomes[-1] == "ok=1" and outcomes.count("refused") >= 8
    assert console.text.count("HTTP: request refused: out of memory") >= 8


def test_echo_within_the_heap_of_a_chip(executable: Path, tls: ssl.SSLContext) -> None:
    data = pattern(1_000_000)

    def behaviour(connection: socket.socket) -> None:
        with tls.wrap_socket(connection, server_side=True) as secure:
            assert exchange(secure, data, len(data)) == data
            secure.unwrap()

    with tcp_peer(behaviour) as peer, running_console(executable, "--heap=64K") as console:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port} ssl=1 verify=later echo=1")
        console.expect(rf"^\[a\] complete ok=1 {describe(data)}", 60)


def test_heap_too_small_for_tls(executable: Path, tls: ssl.SSLContext) -> None:
    with http_server(tls) as server, running_console(executable, "--heap=6K") as console:
        console.send(f"http a https://localhost:{server.port}/bytes/10 verify=later")
        console.expect(r"^\[a\] http (ok=0 .*tls=noMemory|refused)")
