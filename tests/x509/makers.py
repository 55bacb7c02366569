"""Certificates in every shape: good ones by default, and each field can be replaced by anything."""

from __future__ import annotations

import datetime
import functools
import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Callable, Optional, Union

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.x509 import der

UTC = datetime.timezone.utc
NOW = datetime.datetime(2026, 1, 1, tzinfo=UTC)
PrivateKey = Union[rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey, dsa.DSAPrivateKey]

# MD5 and SHA-1 are there to be refused
HASHES: dict[str, hashes.HashAlgorithm] = {
    name: getattr(hashes, name.upper())() for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
}
CURVES = {
    "ec256": ec.SECP256R1(),
    "ec384": ec.SECP384R1(),
    "ec521": ec.SECP521R1(),
    "ec224": ec.SECP224R1(),
    "ec256k1": ec.SECP256K1(),
}

RSA_OIDS = {"md5": 4, "sha1": 5, "sha256": 11, "sha384": 12, "sha512": 13, "sha224": 14}
ECDSA_OIDS = {"sha1": "1", "sha224": "3.1", "sha256": "3.2", "sha384": "3.3", "sha512": "3.4"}
HASH_OIDS = {
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}


@functools.cache
def key(name: str) -> PrivateKey:
    """A key by kind and number, "ec256", "rsa2048", "ec256:issuer": made once in a run."""
    kind = name.split(":")[0]
    if kind.startswith("rsa"):
        return rsa.generate_private_key(public_exponent=65537, key_size=int(kind[3:]))
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "dsa":
        return dsa.generate_private_key(2048)
    return ec.generate_private_key(CURVES[kind])


def spki(name: str) -> bytes:
    """SubjectPublicKeyInfo of a key."""
    return key(name).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def key_id(public: bytes) -> bytes:
    """A key identifier; any function of the key would do (RFC 5280 §4.2.1.2)."""
    return hashlib.sha1(public, usedforsecurity=False).digest()


# Names


def rdn(attribute: str, value: Union[str, bytes], tag: int = der.UTF8) -> bytes:
    text = value.encode() if isinstance(value, str) else value
    return der.set_of(der.seq(der.oid(attribute), der.tlv(tag, text)))


COMMON_NAME, ORGANIZATION, EMAIL = "2.5.4.3", "2.5.4.10", "1.2.840.113549.1.9.1"


def name(common_name: str, *more: bytes) -> bytes:
    return der.seq(*more, rdn(COMMON_NAME, common_name))


# Extensions


@dataclass(frozen=True)
class Extension:
    """An extension: OID, criticality, and the bytes within the OCTET STRING."""

    oid: str
    value: bytes
    critical: bool = False

    @property
    def der(self) -> bytes:
        return der.seq(der.oid(self.oid), der.boolean(True) if self.critical else b"", der.octets(self.value))


BASIC, USAGE, PURPOSES, ALT_NAMES, CONSTRAINTS = "2.5.29.19", "2.5.29.15", "2.5.29.37", "2.5.29.17", "2.5.29.30"
SUBJECT_KEY, AUTHORITY_KEY, POLICIES, CRL_POINTS = "2.5.29.14", "2.5.29.35", "2.5.29.32", "2.5.29.31"
AUTHORITY_ACCESS, ISSUER_ALT_NAMES = "1.3.6.1.5.5.7.1.1", "2.5.29.18"
POLICY_MAPPINGS, POLICY_CONSTRAINTS, INHIBIT_ANY_POLICY = "2.5.29.33", "2.5.29.36", "2.5.29.54"
UNKNOWN = "1.3.6.1.4.1.99999.1"

SERVER_AUTH, CLIENT_AUTH, CODE_SIGNING = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.3"
ANY_PURPOSE = "2.5.29.37.0"

DIGITAL_SIGNATURE, NON_REPUDIATION, KEY_ENCIPHERMENT, DATA_ENCIPHERMENT = 0, 1, 2, 3
KEY_AGREEMENT, CERT_SIGN, CRL_SIGN, ENCIPHER_ONLY, DECIPHER_ONLY = 4, 5, 6, 7, 8


def basic(ca: bool, path_length: Optional[int] = None, critical: bool = True) -> Extension:
    content = (der.boolean(True) if ca else b"") + (der.integer(path_length) if path_length is not None else b"")
    return Extension(BASIC, der.seq(content), critical)


