"""The URL of an emulated chip's serial line."""

from __future__ import annotations

from pathlib import Path

import pytest
import serial

import sming_host.emulator
from sming_host.bridge.frames import Decoder
from sming_host.emulator.protocol_emu import parse_url
from sming_host.errors import UserError
from tests.emulator.chips import build_chip


@pytest.mark.parametrize("url", ["emu://esp32c3", "emu://?image=x", "emu://esp32c3?image=x&speed=9", "emu:esp32c3"])
def test_what_is_no_such_url(url: str) -> None:
    with pytest.raises(serial.SerialException, match="expected emu://SOC"):
        parse_url(url)


def test_what_cannot_be_started(tmp_path: Path) -> None:
    assert sming_host.emulator.__name__ in serial.protocol_handler_packages
    with pytest.raises(UserError, match="no emulated chip esp99"):
        serial.serial_for_url(f"emu://esp99?image={tmp_path}/x")
    with pytest.raises(UserError, match="no such file"):
        serial.serial_for_url(f"emu://esp32c3?image={tmp_path}/x")


@pytest.mark.slow
def test_console_of_a_chip() -> None:
    program = build_chip("esp32c3", "Echo_Ssl")
    decoder = Decoder()
    text = b""
    with serial.serial_for_url(f"emu://esp32c3?image={program}", timeout=0.2) as port:
        for _ in range(100):
            text += b"".join(frame[1:] for frame in decoder.feed(port.read(100)) if frame[0] == 0x0A)
            if b"Got IP: 10.0.2.15" in text:
                break
    assert b"Got IP: 10.0.2.15" in text
