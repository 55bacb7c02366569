"""Seeds for the validator: the chains of the table in tests/x509."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.x509.cases import CASES
from tests.x509.native import Settings

# As in sming_x509_fuzz()
CLIENT, NO_CHAIN, NO_CLOCK, BY_ADDRESS, SMALL_KEYS, WHOLE, NO_COPIES = (1 << bit for bit in range(7))
# Larger ones are cases of their own; a fuzzer is faster with small inputs
MAX_SIZE = 6000


def encode(chain: list[bytes], anchors: list[bytes], settings: Settings) -> bytes:
    """An input of sming_x509_fuzz(), which takes the last certificates as anchors."""
    flags = CLIENT if settings.client_certificate else 0
    flags |= 0 if settings.check_chain else NO_CHAIN
    flags |= NO_CLOCK if settings.time is None else 0
    flags |= BY_ADDRESS if settings.server and settings.server[0].isdigit() else 0
    flags |= SMALL_KEYS if settings.min_rsa_bits else 0
    flags |= 0 if settings.fragments else WHOLE
    flags |= 0 if settings.copies else NO_COPIES
    anchors = anchors[:3]
    data = bytes([flags, 60, 30, len(anchors)])
    for certificate in (*chain, *anchors):
        data += len(certificate).to_bytes(2, "big") + certificate
    return data


def x509_seeds() -> Iterator[tuple[str, bytes]]:
    """One for each row of the table."""
    for category, cases in CASES.items():
        for case in cases:
            scene = case.build()
            if sum(map(len, (*scene.chain, *scene.anchors))) <= MAX_SIZE:
                data = encode(scene.chain, scene.anchors, case.settings)
                yield re.sub(r"[^a-z0-9]+", "-", f"{category} {case.title}".lower())[:60], data
