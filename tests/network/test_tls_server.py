"""TcpServer with TLS, against stock clients and against peers that do what no client does."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import time
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
    client_context,
    client_hello,
    read_records,
    running_server,
    talk,
    talk_on,
    usual_extensions,
)
from tests.support.pki import Authority, Identity


def test_echo(server: TlsServer, authority: Authority) -> None:
    server.listen()
    context = client_context(authority)
    for size in (1, 1000, 16384, 300_000):
        assert talk(server, context, pattern(size)).version == "TLSv1.2"
    assert server.settle()["succeeded"] == 4


@pytest.mark.parametrize("key_type", ["ec256", "ec384", "rsa2048", "rsa4096"])
def test_keys(server_executable: Path, authority: Authority, key_type: str, tmp_path: Path) -> None:
    with running_server(server_executable) as server:
        server.load(authority.issue("localhost", key_type=key_type), tmp_path)
        server.listen()
        talk(server, client_context(authority), pattern(20000))


def test_listen_refuses_without_certificate(server_executable: Path, tmp_path: Path) -> None:
    with running_server(server_executable) as server:
        server.ask("listen port=8443", "refused noCertificate")


def test_listen_refuses_bad_keys(server_executable: Path, authority: Authority, tmp_path: Path) -> None:
    one, other = authority.issue("localhost"), authority.issue("localhost")
    certificate, key = one.write(tmp_path, "one")
    _, wrong = other.write(tmp_path, "other")
    locked = tmp_path / "locked.key"
    locked.write_bytes(one.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    cut = tmp_path / "cut.key"
    cut.write_bytes(key.read_bytes()[:-60])
    with running_server(server_executable) as server:
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


def test_goodbye_together_with_the_last_words_of_the_handshake(server: TlsServer, authority: Authority) -> None:
    """Finished and close_notify in one segment: a connection in good order all the same."""
    server.listen(resume=1)
    context = client_context(authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_TICKET
    session = talk(server, context).session
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    engine = context.wrap_bio(incoming, outgoing, server_hostname="localhost", session=session)
    with server.connect() as plain:
        with contextlib.suppress(ssl.SSLWantReadError):
            engine.do_handshake()
        plain.sendall(outgoing.read())
        while outgoing.pending == 0:
            incoming.write(plain.recv(65536))
            with contextlib.suppress(ssl.SSLWantReadError):
                engine.do_handshake()
        with contextlib.suppress(ssl.SSLWantReadError):
            engine.unwrap()
        plain.sendall(outgoing.read())
        assert [kind for kind, _ in read_records(plain)] == [ALERT]
    assert server.settle()["succeeded"] == 2


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


def test_client_hello_without_extensions_is_served_with_rsa_key_exchange(
    server_executable: Path, authority: Authority, tmp_path: Path
) -> None:
    """There the server signs nothing; TLS_RSA_WITH_AES_128_GCM_SHA256."""
    with running_server(server_executable) as server:
        server.load(authority.issue("localhost", key_type="rsa2048"), tmp_path)
        server.listen(suites="full")
        with server.connect() as plain:
            plain.sendall(client_hello(None, b"\x00\x9c\x00\xff"))
            assert plain.recv(5)[0] == HANDSHAKE
        context = client_context(authority, ciphers="AES128-GCM-SHA256")
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        talk(server, context, pattern(3000))


def test_key_let_go_after_each_handshake(server: TlsServer, authority: Authority) -> None:
    server.listen(free=1)
    for _ in range(3):
        talk(server, client_context(authority))
    assert server.settle()["certificate"] == 0


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


@pytest.mark.parametrize("callback", ["connect", "init", "receive"])
def test_callbacks_that_delete_the_server(server: TlsServer, authority: Authority, callback: str) -> None:
    """Its connections are broken off, also the one whose callback it is; a new server can be made."""
    server.listen(**{"close-in": callback})
    context = client_context(authority)
    for _ in range(2):
        with contextlib.suppress(OSError):
            talk(server, context)
    server.listen()
    talk(server, context)
    assert server.settle()["succeeded"] == 1
