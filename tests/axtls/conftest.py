from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.axtls.native import Heap, Settings
from tests.support.pki import Authority, Identity

NAME = "server.example"


@dataclass(frozen=True)
class World:
    """One authority, servers and clients with keys of every kind."""

    folder: Path
    authority: Authority
    servers: dict[str, Identity]
    clients: dict[str, Identity]

    def path(self, identity: Identity, stem: str) -> tuple[str, str]:
        certificate, key = identity.write(self.folder, stem)
        return str(certificate), str(key)

    def server_path(self, kind: str) -> tuple[str, str]:
        return self.path(self.servers[kind], f"server-{kind}")

    def client_path(self, kind: str) -> tuple[str, str]:
        return self.path(self.clients[kind], f"client-{kind}")

    def add_identity(self, settings: Settings, identity: Identity) -> None:
        from cryptography.hazmat.primitives.serialization import Encoding

        chain = [c.public_bytes(Encoding.DER) for c in (identity.certificate, *identity.chain)]
        settings.identity(chain, identity.key_der)

    def server_settings(self, *kinds: str) -> Settings:
        settings = Settings()
        for kind in kinds or ("ec256", "rsa2048"):
            self.add_identity(settings, self.servers[kind])
        return settings

    def client_settings(self) -> Settings:
        settings = Settings()
        settings.anchor(self.authority.der)
        settings.clock(int(time.time()))
        return settings


def make_world(folder: Path) -> World:
    root = Authority("axtls test root")
    middle = Authority("axtls test intermediate", parent=root)
    kinds = ("ec256", "ec384", "rsa2048", "rsa4096")
    return World(
        folder,
        root,
        {kind: middle.issue(NAME, key_type=kind) for kind in kinds},
        {kind: root.issue("client", key_type=kind, usages=(ExtendedKeyUsageOID.CLIENT_AUTH,)) for kind in kinds[:3]},
    )


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("axtls"))


@pytest.fixture(autouse=True)
def no_leak() -> Iterator[None]:
    """Whatever a test does, all memory comes back, and wiped."""
    heap = Heap()
    heap.fail(0)
    before = heap.held()
    yield
    heap.fail(0)
    assert heap.held() == before
    assert heap.unwiped() == 0
