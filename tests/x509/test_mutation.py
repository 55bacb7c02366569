"""Damaged certificates: none crashes the validator, none is accepted that pyca refuses.

The damage is done before signing, so that what is wrong is the content and not the signature.
"""

from __future__ import annotations

import functools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.x509 import der, native, oracle
from tests.x509.makers import (
    CERT_SIGN,
    CRL_SIGN,
    DIGITAL_SIGNATURE,
    SERVER_AUTH,
    Certificate,
    Extension,
    alt_names,
    authority,
    basic,
    constraints,
    dns,
    email,
    ip,
    leaf,
    purposes,
    usage,
)
from tests.x509.native import Settings

# pyca refuses these; our README says why we do not. Parts of what it says, in lower case.
KNOWN_DIFFERENCES = (
    # its profile is that of the web's public CAs
    "certificate is missing required extension",
    "incorrect criticality",
    "no required eku",
    "eku must not be any",
    "required eku not found",
    "authoritykeyidentifier",
    "subjectkeyidentifier",
    "2.5.29.14",
    "2.5.29.35",
    "forbidden public key",
    "forbidden signature algorithm",
    # values that we pass over unread: policies, CRL distribution points, access methods, attributes of names
    "invalidvalue",
    "unexpectedtag",
    "shortdata",
    "extradata",
    "invalidlength",
    "invalidtag",
    "utf-8",
    "utf8",
)


@functools.cache
def world() -> tuple[Certificate, Certificate, Certificate]:
    """Root, intermediate and leaf, with something of everything."""
    root = authority()
    above = authority("Intermediate", root).extend(
        basic(True, 0),
        usage(CERT_SIGN, CRL_SIGN),
        purposes(SERVER_AUTH),
        constraints([dns("example.org"), ip("192.0.2.0/24")], [dns("mail.example.org"), email("example.com")]),
    )
    below = leaf(above).extend(
        basic(False),
        usage(DIGITAL_SIGNATURE),
        purposes(SERVER_AUTH),
        alt_names(dns("www.example.org"), dns("*.example.org"), ip("192.0.2.1")),
        Extension("2.5.29.32", der.seq(der.seq(der.oid("2.23.140.1.2.1")))),
    )
    return root, above, below


def damage(tbs: bytes, places: list[tuple[int, int, int]]) -> bytes:
    """Change, put in or take out octets; each place is (where, what to do, octet)."""
    data = bytearray(tbs)
    for where, what, octet in places:
        at = where % len(data)
        if what == 0:
            data[at] = octet
        elif what == 1:
            data[at] ^= 1 << (octet & 7)
        elif what == 2:
            data.insert(at, octet)
        else:
            del data[at]
    return bytes(data)


PLACES: Any = st.lists(
    st.tuples(st.integers(0, 2000), st.sampled_from([0, 0, 1, 1, 1, 2, 3]), st.integers(0, 255)), min_size=1, max_size=3
)


def judge(chain: list[bytes], anchors: list[bytes]) -> None:
    settings = Settings()
    ours = native.validate(chain, anchors, settings)
    if ours.accepted:
        reason = oracle.refuses(chain, anchors, settings).lower()
        assert not reason or any(known in reason for known in KNOWN_DIFFERENCES), reason


@settings(max_examples=3000, deadline=None)
@given(PLACES, st.booleans())
def test_damaged_content(places: list[tuple[int, int, int]], in_leaf: bool) -> None:
    root, above, below = world()
    if in_leaf:
        below = below.with_(tbs_hook=lambda tbs: damage(tbs, places))
    else:
        above = above.with_(tbs_hook=lambda tbs: damage(tbs, places))
    judge([below.der, above.der], [root.der])


def test_every_octet_of_the_leaf() -> None:
    """One bit of each octet, in turn, all eight by the octet's place."""
    root, above, below = world()
    for at in range(len(below.tbs)):
        changed = below.with_(tbs_hook=lambda tbs, at=at: damage(tbs, [(at, 1, at)]))
        judge([changed.der, above.der], [root.der])


@settings(max_examples=1500, deadline=None)
@given(PLACES, st.integers(0, 1))
def test_damaged_after_signing(places: list[tuple[int, int, int]], which: int) -> None:
    """A signature covers all but the outer shell: a changed certificate is refused, or it is another encoding of none."""
    root, above, below = world()
    chain = [below.der, above.der]
    chain[which] = damage(chain[which], places)
    if chain != [below.der, above.der]:
        assert not native.validate(chain, [root.der]).accepted


@settings(max_examples=500, deadline=None)
@given(PLACES)
def test_damaged_anchor(places: list[tuple[int, int, int]]) -> None:
    """Anchors are taken from files of people's own: whatever is in them, nothing crashes."""
    root, above, below = world()
    native.validate([below.der, above.der], [damage(root.der, places)])


@settings(max_examples=1500, deadline=None)
@given(st.binary(max_size=400))
def test_noise(data: bytes) -> None:
    native.validate([data], [])
    native.fuzz(data)
