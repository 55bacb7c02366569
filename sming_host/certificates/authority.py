"""Make keys and certificates in memory: one certificate authority, and server certificates that it signs.

Certificates follow RFC 5280 and what today's clients insist on: names in subjectAltName (RFC 9525 drops the
common name), an extended key usage, key identifiers, SHA-256 or better, positive random serial numbers.
"""

from __future__ import annotations

import base64
import datetime
import ipaddress
from collections.abc import Sequence
from typing import Callable, Optional, Union

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sming_host.errors import UserError

PrivateKey = Union[rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey]

DEFAULT_KEY_TYPE = "ec256"
"""EC P-256: as a server it costs a chip a quarter of the work of RSA-2048."""

DEFAULT_NAMES = ("localhost", "127.0.0.1", "::1")
"""Names of a server certificate when none are given: enough to try it on the host."""

DEFAULT_DAYS = 825
"""Validity of a server certificate. Apple's clients refuse more, even from an authority that a user trusts."""

MAX_DAYS = 36500
"""Longest validity that can be asked for: a century. It ends with the authority's at the latest."""

AUTHORITY_DAYS = 3650
"""Validity of the authority: ten years, as it is installed in clients by hand."""

BACKDATE = datetime.timedelta(hours=1)
"""Certificates start this much earlier, for devices whose clock is a little slow."""

_ENCRYPTED_KEY_ALGORITHMS = (
    ("PBES2", bytes.fromhex("06092a864886f70d01050d")),
    ("PBKDF2", bytes.fromhex("06092a864886f70d01050c")),
    ("HMAC-SHA-256", bytes.fromhex("06082a864886f70d0209")),
    ("AES-256-CBC", bytes.fromhex("060960864801650304012a")),
)


def _rsa(bits: int) -> Callable[[], PrivateKey]:
    return lambda: rsa.generate_private_key(public_exponent=65537, key_size=bits)


KEY_TYPES: dict[str, Callable[[], PrivateKey]] = {
    "ec256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ec384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "rsa2048": _rsa(2048),
    "rsa3072": _rsa(3072),
    "rsa4096": _rsa(4096),
}
"""Name of a key type, as in ``KEY_TYPE=``, and what makes such a key."""


def make_key(key_type: str) -> PrivateKey:
    """A new private key of one of `KEY_TYPES`."""
    maker = KEY_TYPES.get(key_type.lower())
    if maker is None:
        raise UserError(f"KEY_TYPE={key_type} is not known", hint="Allowed: " + ", ".join(KEY_TYPES))
    return maker()


def key_type_of(key: object) -> str:
    """Name of a key's type, private or public, as in ``KEY_TYPE=``; a description for types not in `KEY_TYPES`."""
    if isinstance(key, (rsa.RSAPrivateKey, rsa.RSAPublicKey)):
        return f"rsa{key.key_size}"
    if isinstance(key, (ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey)):
        return {"secp256r1": "ec256", "secp384r1": "ec384"}.get(key.curve.name, key.curve.name)
    return type(key).__name__.lstrip("_").replace("PublicKey", "").replace("PrivateKey", "").lower()


def serialise_key(key: PrivateKey, encoding: serialization.Encoding, password: Optional[str]) -> bytes:
    """PKCS#8 of a key; with a password encrypted by PBES2, PBKDF2-HMAC-SHA-256 and AES-256-CBC (RFC 8018)."""
    if password is None:
        return key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    encryption = serialization.BestAvailableEncryption(password.encode())
    encoded = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, encryption)
    # The library promises only "best available". The device reads exactly one scheme: hold the library to it.
    der = encoded
    if encoding is serialization.Encoding.PEM:
        der = base64.b64decode(b"".join(line for line in encoded.splitlines() if not line.startswith(b"-----")))
    missing = [name for name, oid in _ENCRYPTED_KEY_ALGORITHMS if oid not in der[:160]]
    if missing:
        raise RuntimeError(f"cryptography encrypted the key without {', '.join(missing)}; devices could not read it")
    return encoded


