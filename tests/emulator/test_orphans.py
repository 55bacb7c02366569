"""An emulator ends with the one who started it, even if that one was killed and could not stop it."""

from __future__ import annotations

import subprocess

import pytest

from sming_host.emulator import start_chip
from tests.emulator.chips import build_chip


@pytest.mark.parametrize("soc", ["rp2040", pytest.param("esp8266", marks=pytest.mark.slow)])
def test_serial_line_that_is_closed(soc: str) -> None:
    chip = start_chip(soc, build_chip(soc, "tests/apps/ChipFiles", "0"))
    try:
        # It runs
        chip.serial.settimeout(60)
        assert chip.serial.recv(1)
        chip.serial.close()
        assert chip.process.wait(30) is not None
    except subprocess.TimeoutExpired as error:
        raise AssertionError(f"the emulator of {soc} goes on") from error
    finally:
        chip.stop()
