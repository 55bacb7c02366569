"""Every row of the table, judged by the device's validator; and the verdicts held against pyca's."""

from __future__ import annotations

import collections

import pytest

from sming_host.build.paths import find_home
from tests.x509 import native, oracle
from tests.x509.cases import CASES
from tests.x509.scene import Case

ROWS = [pytest.param(case, id=f"{category}: {case.title}") for category, cases in CASES.items() for case in cases]


@pytest.mark.parametrize("case", ROWS)
def test_verdict(case: Case) -> None:
    scene = case.build()
    assert native.validate(scene.chain, scene.anchors, case.settings).error == case.expected


@pytest.mark.parametrize("case", ROWS)
def test_never_laxer_than_pyca(case: Case) -> None:
    """What we accept, pyca accepts, save where the row says why not; and then it is true that it does not."""
    settings = case.settings
    if case.expected != "NONE" or not settings.check_chain:
        assert not case.laxer or case.expected != "NONE"
        return
    scene = case.build()
    reason = oracle.refuses(scene.chain, scene.anchors, settings)
    assert bool(reason) == bool(case.laxer), reason or "pyca accepts it: the row's reason no longer holds"


def test_table_is_large_and_mixed() -> None:
    """At least 150 cases, each title once in its category, accepted and refused ones in all that can have both."""
    assert len(ROWS) >= 150
    for category, cases in CASES.items():
        titles = collections.Counter(case.title for case in cases)
        assert max(titles.values()) == 1, (category, titles.most_common(3))
        accepted = sum(case.expected == "NONE" for case in cases)
        assert 0 < accepted < len(cases), category
    print()
    for category, cases in CASES.items():
        accepted = sum(case.expected == "NONE" for case in cases)
        print(f"{category:28} {accepted:4} accepted {len(cases) - accepted:4} refused")


def test_every_error_has_a_case() -> None:
    """No error that a chain can cause goes untested."""
    header = (find_home() / "components" / "x509" / "include" / "x509" / "error.h").read_text(encoding="utf-8")
    names = {line.split("(")[1].split(",")[0] for line in header.splitlines() if line.startswith("\tX(")}
    tested = {case.expected for cases in CASES.values() for case in cases}
    assert names - tested == {"BUFFER"}  # the caller's mistake; see test_anchors.py
