"""TcpServer with TLS, against stock clients and against peers that do what no client does."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from tests.network.console import pattern
from tests.network.servers import reset
from tests.network.tls_server import (
    ALERT,
    HANDSHAKE,
    STALLER,
    TlsServer,
    build_server,
    client_context,
    client_hello,
    read_records,
    running_server,
    talk,
    talk_on,
    usual_extensions,
)
from tests.support.pki import Authority, Identity

SANITIZERS = "address,undefined"


@pytest.fixture(scope="module")
def executable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_server(tmp_path_factory.mktemp("server"), SANITIZERS=SANITIZERS)


@pytest.fixture()
def server(executable: Path, identity: Identity, tmp_path: Path) -> Iterator[TlsServer]:
    """An echo server with an EC certificate; it must be fit at the end, and hold nothing."""
    with running_server(executable) as running:
        running.load(identity, tmp_path)
        yield running


def test_echo(server: TlsServer, authority: Authority) -> None:
    server.listen()
    context = client_context(authority)
    for size in (1, 1000, 16384, 300_000):
        assert talk(server, context, pattern(size)).version == "TLSv1.2"
    assert server.settle()["succeeded"] == 4


@pytest.mark.parametrize("key_type", ["ec256", "ec384", "rsa2048", "rsa4096"])
def test_keys(executable: Path, authority: Authority, key_type: str, tmp_path: Path) -> None:
    with running_server(executable) as server:
        server.load(authority.issue("localhost", key_type=key_type), tmp_path)
        server.listen()
        talk(server, client_context(authority), pattern(20000))


def test_listen_refuses_without_certificate(executable: Path, tmp_path: Path) -> None:
    with running_server(executable) as server:
        server.ask("listen port=8443", "refused noCertificate")


def test_listen_refuses_bad_keys(executable: Path, authority: Authority, tmp_path: Path) -> None:
    one, other = authority.issue("localhost"), authority.issue("localhost")
    certificate, key = one.write(tmp_path, "one")
    _, wrong = other.write(tmp_path, "other")
    locked = tmp_path / "locked.key"
    locked.write_bytes(one.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    cut = tmp_path / "cut.key"
    cut.write_bytes(key.read_bytes()[:-60])
    with running_server(executable) as server:
        for name, password, answer in (
            (wrong, "", "refused keyMismatch"),
            (locked, "", "refused keyPassword"),
            (locked, "password=wrong", "refused keyPassword"),
            (cut, "", "refused badKey"),
            (locked, "password=secret", "port="),
        ):
            server.ask(f"load key={name} cert={certificate} {password}", "done")
            server.ask("listen port=18443", answer)


def test_renewed_certificate_without_restart(
    server: TlsServer, authority: Authority, identity: Identity, tmp_path: Path
) -> None:
    server.listen()
    context = client_context(authority)
    with context.wrap_socket(server.connect(), server_hostname="localhost") as before:
        assert before.getpeercert(True) == identity.der
        renewed = authority.issue("localhost")
        server.load(renewed, tmp_path, "renewed")
        with context.wrap_socket(server.connect(), server_hostname="localhost") as after:
            assert after.getpeercert(True) == renewed.der
            talk_on(after, b"new")
        talk_on(before, b"old")


def test_init_handler_runs_for_every_connection(server: TlsServer, authority: Authority) -> None:
    server.listen()
    assert server.figures()["inits"] == 1
    for _ in range(3):
        talk(server, client_context(authority))
    assert server.figures()["inits"] == 4


def test_resumption(server: TlsServer, authority: Authority) -> None:
    server.listen(resume=1, cache=3)
    context = client_context(authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_TICKET
    first = talk(server, context)
    assert not first.resumed
    second = talk(server, context, session=first.session)
    assert second.resumed
    for _ in range(5):
        talk(server, context)  # others push it out
    assert not talk(server, context, session=first.session).resumed
    figures = server.settle()
    assert figures["resumed"] == 1
    assert 0 < figures["session_cache"] < 1000
    server.ask("close", "done")
    assert server.figures()["session_cache"] == 0


def test_no_resumption_unless_asked_for(server: TlsServer, authority: Authority) -> None:
    server.listen()
    context = client_context(authority)
    context.options |= ssl.OP_NO_TICKET
    first = talk(server, context)
    assert not talk(server, context, session=first.session).resumed


def test_failed_handshakes_leave_the_server_alive(server: TlsServer, authority: Authority) -> None:
    """The original's network was dead after eight of them."""
    server.listen()
    talk(server, client_context(authority))
    idle = server.settle(still=True)
    stranger = client_context(Authority("Somebody else"))
    for number in range(48):
        with contextlib.suppress(OSError), server.connect() as plain:
            if number % 4 == 0:
                stranger.wrap_socket(plain, server_hostname="localhost")
            elif number % 4 == 1:
                plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
                assert read_records(plain)[0][0] == ALERT
            elif number % 4 == 2:
                plain.sendall(client_hello()[:30])
                reset(plain)
            else:
                plain.sendall(client_hello())
    figures = server.settle()
    assert figures["failed"] >= 36
    talk(server, client_context(authority), pattern(20000))
    server.settle(like=idle)


