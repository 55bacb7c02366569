"""Damaged certificates: none crashes the validator, none is accepted that pyca refuses.

The damage is done before signing, so that what is wrong is the content and not the signature.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.x509 import corpus, der, native, oracle
from tests.x509.makers import (
    AUTHORITY_KEY,
    CERT_SIGN,
    CRL_SIGN,
    DIGITAL_SIGNATURE,
    SERVER_AUTH,
    SUBJECT_KEY,
    Certificate,
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

# What pyca refuses and we do not, and why (components/x509/README.md); matched against what it says
KNOWN_DIFFERENCES = re.compile(
    # we need no name that the CA certified to be there, and take policies as critical: no policy is asked for
    r"certificate is missing required extension|unaccounted-for critical extensions|incorrect criticality"
    # any purpose will do
    r"|any ?extended ?key ?usage"
    # host names with an underscore exist
    r"|malformed (dns name constraint:|san) [a-z0-9._*-]+$"
    # attributes of names are passed over unread, save those that are asked for
    r"|attributetypevalue"
    # weak points and numbers: BearSSL refuses to compute with them when the key is used
    r"|forbidden public key"
)


@functools.cache
def world() -> tuple[Certificate, Certificate, Certificate]:
    """Root, intermediate and leaf, with something of everything that we read. Key identifiers we do not."""
    root = authority()
    above = authority("Intermediate", root).drop(SUBJECT_KEY, AUTHORITY_KEY)
    above = above.extend(
        basic(True, 0),
        usage(CERT_SIGN, CRL_SIGN),
        purposes(SERVER_AUTH),
        constraints([dns("example.org"), ip("192.0.2.0/24")], [dns("a.mail.example.org"), email("example.com")]),
    )
    below = leaf(above).drop(SUBJECT_KEY, AUTHORITY_KEY)
    below = below.extend(
        basic(False),
        usage(DIGITAL_SIGNATURE),
        purposes(SERVER_AUTH),
        alt_names(dns("www.example.org"), dns("*.example.org"), ip("192.0.2.1")),
    )
    return root, above, below


def test_undamaged() -> None:
    root, above, below = world()
    assert native.validate([below.der, above.der], [root.der]).accepted
    assert not oracle.refuses([below.der, above.der], [root.der], Settings())


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


def has_unread_constraints(certificate: bytes) -> bool:
    """Whether a certificate (of those that we accept) constrains names of kinds whose content we do not parse."""
    tbs = der.children(der.children(certificate)[0][1])[0][1]
    fields = [content for tag, content in der.children(tbs) if tag == 0xA3]
    for _, extension in der.children(der.children(fields[0])[0][1]):
        parts = der.children(extension)
        if parts[0][1] == b"\x55\x1d\x1e":
            lists = der.children(der.children(parts[-1][1])[0][1])
            kinds = [der.children(subtree)[0][0] for _, subtrees in lists for _, subtree in der.children(subtrees)]
            return any(kind not in (0x81, 0x82, 0x86, 0x87) for kind in kinds)
    return False


def judge(chain: list[bytes], anchors: list[bytes]) -> None:
    settings = Settings()
    ours = native.validate(chain, anchors, settings)
    if ours.accepted:
        reason = oracle.refuses(chain, anchors, settings).lower()
        known = KNOWN_DIFFERENCES.search(reason) or ("parsing error" in reason and has_unread_constraints(chain[1]))
        assert not reason or known, reason


@settings(max_examples=800, deadline=None)
@given(PLACES, st.booleans())
def test_damaged_content(places: list[tuple[int, int, int]], in_leaf: bool) -> None:
    check_damaged(places, in_leaf)


def check_damaged(places: list[tuple[int, int, int]], in_leaf: bool) -> None:
    root, above, below = world()
    if in_leaf:
        below = below.with_(tbs_hook=lambda tbs: damage(tbs, places))
    else:
        above = above.with_(tbs_hook=lambda tbs: damage(tbs, places))
    judge([below.der, above.der], [root.der])


@pytest.mark.slow
@settings(max_examples=40_000, deadline=None)
@given(PLACES, st.booleans())
def test_damaged_content_at_length(places: list[tuple[int, int, int]], in_leaf: bool) -> None:
    check_damaged(places, in_leaf)


def test_every_octet_of_the_leaf() -> None:
    """One bit of each octet, in turn, all eight by the octet's place."""
    root, above, below = world()
    for at in range(len(below.tbs)):
        changed = below.with_(tbs_hook=lambda tbs, at=at: damage(tbs, [(at, 1, at)]))
        judge([changed.der, above.der], [root.der])


@settings(max_examples=500, deadline=None)
@given(PLACES, st.integers(0, 1))
def test_damaged_after_signing(places: list[tuple[int, int, int]], which: int) -> None:
    """The signature covers all that is not the signature, and nothing has two encodings."""
    root, above, below = world()
    chain = [below.der, above.der]
    chain[which] = damage(chain[which], places)
    if chain != [below.der, above.der]:
        assert not native.validate(chain, [root.der]).accepted


@settings(max_examples=300, deadline=None)
@given(PLACES)
def test_damaged_anchor(places: list[tuple[int, int, int]]) -> None:
    """Anchors are taken from files of people's own: whatever is in them, nothing crashes."""
    root, above, below = world()
    native.validate([below.der, above.der], [damage(root.der, places)])


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=400))
def test_noise(data: bytes) -> None:
    native.validate([data], [])
    native.fuzz(data)


def test_seeds_of_the_fuzzer() -> None:
    """Every case as the fuzzer sees it."""
    inputs = list(corpus.seeds())
    assert len(inputs) > 400
    for data in inputs:
        native.fuzz(data)
        native.fuzz(b"\0\x10\x05" + data[3:])
