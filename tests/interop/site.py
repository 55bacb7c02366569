"""Who trusts whom in the interoperation tests: authorities, servers' and clients' certificates, as files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.support.peers import LOOPBACK
from tests.support.pki import Authority, Identity

NAME = "device.test"
PASSWORD = "secret"
"""Of the PKCS#12 files; Java and NSS want one."""


@dataclass(frozen=True)
class Files:
    """A certificate with its chain, and its key."""

    identity: Identity
    certificate: Path
    """PEM, the certificate first, then its intermediates."""
    key: Path
    p12: Path
    """Certificate, chain and key, under the name "own"."""


class Site:
    """Two roots, one of each algorithm, that both sides trust, and a stranger. Keys are made when first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = Authority("Interop Root EC")
        self.rsa_root = Authority("Interop Root RSA", key_type="rsa2048")
        self.stranger = Authority("Stranger")
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(self.root.pem + self.rsa_root.pem)
        self.other_ca = folder / "other-ca.pem"
        self.other_ca.write_bytes(self.stranger.pem)
        self._made: dict[str, Files] = {}

    def server(self, kind: str) -> Files:
        """A server's certificate: a type of key, "rsa chain", "mixed chain" or "other name"."""
        if kind not in self._made:
            self._made[kind] = self._write(kind, self._make_server(kind))
        return self._made[kind]

    def client(self, kind: str) -> Files:
        """A client's certificate: a type of key, or "stranger"."""
        name = f"client {kind}"
        if name not in self._made:
            issuer, key_type = (self.stranger, "ec256") if kind == "stranger" else (self.root, kind)
            identity = issuer.issue("thing-1", key_type=key_type, usages=(ExtendedKeyUsageOID.CLIENT_AUTH,))
            self._made[name] = self._write(name, identity)
        return self._made[name]

    def _make_server(self, kind: str) -> Identity:
        if kind == "rsa chain":
            middle = Authority("Interop RSA 1", parent=self.rsa_root, key_type="rsa2048")
            lower = Authority("Interop RSA 2", parent=middle, key_type="rsa2048", path_length=0)
            return lower.issue(NAME, LOOPBACK, key_type="rsa2048")
        if kind == "mixed chain":
            middle = Authority("Interop RSA under EC", parent=self.root, key_type="rsa2048", path_length=0)
            return middle.issue(NAME, LOOPBACK, key_type="ec256")
        if kind == "other name":
            return self.root.issue("www.other.test")
        return self.root.issue(NAME, LOOPBACK, key_type=kind)

    def _write(self, name: str, identity: Identity) -> Files:
        stem = name.replace(" ", "-")
        certificate, key = identity.write(self.folder, stem)
        p12 = self.folder / f"{stem}.p12"
        p12.write_bytes(
            pkcs12.serialize_key_and_certificates(
                b"own",
                identity.key,
                identity.certificate,
                identity.chain,
                BestAvailableEncryption(PASSWORD.encode()),
            )
        )
        return Files(identity, certificate, key, p12)
