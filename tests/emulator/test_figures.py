"""Instructions, heap and stack of handshakes, as the tables of the documentation have them."""

from __future__ import annotations

import pytest

from benchmarks.chips import KEYS, Use, measure

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]


def _close(one: Use, other: Use) -> bool:
    return abs(one.instructions - other.instructions) < 0.1 * one.instructions + 500_000


@pytest.mark.parametrize(("soc", "adapter"), [("esp32c3", "Bearssl"), ("esp8266", "Axtls")])
def test_figures_of_handshakes(soc: str, adapter: str) -> None:
    """In unicorn and in QEMU: what is resumed costs little, and a server pays most for RSA."""
    figures = measure(soc, adapter)
    for roles in (figures.client, figures.server):
        assert set(roles) == set(KEYS)
        for role in roles.values():
            assert 10_000_000 < role.full.instructions < 400_000_000
            assert role.resumed.instructions < role.full.instructions / 5
            assert 500 < role.full.held <= role.full.peak < 16_000
    assert figures.server["rsa2048"].full.instructions > 3 * figures.server["ec256"].full.instructions
    assert 2_000 < max(use.stack for use in figures.all) < 8_192
