"""Many connections to one TlsServer: sequential ones, and many at once with half of them stalling."""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from pathlib import Path

import pytest

from tests.network.console import pattern
from tests.network.tls_server import (
    STALLER,
    TlsServer,
    build_server,
    client_context,
    running_server,
    talk,
    talk_on,
)
from tests.support.pki import Authority, Identity

IDLE_LIMIT = 8 * 1024
HANDSHAKE_LIMIT = 24 * 1024
TAGS = ("application", "string", "stream", "network", "handshake", "record_buffer", "session", "certificate")


@pytest.fixture(scope="module")
def executable(tmp_path_factory: pytest.TempPathFactory, adapter: str) -> Path:
    return build_server(tmp_path_factory.mktemp("server"), ssl=adapter)


def visit(server: TlsServer, authority: Authority, count: int) -> None:
    """`count` sequential connections, every fifth resumed, every tenth broken off in the handshake."""
    context = client_context(authority)
    context.options |= ssl.OP_NO_TICKET  # session ids
    session = talk(server, context).session
    for number in range(1, count):
        if number % 10 == 9:
            with server.connect() as plain:
                plain.sendall(STALLER[: number % 90])
        else:
            outcome = talk(server, context, b"%d" % number, session if number % 5 == 0 else None)
            session = session if number % 5 == 0 else outcome.session


@pytest.mark.parametrize("count", [1000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_sequential_connections(
    executable: Path, identity: Identity, authority: Authority, tmp_path: Path, count: int
) -> None:
    with running_server(executable) as server:
        server.load(identity, tmp_path)
        server.listen(resume=1, cache=10)
        visit(server, authority, 20)
        before = server.settle(still=True)
        begin = time.monotonic()
        visit(server, authority, count)
        seconds = time.monotonic() - begin
        after = server.settle(like=before)
        served = after["succeeded"] - before["succeeded"]
        assert served == count - count // 10
        print(f"\n{count} connections in {seconds:.1f} s, {after['resumed']} resumed, heap {after['all']} as before")


def test_two_hundred_at_once(executable: Path, identity: Identity, authority: Authority, tmp_path: Path) -> None:
    """All that speak are served, while as many stall: before, in and after their handshake."""
    count = 200
    results: list[str] = []
    with running_server(executable) as server:
        server.load(identity, tmp_path)
        server.listen(handshake=30, idle=60)
        server.ask("queue patience=200", "done")
        context = client_context(authority)
        talk(server, context)
        before = server.settle(still=True)
        together = threading.Barrier(count // 2)

        def speak() -> None:
            try:
                with context.wrap_socket(server.connect(60), server_hostname="localhost") as secure:
                    talk_on(secure, pattern(2000))
                    together.wait(60)
                    secure.unwrap()
                results.append("served")
            except (OSError, AssertionError, threading.BrokenBarrierError) as error:
                results.append(repr(error))

        with contextlib.ExitStack() as stack:
            for number in range(count // 2):
                plain = stack.enter_context(server.connect())
                plain.sendall((b"", STALLER[:20], STALLER)[number % 3])
            threads = [threading.Thread(target=speak) for _ in range(count // 2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
            assert results == ["served"] * (count // 2)
            stalling = server.figures()
            assert stalling["connections"] >= count // 2
        after = server.settle(like=before, seconds=20)
        assert after["succeeded"] - before["succeeded"] == count // 2
        peak = after["peak"] - before["all"]
        print(f"\n{count} connections at once: {peak} bytes at most, {peak // count} each")


def test_memory_of_a_connection(executable: Path, identity: Identity, authority: Authority, tmp_path: Path) -> None:
    """ECDSA P-256, 64 bits, TcpConnection and Session and BearSSL's context: when idle, and in the handshake."""
    with running_server(executable) as server:
        server.load(identity, tmp_path)
        server.listen()
        context = client_context(authority)
        talk(server, context)
        empty = server.settle(still=True)
        with server.connect() as plain:
            plain.sendall(STALLER)
            time.sleep(0.3)
            handshake = server.figures()["all"] - empty["all"]
        server.settle(like=empty)
        with context.wrap_socket(server.connect(), server_hostname="localhost") as secure:
            talk_on(secure, b"x")
            time.sleep(0.1)
            figures = server.figures()
            idle = figures["all"] - empty["all"]
            talk_on(secure, pattern(16384))
            time.sleep(0.1)
            drained = server.figures()["all"] - empty["all"]
        by_tag = {tag: figures[tag] - empty[tag] for tag in empty.values if tag in TAGS}
        print(f"\none connection: {idle} bytes idle, {drained} after 16 KB, {handshake} in the handshake; {by_tag}")
        assert idle <= IDLE_LIMIT
        assert drained <= IDLE_LIMIT
        assert handshake <= HANDSHAKE_LIMIT
