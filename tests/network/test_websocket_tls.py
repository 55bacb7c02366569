"""WebSocket over TLS with each adapter, as server and as client: against Python's ssl, and against itself."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.network.messaging import Messaging, build_messaging, running_messaging
from tests.network.websocket_cases import all_cases
from tests.network.websocket_model import BINARY, CLOSE, NORMAL, TEXT, close_payload
from tests.network.websocket_peer import Acceptor, open_client
from tests.support.peers import LOOPBACK, free_port, server_context
from tests.support.pki import Authority

CASES = [case for at, case in enumerate(all_cases()) if at % 20 == 0]
"""Some of the table: frames are the same with TLS, what carries them is not."""


@dataclass(frozen=True)
class Files:
    """A server's certificate and its authority."""

    authority: bytes
    certificate: Path
    key: Path
    ca: Path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("pki")
    authority = Authority()
    ca = folder / "ca.pem"
    ca.write_bytes(authority.pem)
    certificate, key = authority.issue("localhost", LOOPBACK).write(folder, "server")
    return Files(authority.pem, certificate, key, ca)


@pytest.fixture(scope="module")
def executable(adapter: str, files: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(f"messaging-{adapter}")
    return build_messaging(folder, adapter, SANITIZERS="", TRUST_ANCHORS=str(files.ca))


@pytest.fixture()
def app(executable: Path) -> Iterator[Messaging]:
    with running_messaging(executable) as running:
        yield running


def listen(app: Messaging, files: Files) -> int:
    port = free_port()
    app.do(f"server listen port={port} ssl=1 max=100000 certificate={files.certificate} key={files.key}")
    return port


def test_server(app: Messaging, files: Files) -> None:
    port = listen(app, files)
    context = ssl.create_default_context(cadata=files.authority.decode())
    for case in CASES:
        raw = socket.create_connection((LOOPBACK, port), 20)
        with open_client(port, connection=context.wrap_socket(raw, server_hostname="localhost")) as peer:
            peer.run(case)
    app.expect(r"^\[server\] closed .* count=0", count=1)


def test_client(app: Messaging, files: Files) -> None:
    context = server_context(files.certificate, files.key)
    with Acceptor() as server:
        for case in CASES:
            app.mark()
            app.send(f"client connect url=wss://localhost:{server.port}/ max=100000")
            with server.accept(context.wrap_socket(server.connection(), server_side=True)) as peer:
                peer.run(case)
            app.next(r"^\[client\] closed code=(\d+)")


def test_both(app: Messaging, files: Files) -> None:
    """The application's client and its server."""
    port = listen(app, files)
    app.send(f"client connect url=wss://localhost:{port}/ws on-message=close code=4007")
    app.expect(r"^\[client\] open")
    app.expect(r"^\[server\] open protocol= count=1 active=\d")
    app.do("client text hex=6869")
    app.expect(r"^\[client\] closed code=4007")
    app.expect(r"^\[server\] closed code=4007 reason=enough count=0")


def test_certificate_that_is_not_trusted(app: Messaging, tmp_path: Path) -> None:
    context = server_context(*Authority("Somebody else").issue("localhost").write(tmp_path, "other"))
    with Acceptor() as server:
        app.send(f"client connect url=wss://localhost:{server.port}/")
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(server.connection(), server_side=True)
        app.expect(r"^\[client\] closed code=1006")


def test_large_messages_both_ways(app: Messaging, files: Files) -> None:
    context = server_context(files.certificate, files.key)
    with Acceptor() as server:
        app.send(f"client connect url=wss://localhost:{server.port}/")
        with server.accept(context.wrap_socket(server.connection(), server_side=True)) as peer:
            app.expect(r"^\[client\] open")
            for opcode, payload in ((TEXT, "aä".encode() * 100_000), (BINARY, bytes(range(256)) * 3000)):
                peer.send(opcode, payload)
                assert peer.receive() == (opcode, payload)
            peer.send(CLOSE, close_payload(NORMAL))
            peer.expect_close(NORMAL)
