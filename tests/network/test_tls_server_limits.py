"""TcpServer with TLS: turns, time-outs, limits of connections and memory."""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from pathlib import Path

import pytest

from tests.network.console import pattern
from tests.network.servers import reset
from tests.network.tls_server import (
    ALERT,
    STALLER,
    TlsServer,
    client_context,
    client_hello,
    read_records,
    running_server,
    talk,
    talk_on,
)
from tests.support.pki import Authority, Identity


def test_limit_refuses_with_an_alert(server: TlsServer, authority: Authority) -> None:
    server.listen()
    assert server.figures()["limit"] == 1000
    server.ask("close", "done")
    server.listen(limit=2)
    context = client_context(authority)
    with contextlib.ExitStack() as stack:
        for _ in range(2):
            secure = stack.enter_context(context.wrap_socket(server.connect(), server_hostname="localhost"))
            talk_on(secure, b"in")
        with pytest.raises(ssl.SSLError) as refused, server.connect() as plain:
            context.wrap_socket(plain, server_hostname="localhost")
        assert refused.value.reason == "TLSV1_ALERT_INTERNAL_ERROR"
        server.console.expect("connection refused: 2 are open, as many as setMaxConnections")
    server.settle()
    talk(server, context)


def test_stalling_peers_time_out_and_others_are_served(server: TlsServer, authority: Authority) -> None:
    server.listen(handshake=2, idle=2)
    context = client_context(authority)
    with server.connect() as silent, server.connect() as half, server.connect() as idle:
        half.sendall(STALLER)
        secure = context.wrap_socket(idle, server_hostname="localhost")
        begin = time.monotonic()
        talk(server, context, pattern(5000))
        assert time.monotonic() - begin < 1.5
        assert silent.recv(100) == b""
        assert read_records(half)[-1][0] == ALERT
        with contextlib.suppress(OSError):
            assert secure.recv(10) == b""
        assert 1.5 < time.monotonic() - begin < 6
        secure.close()
    assert server.settle()["connections"] == 0


def test_trickling_does_not_extend_the_handshake(server: TlsServer) -> None:
    server.listen(handshake=2)
    begin = time.monotonic()
    with server.connect() as plain, contextlib.suppress(ConnectionError):
        for byte in client_hello():
            plain.sendall(bytes([byte]))
            time.sleep(0.1)
    assert 1.5 < time.monotonic() - begin < 6
    server.settle()


def test_time_in_the_queue_is_not_the_peers(server: TlsServer, authority: Authority) -> None:
    """One turn, held by one staller after another for longer than a handshake may take: the third is served."""
    server.ask("queue limit=1 patience=60000", "done")
    server.listen(handshake=2)
    begin = time.monotonic()
    with server.connect() as first, server.connect() as second:
        for staller in (first, second):
            staller.sendall(STALLER)
            time.sleep(0.1)
        talk(server, client_context(authority))
        assert time.monotonic() - begin > 3
    server.settle()


def test_stallers_do_not_keep_their_turn(server: TlsServer, authority: Authority) -> None:
    server.ask("queue limit=2 patience=300", "done")
    server.listen(handshake=20)
    with contextlib.ExitStack() as stack:
        for _ in range(6):
            stack.enter_context(server.connect()).sendall(STALLER)
        begin = time.monotonic()
        talk(server, client_context(authority))
        assert time.monotonic() - begin < 5
    server.settle()


def test_peers_that_went_while_they_waited(server: TlsServer, authority: Authority) -> None:
    """Their turns pass quickly."""
    server.ask("queue limit=1 patience=500", "done")
    server.listen()
    with server.connect() as staller:
        staller.sendall(STALLER)
        time.sleep(0.1)
        for _ in range(10):
            gone = server.connect()
            gone.sendall(STALLER)
            time.sleep(0.02)
            reset(gone)
        begin = time.monotonic()
        talk(server, client_context(authority))
        assert time.monotonic() - begin < 5
    server.settle()


def test_each_allocation_fails_once(server: TlsServer, authority: Authority) -> None:
    """A connection is refused, with an alert where there is one to say it; the next one works; nothing leaks."""
    server.listen(resume=1, cache=1)
    context = client_context(authority)
    talk(server, context)
    idle = server.settle(still=True)
    alerts = 0
    for number in range(1, 60):
        server.ask(f"fail {number}", "set")
        try:
            talk(server, context, seconds=10)
        except ssl.SSLError as error:
            alerts += error.reason == "TLSV1_ALERT_INTERNAL_ERROR"
        except OSError:
            pass
        server.console.send("fail 0")
        server.settle()
    talk(server, context)
    assert alerts > 5
    server.settle(like=idle)


def test_within_the_heap_of_a_chip(
    server_executable: Path, identity: Identity, authority: Authority, tmp_path: Path
) -> None:
    """48 KB: some at once are served, the rest refused with an alert or served later; afterwards all is well."""
    results: list[str] = []
    with running_server(server_executable, "--heap=48K") as server:
        server.load(identity, tmp_path)
        server.listen(handshake=5)
        context = client_context(authority)

        def visit() -> None:
            try:
                talk(server, context, pattern(3000))
                results.append("served")
            except OSError as error:
                results.append(getattr(error, "reason", None) or type(error).__name__)

        threads = [threading.Thread(target=visit) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(results) == 12
        assert set(results) <= {"served", "TLSV1_ALERT_INTERNAL_ERROR"}, results
        assert results.count("served") >= 4, results
        server.settle()
        for _ in range(3):
            talk(server, context, pattern(20000))
