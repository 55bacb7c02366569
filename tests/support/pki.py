"""Certificates for tests, made on the spot by pyca/cryptography: nothing secret ever lies in the repository."""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Union

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = Union[ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey]

DAY = datetime.timedelta(days=1)


def now() -> datetime.datetime:
    """The present, in whole seconds and UTC, as certificates store it."""
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def make_key(key_type: str = "ec256") -> PrivateKey:
    """A new private key: ec256, ec384, rsa2048, rsa3072 or rsa4096."""
    if key_type == "ec256":
        return ec.generate_private_key(ec.SECP256R1())
    if key_type == "ec384":
        return ec.generate_private_key(ec.SECP384R1())
    if key_type.startswith("rsa"):
        return rsa.generate_private_key(public_exponent=65537, key_size=int(key_type[3:]))
    raise ValueError(f"unknown key type {key_type!r}")


def general_name(name: str) -> x509.GeneralName:
    """A SAN entry: iPAddress for an IP literal, dNSName otherwise."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@dataclass(frozen=True)
class Identity:
    """A certificate with its private key and the chain that was sent along."""

    key: PrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def key_der(self) -> bytes:
        """PKCS#8 DER."""
        return self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    @property
    def key_pem(self) -> bytes:
        """PKCS#8 PEM."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def chain_pem(self) -> bytes:
        """The certificate, then its intermediates, in PEM."""
        return b"".join(c.public_bytes(Encoding.PEM) for c in (self.certificate, *self.chain))

    @property
    def spki_sha256(self) -> bytes:
        public = self.certificate.public_key()
        spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(spki).digest()

    @property
    def sha1(self) -> bytes:
        return hashlib.sha1(self.der, usedforsecurity=False).digest()

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.der).digest()

    def write(self, folder: Path, stem: str) -> tuple[Path, Path]:
        """Write STEM.crt (chain, PEM) and STEM.key (PEM, 0600). Returns both paths."""
        folder.mkdir(parents=True, exist_ok=True)
        certificate, key = folder / f"{stem}.crt", folder / f"{stem}.key"
        certificate.write_bytes(self.chain_pem)
        key.touch(mode=0o600)
        key.write_bytes(self.key_pem)
        return certificate, key


class Authority:
    """A certificate authority, root or intermediate."""

    def __init__(
        self,
        common_name: str = "Test CA",
        *,
        parent: Optional[Authority] = None,
        key_type: str = "ec256",
        path_length: Optional[int] = None,
    ) -> None:
        self.parent = parent
        self.key = make_key(key_type)
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        issuer = parent or self
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(issuer.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now() - DAY)
            .not_valid_after(now() + 3650 * DAY)
            .add_extension(x509.BasicConstraints(True, path_length), critical=True)
            .add_extension(_ca_key_usage(), critical=True)
        )
        self.certificate = builder.sign(issuer.key, hashes.SHA256())

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self,
        *names: str,
        key_type: str = "ec256",
        key: Optional[PrivateKey] = None,
        not_before: Optional[datetime.datetime] = None,
        not_after: Optional[datetime.datetime] = None,
        usages: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.SERVER_AUTH,),
    ) -> Identity:
        """A leaf certificate for `names` (DNS names or IP literals), valid from yesterday for a year by default."""
        key = key or make_key(key_type)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0] if names else "nobody")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(not_before or now() - DAY)
            .not_valid_after(not_after or now() + 365 * DAY)
            .add_extension(x509.BasicConstraints(False, None), critical=True)
        )
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([general_name(n) for n in names]), critical=False
            )
        if usages:
            builder = builder.add_extension(x509.ExtendedKeyUsage(list(usages)), critical=False)
        certificate = builder.sign(self.key, hashes.SHA256())
        return Identity(key, certificate, self._intermediates())

    def _intermediates(self) -> tuple[x509.Certificate, ...]:
        if self.parent is None:
            return ()
        return (self.certificate, *self.parent._intermediates())


def self_signed(*names: str, key_type: str = "ec256") -> Identity:
    """A leaf certificate that nobody but itself vouches for."""
    key = make_key(key_type)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - DAY)
        .not_valid_after(now() + 365 * DAY)
        .add_extension(x509.SubjectAlternativeName([general_name(n) for n in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Identity(key, certificate)


def _ca_key_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
