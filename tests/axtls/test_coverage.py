"""How much of the engine tests and corpora reach together."""

from __future__ import annotations

import pytest

from tests.axtls.coverage import measure


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_coverage() -> None:
    """By llvm-cov, over all sources of the component, the axTLS API included."""
    total = measure()["TOTAL"]
    print(total)
    assert total.lines.percent >= 90
    assert total.branches.percent >= 80
