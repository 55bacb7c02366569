"""Chains out of order: any order is accepted, alternatives are tried, and what a peer can cause stays bounded."""

from __future__ import annotations

import datetime
import itertools
import random
from typing import Optional

import pytest

from tests.x509 import der, makers, native, oracle
from tests.x509.makers import NOW, Certificate, authority, basic, dns, leaf
from tests.x509.native import Result, Settings

BYTES = 16384
"""X509_REORDER_BYTES."""
TRIES = 16
"""X509_REORDER_TRIES."""
LONGEST = 10
"""X509_MAX_CHAIN."""


class Line:
    """A root and what was issued below it, down to the leaf."""

    def __init__(self, intermediates: int, key: str = "ec256") -> None:
        self.root = authority("Root", key_name=f"{key}:root")
        self.intermediates: list[Certificate] = []
        above = self.root
        for number in range(1, intermediates + 1):
            above = authority(f"Intermediate {number}", above, key_name=f"{key}:{number}")
            self.intermediates.append(above)
        self.leaf = leaf(above)


def judge(
    chain: list[Certificate], anchors: list[Certificate], copies: int = 1000, settings: Optional[Settings] = None
) -> Result:
    """The validator's answer; cut in pieces it must be the same."""
    base = settings or Settings()
    options = Settings(**{**base.__dict__, "copies": copies})
    ders, trusted = [c.der for c in chain], [a.der for a in anchors]
    result = native.validate(ders, trusted, options)
    assert native.validate(ders, trusted, Settings(**{**options.__dict__, "fragments": [1, 7, 300]})) == result
    assert result.copied_peak <= BYTES + 2000
    return result


def other_key(certificate: Certificate, name: str = "ec256:other") -> Certificate:
    """Of the same name, with another key, self-signed."""
    return certificate.with_(key=name, signer=name, issuer=certificate.subject)


def self_issued(name: str, signer: str, key: str) -> Certificate:
    """An authority's key signed by another key of the same authority."""
    return authority("Ring", key_name=key).with_(issuer=makers.name(name), signer=signer)


@pytest.mark.parametrize("key", ["ec256", "rsa2048"])
@pytest.mark.parametrize("intermediates", [2, 3])
def test_every_order(intermediates: int, key: str) -> None:
    """With and without the root; the leaf is first (RFC 5246 §7.4.2)."""
    line = Line(intermediates, key)
    for others in (line.intermediates, [line.root, *line.intermediates]):
        for order in itertools.permutations(others):
            result = judge([line.leaf, *order], [line.root])
            assert result.accepted, [o.subject for o in order]
            assert result.names == "www.example.org" and result.subject == "Leaf"
            assert not judge([line.leaf, *order], [authority("Else")]).accepted


def test_every_position_of_what_does_not_belong() -> None:
    """Unrelated, twice the same, the leaf again, another of the same name, another leaf: none does harm."""
    line = Line(2)
    strangers = [
        authority("Unrelated"),
        line.intermediates[0],
        line.leaf,
        other_key(line.intermediates[1]),
        other_key(line.intermediates[0]),
        leaf(authority("Unrelated"), dns("other.example")),
    ]
    for stranger in strangers:
        for order in itertools.permutations([stranger, *line.intermediates]):
            assert judge([line.leaf, *order], [line.root]).accepted


def test_leaf_must_be_first() -> None:
    line = Line(2)
    for order in itertools.permutations([line.leaf, *line.intermediates]):
        assert judge(list(order), [line.root]).accepted == (order[0] is line.leaf)


def test_as_many_as_the_limit_allows_in_any_order() -> None:
    line = Line(LONGEST - 1)
    for seed in range(10):
        order = list(line.intermediates)
        random.Random(seed).shuffle(order)
        assert judge([line.leaf, *order], [line.root]).accepted
        assert judge([line.leaf, *order, line.root], [line.root]).error in ("NONE", "LIMIT")


