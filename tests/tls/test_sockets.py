"""The thin helpers over sockets and asyncio, and ``tls-get``."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sming_host.__main__ import main
from sming_host.errors import UserError
from sming_host.tls import (
    AlertReceived,
    AsyncConnection,
    CertificateError,
    ConfigurationError,
    Connection,
    Session,
    State,
    TlsError,
    TruncatedError,
    connect,
    listen,
    open_connection,
)
from sming_host.tls.command import resolve
from tests.support.peers import PythonPeer, Seen, free_port, http_page
from tests.tls.openssl import World

PAGE = b"<html>hello</html>" * 2000


@pytest.fixture(scope="module")
def peer(world: World) -> Iterator[PythonPeer]:
    with PythonPeer(world.context(world.good), http_page(PAGE)) as running:
        yield running


@pytest.fixture(scope="module")
def ca(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    path.write_bytes(world.authority.pem)
    return path


def test_blocking_socket(world: World, peer: PythonPeer) -> None:
    with connect("127.0.0.1", peer.port, trust=[world.authority.der]) as connection:
        assert connection.session.verified
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        received = b""
        while not received.endswith(PAGE):
            received += connection.recv(1000)
        assert received.startswith(b"HTTP/1.1 200 OK")


def test_other_address(world: World, peer: PythonPeer) -> None:
    with connect("device.local", address=("127.0.0.1", peer.port), trust=[world.authority.der]) as connection:
        assert connection.session.verified


def test_refusal_reaches_the_server(world: World, peer: PythonPeer) -> None:
    count = len(peer.seen)
    with pytest.raises(CertificateError) as caught:
        connect("other.local", address=("127.0.0.1", peer.port), trust=[world.authority.der])
    assert caught.value.code == "certificateName"
    assert peer.wait_seen(count + 1).error == "SSLV3_ALERT_BAD_CERTIFICATE"


def test_server_that_hangs_up(world: World) -> None:
    def hang_up(tls: object, seen: Seen) -> None:
        """Close the socket without close_notify."""

    with PythonPeer(world.context(world.good), hang_up) as peer:
        connection = connect("127.0.0.1", peer.port, trust=[world.authority.der])
        with connection, pytest.raises(TruncatedError):
            connection.recv(1)


def test_closing_twice(world: World, peer: PythonPeer) -> None:
    with connect("127.0.0.1", peer.port, trust=[world.authority.der]) as connection:
        connection.close()

    async def run() -> None:
        async with await open_connection("127.0.0.1", peer.port, trust=[world.authority.der]) as connection:
            await connection.close()

    asyncio.run(run())


def test_reason_is_told_though_the_peer_has_gone(world: World) -> None:
    """Ours is the error that ended the session, not that its alert could not be sent."""
    near, far = socket.socketpair()
    connection = Connection(near, Session("client", host_name="device.local", trust=[world.authority.der]))
    connection.session.drain()
    far.sendall(b"no TLS at all")
    far.close()
    with connection, pytest.raises(TlsError):
        connection.handshake()


def test_listen(world: World) -> None:
    """Both ends are the device's: a client that is refused does not disturb the next one."""
    ends: list[State] = []

    def serve() -> None:
        for _ in range(2):
            with listener.accept() as connection, contextlib.suppress(AlertReceived):
                connection.handshake()
                while data := connection.recv(1000):
                    connection.sendall(data)
                ends.append(connection.session.state)

    with listen(certificate=world.good.chain_pem, key=world.good.key_pem, timeout=10) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(CertificateError):
            connect("other.local", address=("127.0.0.1", listener.port), trust=[world.authority.der])
        with connect("127.0.0.1", listener.port, trust=[world.authority.der]) as connection:
            connection.sendall(PAGE)
            assert connection.makefile().read(len(PAGE)) == PAGE
            connection.goodbye()
            assert connection.session.state is State.CLOSED
        thread.join(10)
    assert ends == [State.CLOSED]


def test_listen_refuses_what_no_client_could_use(world: World) -> None:
    with pytest.raises(ConfigurationError, match="key"):
        listen(certificate=world.good.chain_pem, key=world.good_rsa.key_pem)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UserError, match=r"127\.0\.0\.1"):
        listen(taken.getsockname()[1], certificate=world.good.chain_pem, key=world.good.key_pem)


