"""The interval of a benchmark's ratio covers the true median as often as it says."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.ratio import CONFIDENCE, Ratio

TIMES = st.floats(0.1, 10)


@given(st.lists(st.tuples(TIMES, TIMES), min_size=1, max_size=40))
def test_the_median_lies_in_its_interval(pairs: list[tuple[float, float]]) -> None:
    ratio = Ratio.of(pairs)
    values = [second / first for first, second in pairs]
    assert min(values) <= ratio.low <= ratio.median <= ratio.high <= max(values)


@pytest.mark.parametrize("rounds", [5, 9, 15, 31])
def test_coverage(rounds: int) -> None:
    """Skewed times, as they are on a busy machine; both sides have the same ones, so the true median is 1."""
    generator = random.Random(rounds)
    covered = 0
    for _ in range(2000):
        ratio = Ratio.of([(generator.lognormvariate(0, 0.1), generator.lognormvariate(0, 0.1)) for _ in range(rounds)])
        covered += ratio.low <= 1 <= ratio.high
    assert covered / 2000 >= CONFIDENCE - 0.02


def test_one_round_tells_nothing_about_the_spread() -> None:
    assert str(Ratio.of([(2.0, 3.0)])) == "1.500 (1.500 to 1.500)"