def test_without_memory_as_before() -> None:
    """No allocation, and each one failing: in order is accepted, out of order refused, nothing leaks (abort())."""
    line = Line(3)
    straight, crooked = list(reversed(line.intermediates)), list(line.intermediates)
    needed = 0
    for copies in range(8):
        assert judge([line.leaf, *straight], [line.root], copies).accepted
        result = judge([line.leaf, *crooked], [line.root], copies)
        assert result.error == ("NONE" if result.accepted else "UNKNOWN_CA")
        needed += not result.accepted
    assert needed == 5  # four certificates and the search
    assert judge([line.leaf, *crooked], [line.root], 0).copied_peak == 0


def test_nothing_is_kept_once_the_anchor_is_reached_or_for_pins() -> None:
    line = Line(1)
    alone = judge([line.leaf], line.intermediates)
    assert alone.accepted and alone.copied_peak < len(line.leaf.der) + 100
    assert judge([line.leaf, *line.intermediates], [], settings=Settings(check_chain=False)).copied_peak == 0


def test_cross_signed_intermediate_whichever_comes_first() -> None:
    """The same authority's key, signed by an old root and by a new one; only one of them is trusted."""
    old, new = authority("Old root"), authority("New root")
    versions = [authority("Shared", parent, key_name="ec256:shared") for parent in (old, new)]
    end = leaf(versions[0])
    for trusted in (old, new):
        for order in itertools.permutations([*versions, old, new]):
            assert judge([end, *order], [trusted]).accepted
            assert oracle.refuses([end.der, *(c.der for c in order)], [trusted.der], Settings()) == ""


def test_alternative_of_one_that_may_not_issue() -> None:
    """Expired, no authority, too short a path, constrained: another certificate of the same key will do."""
    line = Line(2)
    lower = line.intermediates[1]
    bad = {
        "EXPIRED": lower.with_(not_after=NOW - datetime.timedelta(days=1)),
        "NOT_CA": lower.extend(basic(False)),
        "NAME_CONSTRAINT": lower.append(makers.constraints(permitted=[dns("example.com")])),
        "WEAK_SIGNATURE": lower.with_(digest="sha1"),
        "CRITICAL_EXTENSION": lower.append(makers.Extension(makers.UNKNOWN, b"\x05\x00", True)),
    }
    for error, version in bad.items():
        for order in itertools.permutations([version, *line.intermediates]):
            assert judge([line.leaf, *order], [line.root]).accepted, error
        for order in itertools.permutations([version, line.intermediates[0]]):
            result = judge([line.leaf, *order], [line.root])
            assert (result.error, result.depth) == (error, 1 + order.index(version)), error


def test_what_is_no_certificate_spoils_the_chain() -> None:
    """Bytes that cannot be read are refused within a path, and so they are beside one that has to be looked for."""
    line = Line(2)
    ders = [line.leaf.der, *(c.der for c in line.intermediates)]
    for junk in (b"\x30\x03abc", b"\x30\x80\x00\x00", b"\x01", b"\x30\x84\xff\xff\xff\xff"):
        for place in range(1, 4):
            chain = [*ders[:place], junk, *ders[place:]]
            assert native.validate(chain, [line.root.der]).error != "NONE"
    assert native.validate([ders[0], b"", ders[1], ders[2]], [line.root.der]).error == "TRUNCATED"


def test_loops_end() -> None:
    """Authorities that certify each other, and rings of one name, with and without a way out."""
    a, b = authority("A", key_name="ec256:a"), authority("B", key_name="ec256:b")
    a_by_b = a.with_(issuer=b.subject, signer=b.key)
    b_by_a = b.with_(issuer=a.subject, signer=a.key)
    root = authority("Root")
    a_by_root = a.with_(issuer=root.subject, signer=root.key)
    end = leaf(a)
    for order in itertools.permutations([a_by_b, b_by_a]):
        assert judge([end, *order], [root]).error == "UNKNOWN_CA"
    for order in itertools.permutations([a_by_b, b_by_a, a_by_root]):
        assert judge([end, *order], [root]).accepted
    ring = [self_issued("Ring", f"ec256:r{(i + 1) % 9}", f"ec256:r{i}") for i in range(9)]
    for seed in range(20):
        random.Random(seed).shuffle(ring)
        result = judge([leaf(ring[0]), *ring], [root])
        assert not result.accepted and result.verifications <= LONGEST - 1 + TRIES


