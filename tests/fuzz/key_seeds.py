"""Seeds for reading keys: one of each format, with a certificate that fits, and some that do not."""

from __future__ import annotations

from base64 import encodebytes
from collections.abc import Iterator
from hashlib import pbkdf2_hmac
from typing import Optional

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.support.pki import Authority, make_key
from tests.x509 import der

PASSWORD = b"secret"


def encode(key: bytes, certificate: bytes, password: Optional[bytes] = None, fail_allocation: int = 0) -> bytes:
    """An input, as tests/fuzz/key/app/harness.cpp has it."""
    text = bytes([255]) if password is None else bytes([len(password)]) + password
    return bytes([fail_allocation]) + text + len(key).to_bytes(2, "big") + key + certificate


def encrypt(key: bytes, rounds: int) -> bytes:
    """PKCS#8 under PBES2 (RFC 8018 §6.2) with few rounds: a fuzzer wants to be fast."""
    salt, vector = bytes(range(16)), bytes(range(16, 32))
    padding = 16 - len(key) % 16
    encryptor = Cipher(AES(pbkdf2_hmac("sha256", PASSWORD, salt, rounds, 32)), CBC(vector)).encryptor()
    encrypted = encryptor.update(key + bytes([padding]) * padding)
    hashing = der.seq(der.oid("1.2.840.113549.2.9"), der.null())
    derivation = der.seq(
        der.oid("1.2.840.113549.1.5.12"), der.seq(der.octets(salt), der.integer(rounds), der.integer(32), hashing)
    )
    cipher = der.seq(der.oid("2.16.840.1.101.3.4.1.42"), der.octets(vector))
    algorithm = der.seq(der.oid("1.2.840.113549.1.5.13"), der.seq(derivation, cipher))
    return der.seq(algorithm, der.octets(encrypted))


def to_pem(label: str, data: bytes) -> bytes:
    """The PEM form (RFC 7468)."""
    return f"-----BEGIN {label}-----\n".encode() + encodebytes(data) + f"-----END {label}-----\n".encode()


def key_seeds() -> Iterator[tuple[str, bytes]]:
    """Keys are made anew and thrown away."""
    authority = Authority("Fuzzing CA")
    for key_type in ("ec256", "ec384", "rsa2048"):
        key = make_key(key_type)
        identity = authority.issue("device.local", key=key)
        for encoding, kind in ((Encoding.DER, "der"), (Encoding.PEM, "pem")):
            certificate = identity.certificate.public_bytes(encoding)
            for form, shown in ((PrivateFormat.TraditionalOpenSSL, "own"), (PrivateFormat.PKCS8, "pkcs8")):
                name = f"{key_type}-{kind}-{shown}"
                private = key.private_bytes(encoding, form, NoEncryption())
                yield name, encode(private, certificate)
                yield f"{name}-no-memory", encode(private, certificate, fail_allocation=2)
            private = encrypt(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), 2)
            if kind == "pem":
                private = to_pem("ENCRYPTED PRIVATE KEY", private)
            name = f"{key_type}-{kind}-encrypted"
            yield name, encode(private, certificate, PASSWORD)
            yield f"{name}-wrong-password", encode(private, certificate, b"wrong")
            yield f"{name}-no-password", encode(private, certificate)
        other = make_key(key_type).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        yield f"{key_type}-mismatch", encode(other, identity.der)
        chain = identity.chain_pem + authority.pem
        yield f"{key_type}-chain", encode(identity.key_pem, chain)
    # As OpenSSL encrypts by default: more rounds than a fuzzer likes, once
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSWORD))
    yield "default-encryption", encode(private, identity.der, PASSWORD)
