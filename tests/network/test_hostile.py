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


def secure_peer(tls: ssl.SSLContext, sizes: tuple[int, ...]) -> Callable[[socket.socket], None]:
    """Talks TLS, sends records of these sizes, reads a while and ends; it may be hung up on at any moment."""

    def behaviour(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), tls.wrap_socket(connection, server_side=True) as secure:
            for size in sizes:
                secure.sendall(b"x" * size)
            secure.settimeout(0.5)
            while secure.recv(65536):
                pass

    return behaviour


def converse(console: Console, port: int, where: str, all_actions: tuple[str, ...], more: str = "") -> None:
    """Have clients that do all this there, all at once; each must end, and leave nothing."""
    for index, actions in enumerate(all_actions):
        console.send(f"tcp open c{index} host=localhost port={port} {where}={actions} {more}")
    for index, actions in enumerate(all_actions):
        if "delete" not in actions:
            console.expect(rf"^\[c{index}\] complete", count=1 + actions.count("reconnect"))
            console.send(f"tcp delete c{index}")
        console.expect(rf"^\[c{index}\] deleted")


@pytest.mark.parametrize("sizes", [(5,), (16384, 16384), (700, 3000)])
def test_receive(console: Console, tls: ssl.SSLContext, sizes: tuple[int, ...]) -> None:
    with tcp_peer(secure_peer(tls, sizes)) as peer:
        idle = console.memory()[0]
        converse(console, peer.port, "on-receive", RECEIVING, "ssl=1 verify=later")
        assert "lost its data" not in console.text
        console.expect_memory(idle)
        peer.errors.clear()
