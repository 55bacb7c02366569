"""TcpClient and HttpClient over TLS."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network.console import Console, describe, pattern, running_console
from tests.network.servers import exchange, http_server, read_all, reset, tcp_peer
from tests.support.peers import server_context
from tests.support.pki import Authority, Identity, self_signed


@contextlib.contextmanager
def secured(context: ssl.SSLContext, connection: socket.socket) -> Iterator[ssl.SSLSocket]:
    """The server's side of TLS, ended with close_notify both ways."""
    with context.wrap_socket(connection, server_side=True) as secure:
        yield secure
        secure.unwrap()


def test_download_both_ways_of_verification(
    console: Console, tls: ssl.SSLContext, identity: Identity, authority: Authority
) -> None:
    with http_server(tls) as server:
        url = f"https://localhost:{server.port}/bytes/16000"
        console.send(f"http pinned {url} verify=pin pin={identity.spki_sha256.hex()}")
        console.expect(rf"^\[pinned\] http ok=1 code=200 {describe(pattern(16000))} .*tls=none")
        console.send(f"ca {authority.der.hex()}")
        console.expect(r"^\[ca\] added")
        console.send("http cleanup")
        console.send(f"http chain {url}")
        console.expect(rf"^\[chain\] http ok=1 code=200 {describe(pattern(16000))} .*tls=none")
        console.send(f"http address https://127.0.0.1:{server.port}/bytes/1")
        console.expect(r"^\[address\] http ok=1")


def test_nothing_to_verify_against_is_refused(console: Console, tls: ssl.SSLContext) -> None:
    with http_server(tls) as server:
        console.send(f"http a https://localhost:{server.port}/bytes/10")
        console.expect(r"^\[a\] http ok=0 .*tls=nothingToVerify")
        assert server.requests == []


def test_refusals(executable: Path, tls: ssl.SSLContext, authority: Authority) -> None:
    with http_server(tls) as server, running_console(executable, "--resolve=other.test:0:127.0.0.1") as console:
        console.send(f"http pin https://localhost:{server.port}/bytes/10 verify=pin pin={'ab' * 32}")
        console.expect(r"^\[pin\] http ok=0 .*tls=pinMismatch alert=certificate_unknown")
        console.send(f"ca {Authority('Somebody else').der.hex()}")
        console.expect(r"^\[ca\] added")
        console.send(f"http ca https://localhost:{server.port}/bytes/10")
        console.expect(r"^\[ca\] http ok=0 .*tls=unknownCa alert=unknown_ca")
        console.send(f"ca {authority.der.hex()}")
        console.expect(r"^\[ca\] added", count=2)
        console.send(f"tcp open name host=other.test port={server.port} ssl=1")
        console.expect(r"^\[name\] complete ok=0 .*tls=certificateName alert=bad_certificate")
        assert server.requests == []


def test_a_pin_is_not_satisfied_by_somebody_elses_connection(console: Console, tls: ssl.SSLContext) -> None:
    """Requests share a connection only if they verify the server in the same way."""
    with http_server(tls) as server:
        url = f"https://localhost:{server.port}/bytes/10"
        console.send(f"http a {url} verify=later")
        console.expect(r"^\[a\] http ok=1")
        console.send(f"tcp open b host=localhost port={server.port} ssl=1 verify=pin pin={'00' * 32}")
        console.expect(r"^\[b\] complete ok=0 .*tls=pinMismatch")


