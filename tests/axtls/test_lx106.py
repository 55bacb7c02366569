"""What the engine takes on a real 32-bit core, the ESP8266's under QEMU: the bounds that it was made for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.axtls.conftest import World
from tests.axtls.lx106 import Chip

KB = 1024


@pytest.fixture(scope="module")
def chip() -> Chip:
    return Chip()


@pytest.mark.slow
def test_memory(chip: Chip, world: World, tmp_path: Path) -> None:
    """Of a server's connection: heap while it is idle, and the most of heap and stack together in its handshake."""
    figures = chip.memory(world, tmp_path)
    print("\n".join(f"{name}: {memory}" for name, memory in figures.items()))
    assert len(figures) == 6
    for name, memory in figures.items():
        assert memory.idle <= (1.8 if "CBC" in name else 1.2) * KB, name
        assert memory.handshake <= (8.5 if "ECDSA" in name else 7.5) * KB, name


@pytest.mark.slow
def test_code(chip: Chip, tmp_path: Path) -> None:
    code = chip.code(tmp_path)
    print(code)
    assert 10 * KB < code.client <= 22 * KB
    assert code.client + 3 * KB < code.both_roles <= 34 * KB