def load_key(data: bytes, password: Optional[str], source: str) -> PrivateKey:
    """Read a private key, PEM or DER. `source` is named in errors."""
    secret = password.encode() if password else None
    is_pem = data.lstrip().startswith(b"-----BEGIN")
    reader = serialization.load_pem_private_key if is_pem else serialization.load_der_private_key
    try:
        key = reader(data, secret)
    except TypeError as error:
        # The library's way to say that a password is missing, or given for a key without one.
        if secret is not None:
            return load_key(data, None, source)
        raise UserError(f"{source} is encrypted", hint="Give its password with KEY_PASSWORD=…") from error
    except ValueError as error:
        if secret is not None:
            raise UserError(f"{source} cannot be read: wrong KEY_PASSWORD, or not a private key") from error
        raise UserError(f"{source} is not a private key") from error
    if not isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
        raise UserError(
            f"{source} is a key of type {key_type_of(key)}, which devices cannot use",
            hint="Allowed: " + ", ".join(KEY_TYPES),
        )
    return key


def public_bytes(owner: Union[PrivateKey, x509.Certificate]) -> bytes:
    """DER of the SubjectPublicKeyInfo of a private key or certificate; equal exactly for the same key."""
    return owner.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def parse_name(text: str) -> x509.GeneralName:
    """A subject alternative name: ``device.local``, ``*.example.com``, ``192.168.4.1``, ``DNS:…``, ``IP:…``."""
    kind, _, value = text.partition(":")
    if kind.upper() not in ("DNS", "IP"):
        kind, value = "", text
    value = value.strip()
    if kind.upper() != "DNS":
        try:
            return x509.IPAddress(ipaddress.ip_address(value.strip("[]")))
        except ValueError as error:
            if kind.upper() == "IP":
                raise UserError(f"CERT_SANS: {value!r} is not an IP address") from error
    try:
        name = value if value.isascii() else value.encode("idna").decode()
    except UnicodeError as error:
        raise UserError(f"CERT_SANS: {value!r} is not a host name") from error
    labels = name.rstrip(".").split(".")
    first = labels[1:] if labels[0] == "*" else labels
    good = name and len(name) <= 253 and first and all(_is_label(label) for label in first)
    if not good:
        raise UserError(
            f"CERT_SANS: {value!r} is not a host name", hint="For example: CERT_SANS=device.local,192.168.4.1"
        )
    return x509.DNSName(name.rstrip("."))


def _is_label(label: str) -> bool:
    """One label of a host name (RFC 1123 §2.1), underscores allowed as in local names."""
    plain = label.replace("-", "").replace("_", "")
    return 0 < len(label) <= 63 and plain.isalnum() and not label.startswith("-") and not label.endswith("-")


def _signature_hash(key: PrivateKey) -> Union[hashes.SHA256, hashes.SHA384]:
    """SHA-256, or SHA-384 under P-384 (RFC 5480 §4: match the strength of the curve)."""
    is_p384 = isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp384r1"
    return hashes.SHA384() if is_p384 else hashes.SHA256()


def make_authority(
    key: PrivateKey, common_name: str, now: datetime.datetime, days: int = AUTHORITY_DAYS
) -> x509.Certificate:
    """A self-signed certificate of an authority that may sign end-entity certificates and nothing below itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, _signature_hash(key))
    )


def end_of_validity(now: datetime.datetime, days: int, authority: x509.Certificate) -> datetime.datetime:
    """When a certificate for `days` ends: with its issuer's at the latest, as it would stop working then anyway."""
    if not 1 <= days <= MAX_DAYS:
        raise UserError(f"CERT_DAYS={days} is not possible", hint=f"A number of days from 1 to {MAX_DAYS}.")
    return min(now + datetime.timedelta(days=days), authority.not_valid_after_utc)


def make_server(
    key: PrivateKey,
    names: Sequence[str],
    authority: x509.Certificate,
    authority_key: PrivateKey,
    now: datetime.datetime,
    days: int,
) -> x509.Certificate:
    """A certificate for `names`, for use as a server and, against brokers that ask for one, as a client."""
    if not names:
        raise UserError("CERT_SANS is empty", hint="Give the names and addresses that clients connect to.")
    issued_by = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(max(now - BACKDATE, authority.not_valid_before_utc))
        .not_valid_after(end_of_validity(now, days, authority))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False, encrypts=isinstance(key, rsa.RSAPrivateKey)), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(x509.SubjectAlternativeName([parse_name(name) for name in names]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issued_by), critical=False)
        .sign(authority_key, _signature_hash(authority_key))
    )


def _key_usage(signs_certificates: bool, encrypts: bool = False) -> x509.KeyUsage:
    """What a key may do: an authority signs certificates, a server signs handshakes and, with RSA, decrypts them."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=encrypts,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
