"""Plain values that sessions take and give."""

from __future__ import annotations

import base64
import binascii
import datetime
import enum
from collections.abc import Mapping
from dataclasses import dataclass

from sming_host.errors import UserError


class State(enum.IntEnum):
    """Life of a session, `Ssl::State`. It only ever moves down this list."""

    IDLE = 0
    HANDSHAKE = 1
    ESTABLISHED = 2
    CLOSING = 3
    """`Session.close` was called."""
    CLOSED = 4
    """Both sides said goodbye."""
    FAILED = 5


PIN_KINDS: Mapping[str, int] = {"cert-sha1": 20, "cert-sha256": 32, "pki-sha256": 32}
"""Kinds of pins, in the order of `Ssl::Fingerprint::Type`, and their length in bytes."""


@dataclass(frozen=True)
class Pin:
    """A fingerprint by which a certificate is recognised, whoever signed it."""

    kind: str
    """One of `PIN_KINDS`."""
    value: bytes

    def __post_init__(self) -> None:
        if self.kind not in PIN_KINDS:
            raise UserError(f"a pin of kind {self.kind!r} is not known", hint="Allowed: " + ", ".join(PIN_KINDS))
        if len(self.value) != PIN_KINDS[self.kind]:
            raise UserError(f"a {self.kind} pin has {PIN_KINDS[self.kind]} bytes, not {len(self.value)}")

    @classmethod
    def parse(cls, text: str) -> Pin:
        """Read ``pki-sha256:HEX`` (colons between the digits allowed), or ``sha256//BASE64`` as curl has it."""
        kind, colon, digits = text.partition(":")
        try:
            if text.startswith("sha256//"):
                return cls("pki-sha256", base64.b64decode(text[8:], validate=True))
            if colon:
                return cls(kind, bytes.fromhex(digits.replace(":", "")))
        except (ValueError, binascii.Error) as error:
            raise UserError(f"{text!r} is not a pin: {error}") from error
        raise UserError(f"{text!r} is not a pin", hint="For example pki-sha256:12ab…, as cert-info prints it.")


@dataclass(frozen=True)
class PeerCertificate:
    """What the device keeps of its peer's certificate."""

    subject: Mapping[str, str]
    """Parts of the name: "CN", "O", "OU", "C", "L", "ST", as far as they are there."""
    issuer: Mapping[str, str]
    names: tuple[str, ...]
    """Host names and addresses (subjectAltName)."""
    not_before: datetime.datetime
    not_after: datetime.datetime
    sha1: bytes
    """Of the certificate."""
    sha256: bytes
    """Of the certificate."""
    pki_sha256: bytes
    """Of its public key."""


@dataclass(frozen=True)
class Figures:
    """Memory in bytes and blocks, as in Memory.h."""

    current: int
    peak: int
    count: int
    total: int


@dataclass(frozen=True)
class MemoryUse:
    """Memory that the device's code holds, altogether and by what it is for."""

    total: Figures
    by_tag: Mapping[str, Figures]


@dataclass(frozen=True)
class Statistics:
    """Counters over all sessions of a library (`Ssl::Statistics`)."""

    client_handshakes: int
    server_handshakes: int
    resumed: int
    failed: int
    last_error: str