def usage(*numbers: int) -> Extension:
    value = sum(0x8000 >> n for n in numbers)
    data = value.to_bytes(2, "big") if value & 0xFF else bytes([value >> 8])
    last = data[-1]
    unused = (last & -last).bit_length() - 1 if last else 0
    return Extension(USAGE, der.bits(data, unused), True)


def purposes(*oids: str, critical: bool = False) -> Extension:
    return Extension(PURPOSES, der.seq(*map(der.oid, oids)), critical)


def dns(text: Union[str, bytes]) -> bytes:
    return der.context(2, text.encode() if isinstance(text, str) else text)


def ip(text: str) -> bytes:
    """An address, or for constraints a network."""
    if "/" in text:
        network = ipaddress.ip_network(text)
        return der.context(7, network.network_address.packed + network.netmask.packed)
    return der.context(7, ipaddress.ip_address(text).packed)


def email(text: str) -> bytes:
    return der.context(1, text.encode())


def uri(text: str) -> bytes:
    return der.context(6, text.encode())


def directory(rdns: bytes) -> bytes:
    return der.explicit(4, rdns)


def alt_names(*names: bytes, critical: bool = False) -> Extension:
    return Extension(ALT_NAMES, der.seq(*names), critical)


def constraints(
    permitted: Sequence[bytes] = (), excluded: Sequence[bytes] = (), critical: bool = True, tail: bytes = b""
) -> Extension:
    """Name constraints; `tail` goes into every subtree behind its base."""
    parts = []
    for number, subtrees in enumerate((permitted, excluded)):
        if subtrees:
            parts.append(der.explicit(number, *(der.seq(base, tail) for base in subtrees)))
    return Extension(CONSTRAINTS, der.seq(*parts), critical)


# Signatures


def pss_parameters(digest: str, mask_digest: Optional[str] = None, salt: Optional[int] = None) -> bytes:
    if salt is None:
        salt = HASHES[digest].digest_size
    mask = der.seq(der.oid("1.2.840.113549.1.1.8"), der.seq(der.oid(HASH_OIDS[mask_digest or digest]), der.null()))
    parts = [] if digest == "sha1" else [der.explicit(0, der.seq(der.oid(HASH_OIDS[digest]), der.null()))]
    parts.append(der.explicit(1, mask))
    parts.append(der.explicit(2, der.integer(salt)))
    return der.seq(*parts)


def algorithm(signer: str, digest: str, pss: bool = False) -> bytes:
    """AlgorithmIdentifier of a signature."""
    private = key(signer)
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return der.seq(der.oid("1.2.840.10045.4." + ECDSA_OIDS[digest]))
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return der.seq(der.oid("1.3.101.112"))
    if pss:
        return der.seq(der.oid("1.2.840.113549.1.1.10"), pss_parameters(digest))
    return der.seq(der.oid(f"1.2.840.113549.1.1.{RSA_OIDS[digest]}"), der.null())


def sign(signer: str, data: bytes, digest: str, pss: bool = False, salt: Optional[int] = None) -> bytes:
    private = key(signer)
    algorithm = HASHES[digest]
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return private.sign(data, ec.ECDSA(algorithm))
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign(data)
    assert isinstance(private, rsa.RSAPrivateKey)
    if pss:
        length = algorithm.digest_size if salt is None else salt
        return private.sign(data, padding.PSS(padding.MGF1(algorithm), length), algorithm)
    return private.sign(data, padding.PKCS1v15(), algorithm)


# Certificates


