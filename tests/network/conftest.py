"""Fixtures: the console, built with address and undefined-behaviour sanitizers, and a certificate to talk TLS with."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network.console import Console, running_console
from tests.network.tls_server import TlsServer, build_server, running_server
from tests.support.apps import build_app
from tests.support.peers import server_context
from tests.support.pki import Authority, Identity

SANITIZERS = "address,undefined"


@pytest.fixture(scope="session")
def executable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The console's executable, out of reach of other builds."""
    built = build_app("tests/apps/NetworkTestConsole", SANITIZERS=SANITIZERS)
    return Path(shutil.copy2(built, tmp_path_factory.mktemp("console")))


@pytest.fixture()
def console(executable: Path) -> Iterator[Console]:
    """A fresh console."""
    with running_console(executable) as running:
        yield running


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="session")
def identity(authority: Authority) -> Identity:
    """For localhost and 127.0.0.1."""
    return authority.issue("localhost", "127.0.0.1")


@pytest.fixture(scope="session")
def tls(identity: Identity, tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's context with that certificate."""
    certificate, key = identity.write(tmp_path_factory.mktemp("tls"), "server")
    return server_context(certificate, key)


@pytest.fixture(scope="session")
def server_executable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """TlsServer's executable."""
    return build_server(tmp_path_factory.mktemp("server"), SANITIZERS=SANITIZERS)


@pytest.fixture()
def server(server_executable: Path, identity: Identity, tmp_path: Path) -> Iterator[TlsServer]:
    """A TlsServer with a certificate, which does not listen yet; it must be able to end in order."""
    with running_server(server_executable) as running:
        running.load(identity, tmp_path)
        yield running
