"""Read certificates from wherever they are: PEM, DER, a C header, a server."""

from __future__ import annotations

import datetime
import hashlib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Union

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from sming_host.certificates import authority as ca
from sming_host.certificates import files, headers
from sming_host.errors import UserError
from sming_host.named import is_file

_UNREADABLE = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises for certificates that are damaged or of an unknown kind."""

CONNECT_TIMEOUT = 10.0
"""Seconds to wait for a server whose certificate is asked for."""


@dataclass(frozen=True)
class CertificateInfo:
    """What a person wants to know about one certificate."""

    subject: str
    issuer: str
    names: Sequence[str]
    """Subject alternative names: host names and addresses."""
    serial_number: int
    not_before: datetime.datetime
    not_after: datetime.datetime
    key_type: str
    """As in ``KEY_TYPE=``: "ec256", "rsa2048"."""
    signature_algorithm: str
    is_authority: bool
    is_self_signed: bool
    """Whether issuer and subject are the same; the signature is not checked."""
    sha1: bytes
    """Hash of the certificate, `Ssl::Fingerprint::Cert::Sha1`."""
    sha256: bytes
    """Hash of the certificate, `Ssl::Fingerprint::Cert::Sha256`."""
    pki_sha256: bytes
    """Hash of the public key, `Ssl::Fingerprint::Pki::Sha256`: it stays when a certificate is renewed."""
    der: bytes

    def time_left(self, now: datetime.datetime) -> datetime.timedelta:
        """Negative once it has expired."""
        return self.not_after - now


def describe_names(certificate: x509.Certificate) -> list[str]:
    """Host names and addresses of a certificate, in their order."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for name in names if isinstance(name, (x509.DNSName, x509.IPAddress))]


def describe(certificate: x509.Certificate) -> CertificateInfo:
    """Figures of one certificate."""
    der = certificate.public_bytes(Encoding.DER)
    try:
        is_authority = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        is_authority = False
    algorithm = certificate.signature_algorithm_oid
    return CertificateInfo(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        names=describe_names(certificate),
        serial_number=certificate.serial_number,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key_type=ca.key_type_of(certificate.public_key()),
        signature_algorithm=getattr(algorithm, "_name", algorithm.dotted_string),
        is_authority=is_authority,
        is_self_signed=certificate.subject == certificate.issuer,
        sha1=hashlib.sha1(der, usedforsecurity=False).digest(),
        sha256=hashlib.sha256(der).digest(),
        pki_sha256=hashlib.sha256(ca.public_bytes(certificate)).digest(),
        der=der,
    )


def load(source: Union[str, Path]) -> list[CertificateInfo]:
    """Certificates of a file (PEM with one or several, DER, or a ``cert.h``) or of a server, given as ``HOST:PORT``."""
    path = Path(source)
    if is_file(path):
        return _describe_all(_parse(files.read(path), str(path)), str(path))
    text = str(source)
    host, colon, port = text.rpartition(":")
    if colon and port.isdigit() and 0 < int(port) < 65536 and host and "/" not in host:
        return _describe_all(fetch(host.strip("[]"), int(port)), text)
    hint = "`./scons generate-cert` makes what out/ssl has." if path.parts[-3:-1] == ("out", "ssl") else ""
    raise UserError(f"{text} is neither a file nor HOST:PORT", hint)


def _describe_all(certificates: Sequence[x509.Certificate], source: str) -> list[CertificateInfo]:
    """Figures of certificates, whose contents the library reads only now."""
    try:
        return [describe(certificate) for certificate in certificates]
    except _UNREADABLE as error:
        raise UserError(f"{source}: a part of the certificate cannot be read: {error}") from error


def _parse(data: bytes, source: str) -> list[x509.Certificate]:
    try:
        if b"-----BEGIN CERTIFICATE-----" in data:
            return x509.load_pem_x509_certificates(data)
        if data.lstrip().startswith(b"-----BEGIN"):
            raise UserError(
                f"{source} holds no certificate", hint="It looks like a key. Name the file of the certificate."
            )
        if source.endswith((".h", ".hpp")):
            data = headers.parse_header(data.decode(errors="replace"), source)
        return [x509.load_der_x509_certificate(data)]
    except _UNREADABLE as error:
        raise UserError(f"{source} is not a certificate: {error}") from error


def fetch(host: str, port: int) -> list[x509.Certificate]:
    """The certificates that a server shows. Nothing is verified: this is for looking at them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), timeout=CONNECT_TIMEOUT) as plain,
            context.wrap_socket(plain, server_hostname=host) as connection,
        ):
            # Python 3.13 gives the whole chain, older ones the server's certificate only.
            chain = getattr(connection, "get_unverified_chain", lambda: None)()
            leaf = connection.getpeercert(binary_form=True)
    except (OSError, UnicodeError) as error:
        raise UserError(f"{host}:{port}: {error}") from error
    encoded = [bytes(part) for part in chain] if chain else [leaf] if leaf else []
    return [certificate for part in encoded for certificate in _parse(part, f"{host}:{port}")]