def test_bytes_after_close_notify_end_the_connection(server: TlsServer, authority: Authority) -> None:
    """The original span."""
    server.listen()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    engine = client_context(authority).wrap_bio(incoming, outgoing, server_hostname="localhost")
    with server.connect() as plain:
        while True:
            try:
                engine.do_handshake()
                break
            except ssl.SSLWantReadError:
                plain.sendall(outgoing.read())
                incoming.write(plain.recv(65536))
        with contextlib.suppress(ssl.SSLWantReadError):
            engine.unwrap()
        goodbye = outgoing.read()
        plain.sendall(goodbye + b"\x17\x03\x03\x00\x20" + bytes(32) + b"trailing")
        records = read_records(plain)
    assert [kind for kind, _ in records if kind == ALERT] == [ALERT]
    figures = server.settle()
    assert figures["completed"] == 1
    talk(server, client_context(authority))


def test_sixty_signature_algorithms(server: TlsServer) -> None:
    """A ClientHello that crashed the original's other engine."""
    server.listen()
    with server.connect() as plain:
        plain.sendall(client_hello(usual_extensions(b"\x04\x03" * 60)))
        kind = plain.recv(5)
        assert kind[0] == HANDSHAKE


def test_client_hello_without_extensions(server: TlsServer, authority: Authority) -> None:
    """It stands for signatures with SHA-1 (RFC 5246 §7.4.1.4.1), which are not made here: refused, in order."""
    server.listen()
    for extensions in (None, b""):
        with server.connect() as plain:
            plain.sendall(client_hello(extensions))
            assert read_records(plain) == [(ALERT, b"\x02\x28")]
    talk(server, client_context(authority))


@pytest.mark.parametrize("buffer", [0, 1, 4])
def test_record_larger_than_the_buffers(server: TlsServer, authority: Authority, buffer: int) -> None:
    """One record of 15 KB, not negotiated, to a server with buffers of 4 KB, of 512 bytes, or its own choice."""
    server.listen(buffer=buffer)
    context = client_context(authority)
    with context.wrap_socket(server.connect(), server_hostname="localhost") as secure:
        talk_on(secure, b"x")
        idle = server.figures()["record_buffer"]
        talk_on(secure, pattern(15000))
        assert server.figures()["record_buffer"] == idle


def test_limit_refuses_with_an_alert(server: TlsServer, authority: Authority) -> None:
    server.listen(limit=2)
    context = client_context(authority)
    with contextlib.ExitStack() as stack:
        for _ in range(2):
            secure = stack.enter_context(context.wrap_socket(server.connect(), server_hostname="localhost"))
            talk_on(secure, b"in")
        with pytest.raises(ssl.SSLError) as refused, server.connect() as plain:
            context.wrap_socket(plain, server_hostname="localhost")
        assert refused.value.reason == "TLSV1_ALERT_INTERNAL_ERROR"
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
        server.console.send(f"fail {number}")
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


def test_within_the_heap_of_a_chip(executable: Path, identity: Identity, authority: Authority, tmp_path: Path) -> None:
    """48 KB: some at once are served, the rest refused with an alert or served later; afterwards all is well."""
    results: list[str] = []
    with running_server(executable, "--heap=48K") as server:
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


def test_fatal_alert_ends_the_connection(server: TlsServer, authority: Authority) -> None:
    """certificate_unknown in the handshake: nothing more comes, and the connection is over."""
    server.listen()
    with server.connect() as plain:
        plain.sendall(STALLER)
        time.sleep(0.2)
        plain.sendall(struct.pack(">BHHBB", ALERT, 0x0303, 2, 2, 46))
        kinds = [kind for kind, _ in read_records(plain)]
        assert set(kinds) == {HANDSHAKE}
    assert server.settle()["failed"] == 1


def test_plain_connections_beside(server: TlsServer) -> None:
    server.listen(plain=1)
    with server.connect() as plain:
        plain.sendall(b"hello")
        assert plain.recv(100) == b"hello"
        plain.shutdown(socket.SHUT_WR)
        assert plain.recv(100) == b""
