"""Ratios of measurements that took turns, with the interval in which the true one lies."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

CONFIDENCE = 0.9


@dataclass(frozen=True)
class Ratio:
    """Median of the rounds' ratios; with a probability of at least CONFIDENCE the true median is in low to high."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, pairs: Sequence[tuple[float, float]]) -> Ratio:
        """Compare what two took in each round: above 1 the first was the faster one.

        The interval is made of order statistics and so assumes nothing about how times are distributed: the median is
        below the k-th smallest of n values with the probability that fewer than k of n tosses of a coin are heads.
        With fewer than 5 rounds it covers less than CONFIDENCE, however wide.
        """
        values = sorted(second / first for first, second in pairs)
        count = len(values)
        rank = 0
        outside = 2 / 2**count
        while 2 * (rank + 1) < count - 1:
            outside += 2 * math.comb(count, rank + 1) / 2**count
            if 1 - outside < CONFIDENCE:
                break
            rank += 1
        return cls(statistics.median(values), values[rank], values[count - 1 - rank])

    def __str__(self) -> str:
        return f"{self.median:.3f} ({self.low:.3f} to {self.high:.3f})"
