"""However a chain is cut, the verdict and all that comes with it is the same."""

from __future__ import annotations

import functools

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.x509 import native
from tests.x509.cases import CASES
from tests.x509.native import Result, Settings
from tests.x509.scene import Case

ROWS = [case for cases in CASES.values() for case in cases]


@functools.cache
def whole(row: int) -> tuple[Case, list[bytes], list[bytes], Result]:
    case = ROWS[row]
    scene = case.build()
    return case, scene.chain, scene.anchors, native.validate(scene.chain, scene.anchors, case.settings)


def cut(row: int, fragments: list[int]) -> None:
    case, chain, anchors, expected = whole(row)
    pieces = Settings(**{**case.settings.__dict__, "fragments": fragments})
    assert native.validate(chain, anchors, pieces) == expected


@settings(max_examples=600, deadline=None)
@given(st.integers(0, len(ROWS) - 1), st.lists(st.integers(1, 700), min_size=1, max_size=20))
def test_any_fragments(row: int, fragments: list[int]) -> None:
    cut(row, fragments)


def test_octet_by_octet() -> None:
    """All rows: the parser has a state of its own behind every octet."""
    for row in range(len(ROWS)):
        cut(row, [1])
