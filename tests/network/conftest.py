"""Fixtures: the console, built with address and undefined-behaviour sanitizers, and a certificate to talk TLS with."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from sming_host.build import archive
from tests.network import http_server as http
from tests.network.console import Console, running_console
from tests.network.messaging import build_messaging
from tests.network.mqtt_broker import Broker
from tests.network.tls_server import TlsServer, build_server, client_context, running_server
from tests.support.adapters import ADAPTERS
from tests.support.apps import build_app
from tests.support.peers import server_context
from tests.support.pki import Authority, Identity

SANITIZERS = "address,undefined"

ADAPTER_NAMES = tuple(ADAPTERS)
# Modules whose tests talk TLS run over every adapter; those of LONG over others than the first only in `./scons check`.
QUICK = ("test_hostile", "test_paused", "test_tls", "test_tls_server")
LONG = ("test_memory", "test_ownership", "test_sample_server", "test_tls_server_limits")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    module = metafunc.module.__name__.rpartition(".")[2]
    if "network_adapter" not in metafunc.fixturenames or module not in QUICK + LONG:
        return
    first, *others = ADAPTER_NAMES
    marks = [pytest.mark.slow] if module in LONG else []
    chosen = [pytest.param(first), *(pytest.param(other, marks=marks) for other in others)]
    metafunc.parametrize("network_adapter", chosen, indirect=True, scope="session")


@pytest.fixture(scope="session")
def network_adapter(request: pytest.FixtureRequest) -> str:
    """The TLS adapter of the programs that are tested; where tests talk no TLS, any will do."""
    name: str = getattr(request, "param", ADAPTER_NAMES[0])
    return name


@pytest.fixture(scope="session")
def executable(tmp_path_factory: pytest.TempPathFactory, network_adapter: str) -> Path:
    """The console's executable, out of reach of other builds."""
    built = build_app("tests/apps/NetworkTestConsole", ssl=network_adapter, SANITIZERS=SANITIZERS)
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
def server_executable(tmp_path_factory: pytest.TempPathFactory, network_adapter: str) -> Path:
    """TlsServer's executable."""
    return build_server(tmp_path_factory.mktemp("server"), ssl=network_adapter, SANITIZERS=SANITIZERS)


@pytest.fixture()
def server(server_executable: Path, identity: Identity, tmp_path: Path) -> Iterator[TlsServer]:
    """A TlsServer with a certificate, which does not listen yet; it must be able to end in order."""
    with running_server(server_executable) as running:
        running.load(identity, tmp_path)
        yield running


@pytest.fixture(scope="session")
def curl() -> str:
    return str(archive.tool_package("curl").program("curl"))


@pytest.fixture(scope="session", params=["0", "Axtls", "Bearssl"])
def http_adapter(request: pytest.FixtureRequest) -> str:
    """What HttpServer runs over: nothing, or TLS with an adapter."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def checked_http_executable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """HttpServerTest's executable with sanitizers; it can listen with and without TLS."""
    return http.build_server(tmp_path_factory.mktemp("http"), SANITIZERS=SANITIZERS)


@pytest.fixture(scope="session")
def http_executable(http_adapter: str, checked_http_executable: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """HttpServerTest's executable with that adapter; HTTP is the same in all, so one with sanitizers will do."""
    if http_adapter == "Bearssl":
        return checked_http_executable
    return http.build_server(tmp_path_factory.mktemp("http"), ssl=http_adapter)


@pytest.fixture()
def http_server(
    http_adapter: str, http_executable: Path, authority: Authority, identity: Identity, tmp_path: Path
) -> Iterator[http.HttpServer]:
    """An HttpServer that does not listen yet; its port is a TLS one if there is an adapter."""
    tls = None if http_adapter == "0" else client_context(authority)
    with http.running_server(http_executable, tls) as running:
        if tls:
            running.load(identity, tmp_path)
        yield running


@pytest.fixture()
def plain_http_server(checked_http_executable: Path) -> Iterator[http.HttpServer]:
    """An HttpServer without TLS that does not listen yet."""
    with http.running_server(checked_http_executable) as running:
        yield running


@pytest.fixture(scope="session")
def mqtt_adapter(request: pytest.FixtureRequest) -> str:
    """What MQTT runs over: TLS with an adapter, or nothing unless the test says otherwise."""
    name: str = getattr(request, "param", "0")
    return name


@pytest.fixture(scope="session")
def messaging_executable(mqtt_adapter: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MessagingTest's executable; where tests talk no TLS, any adapter will do."""
    name = ADAPTER_NAMES[0] if mqtt_adapter == "0" else mqtt_adapter
    return build_messaging(tmp_path_factory.mktemp("messaging"), name)


@pytest.fixture()
def broker(mqtt_adapter: str, tls: ssl.SSLContext) -> Iterator[Broker]:
    """A broker of MQTT that does what the test says."""
    with Broker(None if mqtt_adapter == "0" else tls) as running:
        yield running