def test_nobody_there(world: World) -> None:
    port = free_port()
    with pytest.raises(UserError, match=f"127.0.0.1:{port}: "):
        connect("127.0.0.1", port, trust=[world.authority.der])
    with pytest.raises(UserError, match=f"127.0.0.1:{port}: "):
        asyncio.run(open_connection("127.0.0.1", port, trust=[world.authority.der]))


def test_asyncio(world: World, peer: PythonPeer) -> None:
    async def fetch(number: int) -> bytes:
        connection: AsyncConnection
        async with await open_connection("127.0.0.1", peer.port, trust=[world.authority.der]) as connection:
            await connection.write(b"GET /%d HTTP/1.1\r\n\r\n" % number)
            received = b""
            while not received.endswith(PAGE):
                received += await connection.read()
            return received

    async def fetch_all() -> list[bytes]:
        return await asyncio.gather(*(fetch(number) for number in range(5)))

    assert all(answer.endswith(PAGE) for answer in asyncio.run(fetch_all()))


def test_asyncio_refusal(world: World, peer: PythonPeer) -> None:
    with pytest.raises(CertificateError):
        asyncio.run(open_connection("127.0.0.1", peer.port, trust=[world.other_authority.der]))


def get(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "sming_host", "tls-get", *arguments], capture_output=True)


def test_tls_get(world: World, peer: PythonPeer, ca: Path) -> None:
    rule = f"device.local:443:127.0.0.1:{peer.port}"
    result = get("https://device.local/page?x=1", "--ca", str(ca), "--resolve", rule, "-v")
    assert result.returncode == 0, result.stderr
    assert result.stdout == PAGE
    for text in (b"TLSv1.2, ECDHE_ECDSA_", b", verified", b"subject device.local", b"200 OK", b"pki-sha256:"):
        assert text in result.stderr
    assert b"GET /page?x=1 HTTP/1.1\r\nHost: device.local\r\n" in peer.wait_seen(len(peer.seen)).received


def test_tls_get_by_pin_or_unverified(world: World, peer: PythonPeer) -> None:
    url = f"https://127.0.0.1:{peer.port}/"
    assert get(url, "--pin", "pki-sha256:" + world.good.spki_sha256.hex()).stdout == PAGE
    insecure = get(url, "--insecure", "-v")
    assert insecure.stdout == PAGE and b"NOT VERIFIED" in insecure.stderr


def test_tls_get_errors(world: World, peer: PythonPeer, ca: Path, capfd: pytest.CaptureFixture[str]) -> None:
    url = f"https://127.0.0.1:{peer.port}/"
    for arguments, message in (
        ([url, "--ca", str(ca), "--pin", "pki-sha256:" + "00" * 32], "none of the pins"),
        ([url], "trust anchor"),
        (["http://127.0.0.1/"], "not an https:// URL"),
        (["https://127.0.0.1:99999/"], "not an https:// URL"),
        ([f"https://127.0.0.1:{free_port()}/", "--insecure"], "refused"),
        ([url, "--pin", "12ab"], "is not a pin"),
        ([url, "--pin", "cert-sha1:12ab"], "20 bytes"),
        ([url, "--pin", "x", "--insecure"], "contradict"),
        ([url, "--insecure", "--resolve", "nonsense"], "HOST:PORT:ADDR"),
        ([url, "--ca", str(ca.parent / "missing.pem")], "missing.pem"),
    ):
        assert main(["tls-get", *arguments]) == 1
        error = capfd.readouterr().err
        assert error.startswith("error: ") and message in error and "Traceback" not in error


def test_resolve() -> None:
    assert resolve("a", 443, ["b:443:1.1.1.1"]) is None
    assert resolve("a", 443, ["a:80:1.1.1.1"]) is None
    assert resolve("A", 443, ["a:443:1.1.1.1"]) == ("1.1.1.1", 443)
    assert resolve("a", 443, ["a:443:1.1.1.1:8443"]) == ("1.1.1.1", 8443)
    assert resolve("a", 443, ["a:443:[::1]:8443"]) == ("::1", 8443)
    assert resolve("a", 443, ["a:443:::1"]) == ("::1", 443)
    for rule in ("a", "a:b:c", "a:443", "a:443:1.1.1.1:x"):
        with pytest.raises(UserError):
            resolve("a", 443, [rule])
