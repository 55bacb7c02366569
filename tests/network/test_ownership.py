"""Callbacks that close, delete or reconnect the connection they are told about. The console runs under ASan."""

from __future__ import annotations

import socket
import ssl
import time

import pytest

from tests.network.console import Console
from tests.network.servers import tcp_peer


def send_then_wait(connection: socket.socket) -> None:
    connection.sendall(b"x" * 40_000)
    time.sleep(0.2)


@pytest.mark.parametrize("where", ["on-ready", "on-receive", "on-complete"])
@pytest.mark.parametrize("action", ["close", "delete"])
def test_plain(console: Console, where: str, action: str) -> None:
    with tcp_peer(send_then_wait) as peer:
        idle = console.memory()[0]
        console.send(f"tcp open a host=127.0.0.1 port={peer.port} send=100000 {where}={action}")
        console.expect(r"^\[a\] (deleted|complete)")
        if action == "close":
            console.expect(r"^\[a\] complete")
            console.send("tcp delete a")
        console.expect(r"^\[a\] deleted")
        console.expect_memory(idle)
        peer.errors.clear()


@pytest.mark.parametrize("where", ["on-read", "on-seek", "on-finished"])
@pytest.mark.parametrize("action", ["close", "delete", "reconnect"])
def test_stream(console: Console, where: str, action: str) -> None:
    """A stream that is being sent ends its connection, and with it itself."""
    with tcp_peer(send_then_wait) as peer:
        idle = console.memory()[0]
        console.send(f"tcp open a host=127.0.0.1 port={peer.port} send=100000 {where}={action}")
        if action == "delete":
            console.expect(r"^\[a\] deleted")
        else:
            console.expect(r"^\[a\] complete", count=2 if action == "reconnect" else 1)
            console.send("tcp delete a")
            console.expect(r"^\[a\] deleted")
        console.expect_memory(idle)
        peer.errors.clear()


@pytest.mark.parametrize("where", ["on-init", "on-validate", "on-ready", "on-receive", "on-complete"])
@pytest.mark.parametrize("action", ["close", "delete", "reconnect"])
def test_tls(console: Console, tls: ssl.SSLContext, where: str, action: str) -> None:
    def behaviour(connection: socket.socket) -> None:
        try:
            with tls.wrap_socket(connection, server_side=True) as secure:
                send_then_wait(secure)
        except OSError:
            pass  # being hung up on is what this is about

    with tcp_peer(behaviour) as peer:
        idle = console.memory()[0]
        verify = "verify=pin" if where == "on-validate" else "verify=later"
        console.send(f"tcp open a host=localhost port={peer.port} ssl=1 {verify} {where}={action}")
        if action == "delete":
            console.expect(r"^\[a\] deleted")
        else:
            console.expect(r"^\[a\] complete", count=2 if action == "reconnect" else 1)
            console.send("tcp delete a")
            console.expect(r"^\[a\] deleted")
        console.expect_memory(idle)


def test_auto_destruct(console: Console) -> None:
    idle = console.memory()[0]
    with tcp_peer(send_then_wait) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port} auto=1")
        console.expect(r"^\[a\] complete ok=1")
        console.expect(r"^\[a\] deleted")
        console.send(f"tcp open b host=127.0.0.1 port={peer.port} auto=1")
        console.expect(r"^\[b\] connected")
        console.send("tcp close b")
        console.expect(r"^\[b\] complete")
        console.expect(r"^\[b\] deleted")
        peer.errors.clear()
    console.expect_memory(idle)


def test_receive_delegate_refuses(console: Console) -> None:
    with tcp_peer(send_then_wait) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port} on-receive=refuse")
        console.expect(r"^\[a\] complete ok=0")
        peer.errors.clear()


def test_reconnect_many_times(console: Console) -> None:
    with tcp_peer(lambda c: c.sendall(b"hello")) as peer:
        console.send(f"tcp open a host=127.0.0.1 port={peer.port} on-complete=reconnect")
        console.expect(r"^\[a\] complete ok=1", count=2)
        for index in range(20):
            console.send(f"tcp open x{index} host=127.0.0.1 port={peer.port}")
            console.expect(rf"^\[x{index}\] complete ok=1 received=5 ")
        assert peer.connections == 22
