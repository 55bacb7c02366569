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
