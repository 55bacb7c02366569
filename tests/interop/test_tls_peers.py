"""The device against real peers, beyond the interoperation table: buffer sizes, pins, names, many sessions in a row.

Each peer is a program of its own; the device is the very code that runs on a chip, through `sming_host.tls`.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sming_host.build import archive
from sming_host.tls import CertificateError, ServerShare, connect, default_library
from tests.interop.device import Device, DeviceServer
from tests.support.peers import LOOPBACK, PythonPeer, free_port, http_page, running, server_context
from tests.support.pki import Authority, Identity

NAME = "device.test"


@dataclass(frozen=True)
class Site:
    """An authority and servers' certificates of every key type, as files."""

    authority: Authority
    files: dict[str, tuple[Path, Path]]
    identities: dict[str, Identity]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    authority = Authority("Interop CA")
    folder = tmp_path_factory.mktemp("pki")
    identities = {kind: authority.issue(NAME, LOOPBACK, key_type=kind) for kind in ("ec256", "ec384", "rsa2048")}
    files = {kind: identity.write(folder, kind) for kind, identity in identities.items()}
    return Site(authority, files, identities)


@pytest.fixture
def port() -> Iterator[int]:
    yield free_port()


def openssl_server(port: int, files: tuple[Path, Path], *options: str) -> list[str]:
    openssl = archive.tool_package("openssl").program("openssl")
    certificate, key = files
    command = [str(openssl), "s_server", "-accept", f"{LOOPBACK}:{port}", "-cert", str(certificate), "-key", str(key)]
    return [*command, "-tls1_2", "-www", *options]


def gnutls_server(port: int, files: tuple[Path, Path], *options: str) -> list[str]:
    server = archive.tool_package("gnutls").program("gnutls-serv")
    certificate, key = files
    command = [str(server), f"--port={port}", "--http", f"--x509certfile={certificate}", f"--x509keyfile={key}"]
    return [*command, "--nodb", "--noticket", *options]


def fetch(port: int, **options: Any) -> tuple[str, bytes]:
    """The suite that was agreed on, and the answer to a request for /."""
    with connect(NAME, port, address=(LOOPBACK, port), **options) as connection:
        suite = connection.session.cipher_suite
        assert connection.session.version == "TLSv1.2" and suite
        connection.sendall(b"GET / HTTP/1.0\r\nHost: device.test\r\n\r\n")
        return suite, connection.makefile().read()


@pytest.mark.parametrize("size", (512, 1024, 2048, 4096, 8192, 16384))
def test_buffer_sizes(site: Site, port: int, tmp_path: Path, size: int) -> None:
    """Fragment lengths that OpenSSL understands are asked for; larger ones have no code and are not."""
    with running(openssl_server(port, site.files["ec256"]), port, tmp_path / "server.log"):
        _, page = fetch(port, trust=[site.authority.pem], max_buffer_size=size)
    assert b"</" in page.lower()


def test_pins_and_names_with_gnutls(site: Site, port: int, tmp_path: Path) -> None:
    identity = site.identities["ec256"]
    with running(gnutls_server(port, site.files["ec256"]), port, tmp_path / "server.log"):
        _, page = fetch(port, pins=[f"pki-sha256:{identity.spki_sha256.hex()}"])
        assert page
        with pytest.raises(CertificateError, match="pin"):
            fetch(port, pins=["pki-sha256:" + "00" * 32])
        with pytest.raises(CertificateError, match=r"other\.test"):
            connect("other.test", port, address=(LOOPBACK, port), trust=[site.authority.pem])


def test_python_server_sees_the_name(site: Site) -> None:
    names: list[str] = []
    context = server_context(*site.files["ec256"])
    context.sni_callback = lambda tls, name, ctx: names.append(name or "")
    body = bytes(range(256)) * 400
    with PythonPeer(context, http_page(body)) as peer:
        with connect(NAME, peer.port, address=(LOOPBACK, peer.port), trust=[site.authority.pem]) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: device.test\r\n\r\n")
            received = b""
            while not received.endswith(body):
                received += connection.recv(65536)
        seen = peer.wait_seen()
    assert names == [NAME] and seen.version == "TLSv1.2" and seen.error is None


def test_address_is_checked_but_not_sent_as_name(site: Site) -> None:
    names: list[object] = []
    context = server_context(*site.files["ec256"])
    context.sni_callback = lambda tls, name, ctx: names.append(name)
    with PythonPeer(context, http_page(b"x")) as peer:
        with connect(LOOPBACK, peer.port, trust=[site.authority.pem]) as connection:
            assert connection.session.verified
        peer.wait_seen()
    assert names == [None], "RFC 6066 §3: literal addresses are not permitted in server_name"


def test_openssl_reconnects(site: Site, tmp_path: Path) -> None:
    """s_client -reconnect: one full handshake, then five that go on from it."""
    certificate, key = site.files["ec256"]
    device = Device("Bearssl", default_library())
    server = DeviceServer(device, certificate=certificate, key=key, resume=True, share=ServerShare())
    openssl = str(archive.tool_package("openssl").program("openssl"))
    trusted = tmp_path / "ca.pem"
    trusted.write_bytes(site.authority.pem)
    command = [openssl, "s_client", "-connect", f"{LOOPBACK}:{server.port}", "-CAfile", str(trusted), "-reconnect"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    talks = [server.next() for _ in range(6)]
    server.close()
    assert [talk.resumed for talk in talks] == [False] + 5 * [True], done.stdout + done.stderr
    assert done.stdout.count("Reused, TLSv1.2") == 5


def test_server_that_is_not_there() -> None:
    with pytest.raises(Exception, match="refused") as raised:
        connect(NAME, 1, address=(LOOPBACK, free_port()), pins=["pki-sha256:" + "00" * 32])
    assert not isinstance(raised.value, socket.error)
