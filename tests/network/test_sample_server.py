"""The sample Server_Ssl as a user runs it, with a certificate in its headers."""

from __future__ import annotations

import shutil
import socket
import ssl
from pathlib import Path

import pytest

from sming_host.certificates.headers import c_header
from tests.network.tls_server import client_context, talk_on
from tests.support.apps import ROOT, build_app, running_app
from tests.support.peers import LOOPBACK, free_port
from tests.support.pki import Authority, Identity


@pytest.fixture(scope="module")
def sample(identity: Identity, tmp_path_factory: pytest.TempPathFactory, network_adapter: str) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "Server_Ssl_copy"
    shutil.copytree(ROOT / "samples" / "Server_Ssl", folder, ignore=shutil.ignore_patterns("ssl"))
    headers = folder / "include" / "ssl"
    headers.mkdir()
    (headers / "private_key.h").write_text(c_header("default_private_key", identity.key_der, "A test's"))
    (headers / "cert.h").write_text(c_header("default_certificate", identity.der, "A test's"))
    return build_app(str(folder), ssl=network_adapter)


def test_echo_and_resumption(sample: Path, authority: Authority, tmp_path: Path) -> None:
    port = free_port()
    context = client_context(authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_TICKET
    session = None
    with running_app(sample, tmp_path, f"--map=4443:{port}") as app:
        app.expect("Listening on")
        for words in ("full handshake", "resumed"):
            with context.wrap_socket(
                socket.create_connection((LOOPBACK, port), 20), server_hostname="localhost", session=session
            ) as secure:
                talk_on(secure, b"hello")
                session = secure.session
                secure.unwrap()
            app.expect(f"Connection ended, success: 1, {words}")
        assert app.stop() == 0
        assert app.report()["handshakes"] == {"client": 0, "server": 2, "resumed": 1}
