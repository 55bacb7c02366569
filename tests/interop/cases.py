"""Rows of the interoperation table: what is tried with every peer, on both sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.interop.peers import Setup
from tests.interop.suites import BASIC, SUITES, by_name

CLIENT, SERVER = "client", "server"
"""The device's role."""


@dataclass(frozen=True)
class Case:
    """One row."""

    section: str
    name: str
    peer: Setup = field(default_factory=Setup)
    """How the peer is set up. `own` is the certificate of whoever is the server."""
    suites: str = "basic"
    """The device's list of cipher suites."""
    trust: str = "site"
    """Whose certificates the device takes."""
    again: bool = False
    """They talk twice; the second session goes on from the first."""
    ask: bool = False
    """The server, whoever it is, asks for a client certificate."""
    show: str = ""
    """Kind of certificate that the client, whoever it is, shows."""
    options: tuple[tuple[str, Any], ...] = ()
    """More options of the device's session."""
    roles: tuple[str, ...] = (CLIENT, SERVER)
    expect: str = ""
    """Cipher suite that must be agreed on; "": any."""
    version: str = "TLSv1.2"
    """Version that must be agreed on."""
    slow: bool = False


def _cases() -> tuple[Case, ...]:
    found = [
        Case("Makers' defaults on both sides", f"server with {own}", Setup(own=own)) for own in ("ec256", "rsa2048")
    ]
    for suite in SUITES:
        found.append(
            Case(
                "Cipher suites",
                suite.name,
                Setup(suite=suite, own=suite.identity),
                "basic" if suite.name in BASIC else "full",
                expect=suite.name,
            )
        )
    for group in ("X25519", "P-256", "P-384", "P-521"):
        found.append(Case("Key exchange", group, Setup(group=group, own="rsa2048"), slow=group in ("P-384", "P-521")))
    for own in ("ec384", "rsa3072", "rsa4096", "rsa chain", "mixed chain"):
        found.append(Case("Server certificates", own, Setup(own=own), slow=own in ("rsa3072", "rsa4096")))
    for own in ("ec256", "rsa2048"):
        found.append(Case("Resumption", own, Setup(own=own), again=True))
    found.append(Case("Versions", "TLS 1.2 alone", Setup(version="1.2")))
    found.append(Case("Versions", "TLS 1.1 alone", Setup(version="1.1"), "full"))
    legacy = (("legacy_versions", True),)
    found.append(
        Case("Versions", "TLS 1.1 alone, allowed", Setup(version="1.1"), "full", options=legacy, version="TLSv1.1")
    )
    found.append(Case("Versions", "TLS 1.3 alone", Setup(version="1.3"), "full"))
    for show in ("ec256", "ec384", "rsa2048"):
        found.append(Case("Client certificates", show, ask=True, show=show))
    found.append(Case("Client certificates", "none", ask=True))
    found.append(Case("Client certificates", "a stranger's", ask=True, show="stranger"))
    small = (("max_buffer_size", 512),)
    gcm256 = by_name("ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")
    rsa_only = by_name("ECDHE_RSA_WITH_AES_128_GCM_SHA256")
    found += [
        Case("Long ClientHello", "2 KB", Setup(protocols=60), roles=(SERVER,)),
        Case(
            "Long ClientHello",
            "2 KB, device with 512-byte records",
            Setup(protocols=60),
            options=small,
            roles=(SERVER,),
        ),
        Case("Long ClientHello", "17 KB, two records", Setup(protocols=560), roles=(SERVER,)),
        Case("Fragment length", "512 bytes", Setup(fragment=512), roles=(SERVER,)),
        Case("Fragment length", "4096 bytes", Setup(fragment=4096), roles=(SERVER,)),
        Case("Nothing in common", "cipher suites", Setup(suite=gcm256)),
        Case("Nothing in common", "ECDHE_RSA with an EC key", Setup(suite=rsa_only), roles=(SERVER,)),
        Case("Nothing in common", "the curve of the server's key", Setup(group="X25519"), roles=(SERVER,)),
        Case("Nothing in common", "key exchange X448", Setup(group="X448")),
        Case("Nothing in common", "key exchange FFDHE2048", Setup(group="FFDHE2048")),
        Case("Not trusted", "authority", Setup(trust="stranger"), trust="stranger"),
        Case("Not trusted", "name", Setup(own="other name")),
    ]
    return tuple(found)


CASES = _cases()