def test_plain_server(console: Console) -> None:
    def behaviour(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        read_all(connection)

    with tcp_peer(behaviour) as peer:
        console.send(f"http a https://127.0.0.1:{peer.port}/ verify=later")
        console.expect(r"^\[a\] http ok=0 .*tls=(?!none)")
        peer.errors.clear()


@pytest.mark.parametrize(("size", "record"), [(4_000_000, 16384), (1_000_000, 1500), (100_000, 100), (3000, 1)])
def test_echo(console: Console, tls: ssl.SSLContext, size: int, record: int) -> None:
    """In records of many sizes: many small ones arrive in one piece."""
    data = pattern(size)

    def behaviour(connection: socket.socket) -> None:
        with secured(tls, connection) as secure:
            assert exchange(secure, data, len(data), record) == data

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=localhost port={peer.port} ssl=1 verify=later echo=1")
        console.expect(rf"^\[a\] complete ok=1 {describe(data)} .*tls=none", 60)


def test_send_megabytes_then_close_notify(console: Console, tls: ssl.SSLContext) -> None:
    received = bytearray()

    def behaviour(connection: socket.socket) -> None:
        with secured(tls, connection) as secure:
            received.extend(read_all(secure))

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=localhost port={peer.port} ssl=1 verify=later send=3000000 close-after=1")
        console.expect(r"^\[a\] complete ok=1")
    assert bytes(received) == pattern(3_000_000)


def test_slow_reader(console: Console, tls: ssl.SSLContext) -> None:
    """What the socket does not take waits; memory does not grow with it."""

    def behaviour(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        with secured(tls, connection) as secure:
            time.sleep(1.5)
            assert console.memory()[1] < 200_000
            assert read_all(secure) == pattern(8_000_000)

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=localhost port={peer.port} ssl=1 verify=later send=8000000 close-after=1")
        console.expect(r"^\[a\] complete ok=1", 60)


def test_truncation_is_reported(console: Console, tls: ssl.SSLContext) -> None:
    def behaviour(connection: socket.socket) -> None:
        with tls.wrap_socket(connection, server_side=True) as secure:
            secure.sendall(b"x" * 1000)
            # FIN without close_notify
            socket.socket.shutdown(secure, socket.SHUT_WR)
            time.sleep(0.3)

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=localhost port={peer.port} ssl=1 verify=later")
        console.expect(r"^\[a\] complete ok=0 received=1000 .*tls=truncated")


def test_truncated_http_body_is_not_a_success(console: Console, tls: ssl.SSLContext) -> None:
    def behaviour(connection: socket.socket) -> None:
        with tls.wrap_socket(connection, server_side=True) as secure:
            secure.recv(4096)
            secure.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf of it")
            socket.socket.shutdown(secure, socket.SHUT_WR)
            time.sleep(0.3)

    with tcp_peer(behaviour) as peer:
        console.send(f"http a https://localhost:{peer.port}/ verify=later")
        console.expect(r"^\[a\] http ok=0 code=200 received=10 .*tls=truncated")


def test_body_until_close_notify_is(console: Console, tls: ssl.SSLContext) -> None:
    with http_server(tls) as server:
        console.send(f"http a https://localhost:{server.port}/close/5000 verify=later")
        console.expect(rf"^\[a\] http ok=1 code=200 {describe(pattern(5000))}")


@pytest.mark.parametrize("after", [1, 50, 600])
def test_reset_in_the_handshake(console: Console, after: int) -> None:
    def behaviour(connection: socket.socket) -> None:
        connection.recv(after)
        time.sleep(0.05)
        reset(connection)

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=localhost port={peer.port} ssl=1 verify=later")
        console.expect(r"^\[a\] complete ok=0 .*error=2")


def test_fin_in_the_handshake(console: Console) -> None:
    with tcp_peer(lambda c: None) as peer:
        console.send(f"tcp open a host=localhost port={peer.port} ssl=1 verify=later")
        console.expect(r"^\[a\] complete ok=0")


def test_handshake_time_out_although_bytes_trickle(console: Console) -> None:
    """Bytes come until the device has enough; time that the machine takes for others does not count against it."""
    trickled = 0
    # A ServerHello with nothing to object to for 76 bytes: version, random number, session id
    hello = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03" + bytes(32) + b"\x20" + bytes(600)

    def behaviour(connection: socket.socket) -> None:
        nonlocal trickled
        connection.recv(1000)
        with contextlib.suppress(OSError):
            for byte in hello:
                connection.sendall(bytes([byte]))
                trickled += 1
                time.sleep(0.1)

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=localhost port={peer.port} ssl=1 verify=later timeout=1")
        console.expect(r"^\[a\] complete ok=0 .*error=3 tls=timeout", 40)
        assert 0 < trickled < 300


def test_handshake_one_byte_at_a_time(console: Console, tls: ssl.SSLContext) -> None:
    """Everything the server says passes through a proxy that lets single bytes out."""

    def behaviour(connection: socket.socket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = tls.wrap_bio(incoming, outgoing, server_side=True)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def relay() -> None:
            for byte in outgoing.read():
                connection.sendall(bytes([byte]))

        while True:
            try:
                server.do_handshake()
                break
            except ssl.SSLWantReadError:
                relay()
                incoming.write(connection.recv(65536))
        server.write(b"done")
        with contextlib.suppress(ssl.SSLError):
            server.unwrap()
        relay()
        read_all(connection)

    with tcp_peer(behaviour) as peer:
        console.send(f"tcp open a host=localhost port={peer.port} ssl=1 verify=later")
        console.expect(rf"^\[a\] complete ok=1 {describe(b'done')} .*tls=none")


def test_many_connections_leave_nothing(console: Console, tls: ssl.SSLContext) -> None:
    def behaviour(connection: socket.socket) -> None:
        with secured(tls, connection) as secure:
            secure.sendall(b"hello")

    with tcp_peer(behaviour) as peer:
        idle = console.memory()
        for index in range(15):
            console.send(f"tcp open c{index} host=localhost port={peer.port} ssl=1 verify=later")
        for index in range(15):
            console.expect(rf"^\[c{index}\] complete ok=1 received=5 ")
            console.send(f"tcp delete c{index}")
        console.expect(r"^\[c14\] deleted")
        console.expect_memory(idle[0])


def test_self_signed_is_refused(
    console: Console, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    certificate, key = self_signed("localhost").write(tmp_path_factory.mktemp("self"), "self")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with http_server(context) as server:
        console.send(f"ca {authority.der.hex()}")
        console.send(f"http a https://localhost:{server.port}/")
        console.expect(r"^\[a\] http ok=0 .*tls=selfSigned alert=unknown_ca")


@pytest.fixture(params=["id", "ticket"])
def resuming(request: pytest.FixtureRequest, identity: Identity, tmp_path: Path) -> ssl.SSLContext:
    """A server's context: sessions are known by their ids, or by tickets to who has them (RFC 5077)."""
    context = server_context(*identity.write(tmp_path, "server"))
    if request.param == "id":
        context.options |= ssl.OP_NO_TICKET
    return context


@pytest.mark.parametrize("asked", [0, 1])
def test_a_client_resumes_its_session(console: Console, resuming: ssl.SSLContext, asked: int) -> None:
    reused = []

    def behaviour(connection: socket.socket) -> None:
        with secured(resuming, connection) as secure:
            reused.append(secure.session_reused)
            secure.sendall(b"hello")

    with tcp_peer(behaviour) as peer:
        host = f"host=localhost port={peer.port}"
        console.send(f"tcp open a {host} ssl=1 verify=later resume={asked} on-complete=reconnect")
        console.expect(r"^\[a\] complete ok=1 received=5 .*resumed=0")
        console.expect(rf"^\[a\] complete ok=1 received=5 .*resumed={asked}", count=1 if asked else 2)
    assert reused[:2] == [False, bool(asked)]


def test_a_session_that_was_cut_off_is_resumed_and_one_that_failed_is_not(
    console: Console, resuming: ssl.SSLContext
) -> None:
    endings = [b"", b"\x17\x03\x03\x00\x20" + bytes(32), b""]

    def behaviour(connection: socket.socket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = resuming.wrap_bio(incoming, outgoing, server_side=True)
        for step in (server.do_handshake, lambda: server.write(b"HTTP/1.1 200 OK\r\n\r\nhello")):
            while True:
                try:
                    step()
                    break
                except ssl.SSLWantReadError:
                    connection.sendall(outgoing.read())
                    incoming.write(connection.recv(65536))
        connection.sendall(outgoing.read() + endings.pop(0))
        # Said, or OpenSSL forgets the session, but not sent
        with contextlib.suppress(ssl.SSLError):
            server.unwrap()
        connection.shutdown(socket.SHUT_WR)
        read_all(connection)

    with tcp_peer(behaviour) as peer:
        again = f"http x https://localhost:{peer.port}/ verify=later resume=1"
        console.send(again)
        console.expect(r"^\[x\] http ok=0 .*tls=truncated .*resumed=0")
        console.send(again)
        console.expect(r"^\[x\] http ok=0 .*tls=badRecordMac .*resumed=1")
        console.send(again)
        console.expect(r"^\[x\] http ok=0 .*resumed=0", count=2)
        peer.errors.clear()


def test_http_connections_hand_their_sessions_on(console: Console, resuming: ssl.SSLContext) -> None:
    with http_server(resuming) as server, http_server(resuming) as other:
        url = f"https://localhost:{server.port}/close/10 verify=later resume=1"
        for name, resumed in (("a", 0), ("b", 1), ("c", 1)):
            console.send(f"http {name} {url}")
            console.expect(rf"^\[{name}\] http ok=1 code=200")
            console.expect(rf"^\[{name}\] http .*resumed={resumed}")
            time.sleep(0.3)
        # The same server, ticket keys and all, at another port: another one for the client
        console.send(f"http other https://localhost:{other.port}/close/10 verify=later resume=1")
        console.expect(r"^\[other\] http ok=1 .*resumed=0")
        console.send("http cleanup")
        console.send(f"http d {url}")
        console.expect(r"^\[d\] http ok=1 .*resumed=0")
        # Who verifies does not inherit from who did not
        console.send(f"http e https://localhost:{server.port}/close/10 verify=pin pin={'ab' * 32} resume=1")
        console.expect(r"^\[e\] http ok=0 .*tls=pinMismatch .*resumed=0")