@dataclass(frozen=True)
class Certificate:
    """What a certificate says. None stands for what a good one has there."""

    subject: bytes
    key: str = "ec256"
    issuer: Optional[bytes] = None
    signer: str = ""
    version: Optional[int] = 2
    serial: bytes = der.integer(0x1234567890)
    not_before: Union[datetime.datetime, bytes] = NOW - datetime.timedelta(days=30)
    not_after: Union[datetime.datetime, bytes] = NOW + datetime.timedelta(days=365)
    extensions: tuple[Extension, ...] = ()
    digest: str = "sha256"
    pss: bool = False
    salt: Optional[int] = None
    inner_algorithm: Optional[bytes] = None
    outer_algorithm: Optional[bytes] = None
    public: Optional[bytes] = None
    unique_ids: bytes = b""
    raw_extensions: Optional[bytes] = None
    tbs_hook: Optional[Callable[[bytes], bytes]] = field(default=None, compare=False)
    signature_hook: Optional[Callable[[bytes], bytes]] = field(default=None, compare=False)
    hook: Optional[Callable[[bytes], bytes]] = field(default=None, compare=False)

    def with_(self, **changes: Any) -> Certificate:
        return replace(self, **changes)

    def extend(self, *extensions: Extension) -> Certificate:
        """Replace extensions of the same OID, and add the others."""
        new = {e.oid for e in extensions}
        kept = tuple(e for e in self.extensions if e.oid not in new)
        return replace(self, extensions=kept + extensions)

    def append(self, *extensions: Extension) -> Certificate:
        """Add extensions, even ones that are there."""
        return replace(self, extensions=self.extensions + extensions)

    def drop(self, *oids: str) -> Certificate:
        return replace(self, extensions=tuple(e for e in self.extensions if e.oid not in oids))

    @property
    def spki(self) -> bytes:
        return spki(self.key) if self.public is None else self.public

    @property
    def tbs(self) -> bytes:
        signer = self.signer or self.key
        times = [t if isinstance(t, bytes) else der.time(t) for t in (self.not_before, self.not_after)]
        extensions = self.raw_extensions
        if extensions is None:
            extensions = der.explicit(3, der.seq(*(e.der for e in self.extensions))) if self.extensions else b""
        return der.seq(
            b"" if self.version is None else der.explicit(0, der.integer(self.version)),
            self.serial,
            self.inner_algorithm or algorithm(signer, self.digest, self.pss),
            self.subject if self.issuer is None else self.issuer,
            der.seq(*times),
            self.subject,
            self.spki,
            self.unique_ids,
            extensions,
        )

    @functools.cached_property
    def der(self) -> bytes:
        signer = self.signer or self.key
        tbs = self.tbs
        if self.tbs_hook is not None:
            tbs = self.tbs_hook(tbs)
        signature = sign(signer, tbs, self.digest, self.pss, self.salt)
        if self.signature_hook is not None:
            signature = self.signature_hook(signature)
        outer = self.outer_algorithm or self.inner_algorithm or algorithm(signer, self.digest, self.pss)
        data = der.seq(tbs, outer, der.bits(signature))
        return data if self.hook is None else self.hook(data)


def key_ids(public: bytes, issuer_public: Optional[bytes]) -> list[Extension]:
    out = [Extension(SUBJECT_KEY, der.octets(key_id(public)))]
    if issuer_public is not None:
        out.append(Extension(AUTHORITY_KEY, der.seq(der.context(0, key_id(issuer_public)))))
    return out


def authority(
    common_name: str = "Root", parent: Optional[Certificate] = None, key_name: str = "", **fields: Any
) -> Certificate:
    """A good CA certificate: self-signed, or issued by `parent`."""
    key_name = key_name or f"ec256:{common_name}"
    ids = key_ids(spki(key_name), spki(key_name) if parent is None else parent.spki)
    made = Certificate(
        name(common_name),
        key_name,
        extensions=(basic(True), usage(CERT_SIGN, CRL_SIGN), *ids),
        not_before=NOW - datetime.timedelta(days=3650),
        not_after=NOW + datetime.timedelta(days=3650),
    )
    if parent is not None:
        made = made.with_(issuer=parent.subject, signer=parent.key)
    return made.with_(**fields)


def leaf(
    parent: Certificate, *names: bytes, key_name: str = "ec256:leaf", client: bool = False, **fields: Any
) -> Certificate:
    """A good end-entity certificate for www.example.org, or for `names`."""
    made = Certificate(
        name("Leaf"),
        key_name,
        issuer=parent.subject,
        signer=parent.key,
        extensions=(
            usage(DIGITAL_SIGNATURE),
            purposes(CLIENT_AUTH if client else SERVER_AUTH),
            alt_names(*(names or (dns("www.example.org"),))),
            *key_ids(spki(key_name), parent.spki),
        ),
    )
    return made.with_(**fields)
