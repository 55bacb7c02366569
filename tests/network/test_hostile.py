"""Callbacks that do to their connection what they should not, in every place where there is one. Under sanitizers."""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import Callable

import pytest

from tests.network.console import Console
from tests.network.servers import tcp_peer

RECEIVING = (
    "fail",
    "fail+write+flush",
    "fail+close",
    "fail+delete",
    "fail+reconnect",
    "goodbye",
    "goodbye+write",
    "goodbye+goodbye+close",
    "goodbye+fail",
    "close",
    "close+fail+goodbye",
    "close+write",
    "write+close",
    "flood+close",
    "flood+fail",
    "flood+delete",
    "starve+close+feast",
    "starve+goodbye+feast",
    "starve+fail+feast",
    "starve+write+feast",
    "starve+flood+feast",
    "starve+send+feast+close",
    "pause+fail",
    "pause+goodbye",
    "pause+close",
    "pause+delete",
    "pause+resume+fail",
    "print+commit+fail+print",
    "reconnect",
    "delete",
    "last",
    "last+fail",
)


def secure_peer(tls: ssl.SSLContext, sizes: tuple[int, ...], patience: float = 0.5) -> Callable[[socket.socket], None]:
    """Talks TLS, sends records of these sizes, reads a while and ends; it may be hung up on at any moment."""

    def behaviour(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), tls.wrap_socket(connection, server_side=True) as secure:
            for size in sizes:
                secure.sendall(b"x" * size)
            secure.settimeout(patience)
            while secure.recv(65536):
                pass

    return behaviour


def converse(console: Console, port: int, where: str, all_actions: tuple[str, ...], more: str = "") -> None:
    """Have clients that do all this there, some at once; each must end, and leave nothing."""
    numbered = list(enumerate(all_actions))
    for batch in (numbered[:16], numbered[16:]):  # lookups that can wait for their answer are limited
        for index, actions in batch:
            console.send(f"tcp open c{index} host=localhost port={port} {where}={actions} {more}")
        for index, _ in batch:
            console.expect(rf"^\[c{index}\] (complete|deleted)")
            console.memory()  # what that led to has been said by then
            if f"[c{index}] reconnecting" in console.text:
                console.expect(rf"^\[c{index}\] (complete|deleted)", count=2)
            console.send(f"tcp delete c{index}")
            console.expect(rf"^\[c{index}\] deleted")
    # On a loaded machine a connection may be lost before it comes to the callback
    assert console.text.count("] acting") >= len(all_actions) / 2


@pytest.mark.parametrize("sizes", [pytest.param((5,), marks=pytest.mark.slow), (16384, 16384), (700, 3000)])
def test_receive(console: Console, tls: ssl.SSLContext, sizes: tuple[int, ...]) -> None:
    with tcp_peer(secure_peer(tls, sizes)) as peer:
        idle = console.memory()[0]
        converse(console, peer.port, "on-receive", RECEIVING, "ssl=1 verify=later")
        assert "lost its data" not in console.text
        console.expect_memory(idle)
        peer.errors.clear()


ANYWHERE = (
    "fail",
    "fail+write+flush+commit",
    "fail+close+reconnect",
    "fail+delete",
    "goodbye",
    "goodbye+fail+close",
    "goodbye+delete",
    "close+fail+goodbye+write",
    "close+starttls",
    "write+flush+close",
    "flood+fail",
    "flood+goodbye",
    "flood+delete",
    "starve+close+feast",
    "starve+goodbye+feast",
    "starve+fail+feast",
    "starve+write+flush+feast",
    "starve+send+commit+feast",
    "pause+fail",
    "pause+goodbye",
    "pause+delete",
    "pause+resume+commit",
    "print",
    "last+commit",
    "last+fail",
    "reconnect",
    "reconnect+delete",
    "delete",
)

PATIENCE = {"poll": 2.0}
"""Seconds that a peer waits for a callback that comes every half second."""
LONG = [
    pytest.param(where, marks=pytest.mark.slow) for where in ("init", "complete", "poll", "read", "seek", "finished")
]


@pytest.mark.parametrize("where", ["validate", "ready", *LONG])
def test_anywhere(console: Console, tls: ssl.SSLContext, where: str) -> None:
    """The same in each other callback: also of a stream that is being sent, and of a connection that has ended."""
    with tcp_peer(secure_peer(tls, (700, 16384), PATIENCE.get(where, 0.3))) as peer:
        idle = console.memory()[0]
        converse(console, peer.port, f"on-{where}", ANYWHERE, "ssl=1 verify=later send=50000")
        console.expect_memory(idle)
        peer.errors.clear()


@pytest.mark.parametrize("where", ["receive", *LONG[1:]])
def test_plain(console: Console, where: str) -> None:
    """Without TLS, or on the way to it."""

    def behaviour(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.sendall(b"x" * 5000)
            connection.settimeout(PATIENCE.get(where, 0.3))
            while connection.recv(65536):
                pass

    with tcp_peer(behaviour) as peer:
        idle = console.memory()[0]
        calls = tuple(actions for actions in ANYWHERE if actions not in ("pause+fail", "pause+goodbye"))
        more = ("starttls+close", "starttls+delete", "starttls+fail+write", "pause+starttls+fail", "starttls+goodbye")
        converse(console, peer.port, f"on-{where}", calls + more, "send=50000")
        assert "lost its data" not in console.text
        console.expect_memory(idle)
        peer.errors.clear()
