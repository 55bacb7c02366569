"""A little TLS 1.2 for tests: builds whatever messages a test wants, right or wrong, and talks to an engine in memory.

Independent of the engine: records, key schedule and signatures come from pyca/cryptography and hashlib.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
from typing import Callable, Optional, Union

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

CCS, ALERT, HANDSHAKE, DATA = 20, 21, 22, 23
(HELLO_REQUEST, CLIENT_HELLO, SERVER_HELLO, NEW_TICKET) = (0, 1, 2, 4)
(CERTIFICATE, SERVER_KEY_EXCHANGE, CERTIFICATE_REQUEST, SERVER_HELLO_DONE) = (11, 12, 13, 14)
(CERTIFICATE_VERIFY, CLIENT_KEY_EXCHANGE, FINISHED) = (15, 16, 20)
TLS12 = 0x0303
X25519, P256 = 29, 23

ALERTS = {
    0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow", 40: "handshake_failure",
    42: "bad_certificate", 43: "unsupported_certificate", 45: "certificate_expired", 46: "certificate_unknown",
    47: "illegal_parameter", 48: "unknown_ca", 50: "decode_error", 51: "decrypt_error", 70: "protocol_version",
    71: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback", 90: "user_canceled",
    100: "no_renegotiation", 110: "unsupported_extension", 112: "unrecognized_name", 120: "no_application_protocol",
}  # fmt: skip


def u8(n: int) -> bytes:
    return n.to_bytes(1, "big")


def u16(n: int) -> bytes:
    return n.to_bytes(2, "big")


def u24(n: int) -> bytes:
    return n.to_bytes(3, "big")


def vec8(data: bytes) -> bytes:
    return u8(len(data)) + data


def vec16(data: bytes) -> bytes:
    return u16(len(data)) + data


def vec24(data: bytes) -> bytes:
    return u24(len(data)) + data


def message(kind: int, body: bytes) -> bytes:
    return u8(kind) + vec24(body)


def record(kind: int, fragment: bytes, version: int = TLS12) -> bytes:
    return u8(kind) + u16(version) + vec16(fragment)


def numbers(values: Iterable[int]) -> bytes:
    return b"".join(u16(v) for v in values)


def extension(kind: int, body: bytes = b"") -> bytes:
    return u16(kind) + vec16(body)


# --- Extensions as a good client sends them ---

SNI = extension(0, vec16(b"\0" + vec16(b"server.example")))
GROUPS = extension(10, vec16(numbers((X25519, P256))))
POINTS = extension(11, vec8(b"\0"))
SIGNATURES = extension(13, vec16(numbers((0x0403, 0x0804, 0x0401, 0x0503, 0x0501))))
ETM = extension(22)
EMS = extension(23)
TICKET = extension(35)
RENEGOTIATION = extension(0xFF01, b"\0")
GOOD_EXTENSIONS = (SNI, GROUPS, POINTS, SIGNATURES, EMS, RENEGOTIATION)

#: suite → (key exchange, cipher, key length, MAC hash, PRF hash)
SUITES = {
    0xC02B: ("ecdhe", "gcm", 16, "", "sha256"),
    0xC02F: ("ecdhe", "gcm", 16, "", "sha256"),
    0xC030: ("ecdhe", "gcm", 32, "", "sha384"),
    0xCCA8: ("ecdhe", "chacha", 32, "", "sha256"),
    0xCCA9: ("ecdhe", "chacha", 32, "", "sha256"),
    0xC027: ("ecdhe", "cbc", 16, "sha256", "sha256"),
    0xC028: ("ecdhe", "cbc", 32, "sha384", "sha384"),
    0xC013: ("ecdhe", "cbc", 16, "sha1", "sha256"),
    0x009C: ("rsa", "gcm", 16, "", "sha256"),
    0x003C: ("rsa", "cbc", 16, "sha256", "sha256"),
}


def p_hash(name: str, secret: bytes, seed: bytes, length: int) -> bytes:
    out, a = b"", seed
    while len(out) < length:
        a = hmac.new(secret, a, name).digest()
        out += hmac.new(secret, a + seed, name).digest()
    return out[:length]


#: Changes bytes in place.
Spoil = Callable[[bytearray], None]


class Cipher12:
    """Protection of one direction."""

    def __init__(self, suite: int, etm: bool, key: bytes, iv: bytes, mac_key: bytes) -> None:
        _, self.kind, _, self.mac_name, _ = SUITES[suite]
        self.etm, self.key, self.iv, self.mac_key = etm, key, iv, mac_key
        self.sequence = 0

    def _header(self, kind: int, length: int, version: int = TLS12) -> bytes:
        return self.sequence.to_bytes(8, "big") + u8(kind) + u16(version) + u16(length)

    def mac(self, kind: int, data: bytes) -> bytes:
        return hmac.new(self.mac_key, self._header(kind, len(data)) + data, self.mac_name).digest()

    def cbc(self, data: bytes, iv: bytes) -> bytes:
        encryptor = Cipher(algorithms.AES(self.key), modes.CBC(iv)).encryptor()
        return encryptor.update(data) + encryptor.finalize()

    def seal(self, kind: int, data: bytes, *, pad: int = -1, spoil: Optional[Spoil] = None) -> bytes:
        """Fragment for a record. `spoil` changes what is to be encrypted (CBC) or what was encrypted (AEAD)."""
        if self.kind == "cbc":
            iv = os.urandom(16)
            plain = bytearray(data if self.etm else data + self.mac(kind, data))
            length = pad if pad >= 0 else 15 - len(plain) % 16
            plain += bytes([length % 256]) * (length + 1)
            if spoil:
                spoil(plain)
            plain += bytes(-len(plain) % 16)
            out = iv + self.cbc(bytes(plain), iv)
            if self.etm:
                out += self.mac(kind, out)
        else:
            header = self._header(kind, len(data))
            if self.kind == "gcm":
                explicit = self.sequence.to_bytes(8, "big")
                sealed = bytearray(explicit + AESGCM(self.key).encrypt(self.iv + explicit, data, header))
            else:
                nonce = bytes(a ^ b for a, b in zip(self.iv, bytes(4) + self.sequence.to_bytes(8, "big")))
                sealed = bytearray(ChaCha20Poly1305(self.key).encrypt(nonce, data, header))
            if spoil:
                spoil(sealed)
            out = bytes(sealed)
        self.sequence += 1
        return out

    def open(self, kind: int, data: bytes) -> bytes:
        if self.kind == "cbc":
            if self.etm:
                size = hashlib.new(self.mac_name).digest_size
                data, mac = data[:-size], data[-size:]
                assert self.mac(kind, data) == mac
            decryptor = Cipher(algorithms.AES(self.key), modes.CBC(data[:16])).decryptor()
            plain = decryptor.update(data[16:]) + decryptor.finalize()
            assert set(plain[-plain[-1] - 1 :]) == {plain[-1]}
            plain = plain[: -plain[-1] - 1]
            if not self.etm:
                size = hashlib.new(self.mac_name).digest_size
                plain, mac = plain[:-size], plain[-size:]
                assert self.mac(kind, plain) == mac
        elif self.kind == "gcm":
            header = self._header(kind, len(data) - 24)
            plain = AESGCM(self.key).decrypt(self.iv + data[:8], data[8:], header)
        else:
            header = self._header(kind, len(data) - 16)
            nonce = bytes(a ^ b for a, b in zip(self.iv, bytes(4) + self.sequence.to_bytes(8, "big")))
            plain = ChaCha20Poly1305(self.key).decrypt(nonce, data, header)
        self.sequence += 1
        return plain


_HASHES: dict[int, type[Union[hashes.SHA256, hashes.SHA384, hashes.SHA512]]] = {
    4: hashes.SHA256,
    5: hashes.SHA384,
    6: hashes.SHA512,
}


def _scheme_parts(scheme: int) -> tuple[str, hashes.HashAlgorithm]:
    if scheme >> 8 == 8:
        return "pss", _HASHES[scheme & 0xFF]()
    return ("ecdsa" if scheme & 0xFF == 3 else "pkcs1"), _HASHES[scheme >> 8]()


def sign(key: object, scheme: int, data: bytes) -> bytes:
    kind, algorithm = _scheme_parts(scheme)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(algorithm))
    assert isinstance(key, rsa.RSAPrivateKey)
    if kind == "pss":
        return key.sign(data, padding.PSS(padding.MGF1(algorithm), algorithm.digest_size), algorithm)
    return key.sign(data, padding.PKCS1v15(), algorithm)


def verify(key: object, scheme: int, signature: bytes, data: bytes) -> None:
    kind, algorithm = _scheme_parts(scheme)
    if isinstance(key, ec.EllipticCurvePublicKey):
        assert kind == "ecdsa"
        key.verify(signature, data, ec.ECDSA(algorithm))
    else:
        assert isinstance(key, rsa.RSAPublicKey)
        scheme_padding = padding.PSS(padding.MGF1(algorithm), algorithm.digest_size)
        key.verify(signature, data, scheme_padding if kind == "pss" else padding.PKCS1v15(), algorithm)