def test_work_is_bounded() -> None:
    """Whatever is sent: each first pass, each try, and four anchors above each certificate, once."""
    root = authority("Root")
    many = [authority("Same", root, key_name=f"ec256:same{i}") for i in range(9)]
    forged = [c.with_(signer="ec256:nobody") for c in many]
    same = [other_key(root, f"ec256:anchor{i}") for i in range(4)]
    end = leaf(many[0]).with_(signer="ec256:nobody")
    bound = LONGEST - 1 + TRIES + 4 * LONGEST
    for chain in ([end, *many], [leaf(many[4]), *forged], [leaf(many[8]), *reversed(forged), *forged]):
        result = judge(chain, same)
        assert not result.accepted and result.verifications <= bound
    # a leaf that claims to come from the root itself
    result = judge([leaf(root).with_(signer="ec256:nobody"), *forged], same)
    assert not result.accepted and result.verifications <= bound


def test_pairs_that_failed_are_not_tried_again() -> None:
    """Of nine certificates of one name the last fits; the way up from it is at the very beginning."""
    line = Line(2)
    wrong = [other_key(line.intermediates[1], f"ec256:wrong{i}") for i in range(6)]
    result = judge([line.leaf, line.intermediates[0], *wrong, line.intermediates[1]], [line.root])
    assert result.accepted and result.verifications <= 7 + 8 + 2


def test_large_ones() -> None:
    """What is beyond the bytes that are kept does no harm by itself; a path out of order needs all its certificates."""
    line = Line(2)
    padding = makers.Extension(makers.UNKNOWN, der.octets(bytes(20_000)))
    huge = authority("Unrelated").append(padding)
    for order in itertools.permutations([huge, *line.intermediates]):
        assert judge([line.leaf, *order], [line.root]).accepted
    large = Line(2)
    large.intermediates[0] = large.intermediates[0].append(padding)
    assert judge([large.leaf, *reversed(large.intermediates)], [large.root]).accepted
    assert judge([large.leaf, *large.intermediates], [large.root]).error == "UNKNOWN_CA"
    enormous = line.leaf.append(padding)
    assert judge([enormous, *reversed(line.intermediates)], [line.root]).accepted
    crooked = judge([enormous, *line.intermediates], [line.root])
    assert (crooked.error, crooked.copied_peak) == ("UNKNOWN_CA", 0)
    assert (
        native.validate([line.leaf.der, bytes(70_000), *(c.der for c in line.intermediates)], [line.root.der]).error
        == "LIMIT"
    )


def test_the_leafs_own_faults_stay_the_leafs() -> None:
    line = Line(2)
    result = judge([line.leaf, *line.intermediates], [line.root], settings=Settings(server="other.example"))
    assert (result.error, result.depth, result.copied_peak > 0) == ("WRONG_NAME", 0, True)
    assert judge([line.leaf, *line.intermediates], [line.root], settings=Settings(time=None)).error == "TIME_UNKNOWN"


def test_random_webs_against_pyca() -> None:
    """Authorities that certify each other at random: what pyca finds a path in, we do; and never more than pyca."""
    generator = random.Random(7)
    found = 0
    for _ in range(60):
        names = [f"N{i}" for i in range(4)]
        keys = {name: f"ec256:{name}" for name in names}
        roots = [authority(f"R{i}") for i in range(2)]
        web = []
        for _ in range(generator.randint(3, 8)):
            subject = generator.choice(names)
            if generator.random() < 0.2:
                above = generator.choice(roots)
            else:
                issuer = generator.choice([n for n in names if n != subject])
                above = authority(issuer, key_name=keys[issuer])
            web.append(authority(subject, above, key_name=keys[subject]))
        end = leaf(authority("N0", key_name=keys["N0"]))
        chain = [end, *web]
        ours = judge(chain, roots[:1])
        theirs = oracle.refuses([c.der for c in chain], [roots[0].der], Settings()) == ""
        assert ours.accepted == theirs
        found += theirs
    assert 10 < found < 50
