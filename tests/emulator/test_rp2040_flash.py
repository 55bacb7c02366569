"""The model of the RP2040's boot ROM refuses what a real chip would not survive."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest

from sming_host.board.uf2 import boot2_checksum
from sming_host.emulator.chip import require_unicorn
from sming_host.emulator.image import Image, Segment
from sming_host.errors import UserError

_FLASH = 0x10000000


@pytest.fixture
def line() -> Iterator[socket.socket]:
    """The chip's end of a serial line."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield theirs


def _program(name: str) -> Image:
    """Return a boot stage that looks a routine of the ROM up, calls it, and reads flash."""
    code = struct.pack(
        "<8H",
        0x4803,  # ldr r0, table
        0x4904,  # ldr r1, name
        0x4A04,  # ldr r2, lookup
        0x4790,  # blx r2
        0x4780,  # blx r0
        0x4904,  # ldr r1, flash
        0x680A,  # ldr r2, [r1]
        0xE7FE,  # here for ever
    )
    code += struct.pack("<4I", 0x100, int.from_bytes(name.encode(), "little"), 0x201, _FLASH + 0x100)
    code = code.ljust(256, b"\0")
    return Image((Segment(_FLASH, code[:-4] + struct.pack("<I", boot2_checksum(code[:-4]))),))


def test_flash_is_gone_while_the_rom_has_it(line: socket.socket) -> None:
    """A driver that runs from flash, or reads a constant there, would pass unseen otherwise."""
    require_unicorn()
    import unicorn

    from sming_host.emulator.chips.line import Line
    from sming_host.emulator.chips.rp2040 import Rp2040

    with pytest.raises(unicorn.UcError) as caught:
        Rp2040(Line(line)).run(_program("IF"))
    assert caught.value.errno == unicorn.UC_ERR_READ_PROT


@pytest.mark.parametrize(("name", "complaint"), [("RE", "erasing while flash is mapped"), ("EX", "before connect")])
def test_calls_out_of_order(name: str, complaint: str, line: socket.socket) -> None:
    require_unicorn()
    from sming_host.emulator.chips.line import Line
    from sming_host.emulator.chips.rp2040 import Rp2040

    with pytest.raises(UserError, match=complaint):
        Rp2040(Line(line)).run(_program(name))
