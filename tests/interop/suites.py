"""Cipher suites of the interoperation table, and what each peer calls them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Suite:
    """A cipher suite of TLS 1.2."""

    name: str
    """As IANA has it, without "TLS_"; the device says it like this."""
    number: int
    openssl: str
    gnutls: str
    """Part of a GnuTLS priority string."""

    @property
    def identity(self) -> str:
        """Kind of certificate that a server needs for it."""
        return "ec256" if "ECDSA" in self.name else "rsa2048"

    @property
    def java(self) -> str:
        return f"TLS_{self.name}"

    @property
    def nss(self) -> str:
        return f":{self.number:04X}"


def _suites() -> tuple[Suite, ...]:
    ciphers = (
        ("AES_128_GCM_SHA256", "AES128-GCM-SHA256", "AES-128-GCM:+AEAD", 0xC02B, 0xC02F, 0x009C),
        ("AES_256_GCM_SHA384", "AES256-GCM-SHA384", "AES-256-GCM:+AEAD", 0xC02C, 0xC030, 0x009D),
        ("CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", "CHACHA20-POLY1305:+AEAD", 0xCCA9, 0xCCA8, None),
        ("AES_128_CBC_SHA256", "AES128-SHA256", "AES-128-CBC:+SHA256", 0xC023, 0xC027, 0x003C),
        ("AES_256_CBC_SHA384", "AES256-SHA384", "AES-256-CBC:+SHA384", 0xC024, 0xC028, None),
        ("AES_256_CBC_SHA256", "AES256-SHA256", "AES-256-CBC:+SHA256", None, None, 0x003D),
    )
    found = []
    for column, exchange in enumerate(("ECDHE-ECDSA", "ECDHE-RSA", "RSA")):
        for cipher, openssl, gnutls, *numbers in ciphers:
            number = numbers[column]
            if number is not None:
                name = f"{exchange.replace('-', '_')}_WITH_{cipher}"
                prefix = "" if exchange == "RSA" else f"{exchange}-"
                found.append(Suite(name, number, prefix + openssl, f"+{exchange}:+{gnutls}"))
    return tuple(found)


SUITES = _suites()
BASIC = frozenset(
    f"ECDHE_{signature}_WITH_{cipher}_SHA256"
    for signature in ("ECDSA", "RSA")
    for cipher in ("AES_128_GCM", "CHACHA20_POLY1305")
)
"""Those in the device's list "basic"; all are in "full"."""


def by_name(name: str) -> Suite:
    """The suite that IANA calls TLS_`name`."""
    return next(suite for suite in SUITES if suite.name == name)
