from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any, Optional

import pytest

from sming_host.tls import Library, Session
from tests.ssl.wire import Peer
from tests.support.pki import Authority, Identity


class World:
    """An authority, identities that it vouches for, and both kinds of ends for them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.authority = Authority("Test CA")
        self.stranger = Authority("Other CA")
        self.ec = self.authority.issue("device.local")
        self.rsa = self.authority.issue("device.local", key_type="rsa2048")

    def client(self, **options: Any) -> Session:
        """The device as client, which trusts the authority."""
        return Session("client", **{"host_name": "device.local", "trust": [self.authority.der], **options})

    def server(self, identity: Optional[Identity] = None, **options: Any) -> Session:
        """The device as server."""
        chosen = identity or self.ec
        return Session("server", **{"certificate": chosen.chain_pem, "key": chosen.key_pem, **options})

    def openssl_server(self, identity: Optional[Identity] = None, ciphers: str = "") -> Peer:
        certificate, key = (identity or self.ec).write(self._folder, "server")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate, key)
        if ciphers:
            context.set_ciphers(ciphers)
        return Peer(context, True)

    def openssl_client(self, ciphers: str = "") -> Peer:
        """Stock settings, as its users have it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self.authority.pem.decode())
        if ciphers:
            context.set_ciphers(ciphers)
        return Peer(context, False, "device.local")


@pytest.fixture(scope="session", autouse=True)
def _sessions(library: Library) -> None:
    """Every test here runs with every adapter."""


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("pki"))
