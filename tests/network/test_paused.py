"""Who has paused gets all that came, and only then hears of the end; over TLS that it may have been cut off."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from typing import Callable, Optional

import pytest

from tests.network.console import Console, describe
from tests.network.servers import reset, tcp_peer


class Peer:
    """A TLS server whose records leave exactly as it says."""

    def __init__(self, tls: ssl.SSLContext, connection: socket.socket) -> None:
        self.connection = connection
        self.incoming = ssl.MemoryBIO()
        self.outgoing = ssl.MemoryBIO()
        self.secure = tls.wrap_bio(self.incoming, self.outgoing, server_side=True)
        while True:
            try:
                self.secure.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.flush()
                data = connection.recv(65536)
                assert data, "the client went in its handshake"
                self.incoming.write(data)
        self.flush()

    def flush(self) -> None:
        if self.outgoing.pending:
            self.connection.sendall(self.outgoing.read())

    def record(self, data: bytes) -> bytes:
        self.secure.write(data)
        return self.outgoing.read()

    def goodbye(self) -> bytes:
        with contextlib.suppress(ssl.SSLWantReadError):
            self.secure.unwrap()
        return self.outgoing.read()


FIRST = b"1" * 100
SECOND = b"2" * 300
THIRD = b"3" * 9000


def converse(
    console: Console, tls: ssl.SSLContext, talk: Callable[[Peer], None], then: str, expected: Optional[str]
) -> None:
    """A client pauses with the first record; the peer says the rest and ends; what the client then does is `then`."""
    ended = threading.Event()
    done = threading.Event()

    def behaviour(connection: socket.socket) -> None:
        peer = Peer(tls, connection)
        try:
            talk(peer)
            ended.set()
            done.wait(20)
        finally:
            ended.set()

    with tcp_peer(behaviour) as peer:
        idle = console.memory()[0]
        console.send(f"tcp open a host=localhost port={peer.port} ssl=1 verify=later on-receive=pause")
        try:
            console.expect(r"^\[a\] acted")
            assert ended.wait(20)
            # Two turns of the loop: what has arrived is seen
            console.memory()
            console.memory()
            assert "[a] complete" not in console.text
            console.send(f"tcp act a what={then}")
            if expected:
                console.expect(rf"^\[a\] complete {expected}")
                console.send("tcp delete a")
            console.expect(r"^\[a\] deleted")
        finally:
            done.set()
        console.expect_memory(idle)
        peer.errors.clear()


def fin(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("kept", [0, 1, 40, 8000])
@pytest.mark.parametrize("count", [2, 3])
def test_cut_off(console: Console, tls: ssl.SSLContext, count: int, kept: int) -> None:
    """The FIN comes without close_notify, perhaps in the midst of a record (RFC 5246 §7.2.1)."""
    texts = [FIRST, SECOND, THIRD][:count]

    def talk(peer: Peer) -> None:
        records = b"".join(map(peer.record, texts))
        peer.connection.sendall(records + peer.record(b"4" * 10_000)[:kept])
        fin(peer.connection)

    converse(console, tls, talk, "resume", rf"ok=0 {describe(b''.join(texts))} .*tls=truncated alert=none")


def test_cut_off_while_there_is_something_to_say(console: Console, tls: ssl.SSLContext) -> None:
    """A FIN ends one direction: who still writes does not lose what has come."""

    def talk(peer: Peer) -> None:
        peer.connection.sendall(peer.record(FIRST) + peer.record(SECOND))
        fin(peer.connection)

    converse(console, tls, talk, "write+resume", rf"ok=0 {describe(FIRST + SECOND)} .*tls=truncated alert=none")


def test_in_order(console: Console, tls: ssl.SSLContext) -> None:
    def talk(peer: Peer) -> None:
        peer.connection.sendall(peer.record(FIRST) + peer.record(SECOND) + peer.record(THIRD) + peer.goodbye())
        fin(peer.connection)

    converse(console, tls, talk, "resume", rf"ok=1 {describe(FIRST + SECOND + THIRD)} error=0 tls=none")


@pytest.mark.parametrize("then", ["close", "delete", "fail+resume", "goodbye+resume", "write+close", "resume+close"])
def test_given_up(console: Console, tls: ssl.SSLContext, then: str) -> None:
    """Who does not want the rest any more need not take it."""

    def talk(peer: Peer) -> None:
        peer.connection.sendall(peer.record(FIRST) + peer.record(SECOND))
        fin(peer.connection)

    expected = None if then == "delete" else rf"ok=\d {describe(FIRST)} "
    converse(console, tls, talk, then, expected)


def test_reset(console: Console, tls: ssl.SSLContext) -> None:
    """What was reset is told as that."""

    def talk(peer: Peer) -> None:
        peer.connection.sendall(peer.record(FIRST) + peer.record(SECOND))
        reset(peer.connection)

    def behaviour(connection: socket.socket) -> None:
        talk(Peer(tls, connection))

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=localhost port={peer.port} ssl=1 verify=later on-receive=pause")
        console.expect(r"^\[a\] (acted|complete)")
        console.send("tcp act a what=resume")
        console.expect(r"^\[a\] complete ok=0")
        peer.errors.clear()


def test_plain(console: Console) -> None:
    """Without TLS a FIN is an end like any other."""
    paused = threading.Event()
    sent = threading.Event()

    def behaviour(connection: socket.socket) -> None:
        connection.sendall(FIRST)
        paused.wait(20)
        connection.sendall(THIRD)
        fin(connection)
        sent.set()

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=localhost port={peer.port} on-receive=pause")
        console.expect(r"^\[a\] acted")
        paused.set()
        assert sent.wait(20)
        console.memory()
        console.memory()
        assert "[a] complete" not in console.text
        console.send("tcp act a what=resume")
        console.expect(rf"^\[a\] complete ok=1 {describe(FIRST + THIRD)}")
