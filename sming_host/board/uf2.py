"""Writes UF2 files: flash contents in blocks that a boot loader can take one by one, in any order.

A file is a sequence of blocks of 512 bytes: a header of eight words, 476 bytes of which some carry the payload, and a
magic word (UF2 specification, https://github.com/microsoft/uf2). For the RP2040 every payload has 256 bytes, a page of
flash, and the boot ROM erases the sectors of 4096 bytes that the pages lie in. So pages are filled up to whole
sectors: what is in flash afterwards does not depend on what was there before.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterable
from pathlib import Path

from sming_host.board.files import write_whole
from sming_host.emulator.image import Segment, read_image
from sming_host.errors import UserError

RP2040_FAMILY = 0xE48BFF56
"""The boot ROM ignores blocks for other families."""

BLOCK = 512
PAYLOAD = 256
SECTOR = 4096

FLASH_START = 0x10000000
FLASH_SIZE = 16 << 20
"""As far as the RP2040 can map flash."""

BOOT2_SIZE = 256

_MAGIC_START0 = 0x0A324655
_MAGIC_START1 = 0x9E5D5157
_MAGIC_END = 0x0AB16F30
_FAMILY_PRESENT = 0x2000
_HEADER = struct.Struct("<8I")
_DATA_AREA = 476
_ERASED = b"\xff"


def flash_contents(segments: Iterable[Segment]) -> dict[int, bytes]:
    """Return the sectors that some segments touch, by address, with 0xFF where nothing was said."""
    sectors: dict[int, bytearray] = {}
    for segment in segments:
        end = segment.address + len(segment.data)
        if not (segment.address >= FLASH_START and end <= FLASH_START + FLASH_SIZE):
            raise UserError(
                f"{len(segment.data)} bytes at {segment.address:#x} are not in flash",
                f"Flash is mapped from {FLASH_START:#x}; the linker script decides what lies there.",
            )
        at = segment.address
        while at < end:
            start = at - at % SECTOR
            length = min(end, start + SECTOR) - at
            sector = sectors.setdefault(start, bytearray(_ERASED * SECTOR))
            offset = at - segment.address
            sector[at - start : at - start + length] = segment.data[offset : offset + length]
            at += length
    return {start: bytes(sectors[start]) for start in sorted(sectors)}


def make_uf2(segments: Iterable[Segment], family: int = RP2040_FAMILY) -> bytes:
    """Return the UF2 file for some segments of flash."""
    pages = [
        (start + offset, sector[offset : offset + PAYLOAD])
        for start, sector in flash_contents(segments).items()
        for offset in range(0, SECTOR, PAYLOAD)
    ]
    blocks = bytearray()
    for number, (address, data) in enumerate(pages):
        blocks += _HEADER.pack(
            _MAGIC_START0, _MAGIC_START1, _FAMILY_PRESENT, address, PAYLOAD, number, len(pages), family
        )
        blocks += data.ljust(_DATA_AREA, b"\0")
        blocks += struct.pack("<I", _MAGIC_END)
    return bytes(blocks)


def boot2_checksum(data: bytes) -> int:
    """Return the checksum of the first 252 bytes of flash as the boot ROM computes it (RP2040 datasheet §2.8.1.3.1)."""
    checksum = 0xFFFFFFFF
    for byte in data:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = checksum << 1 ^ (0x04C11DB7 if checksum & 0x80000000 else 0)
            checksum &= 0xFFFFFFFF
    return checksum


def check_boot2(segments: Iterable[Segment]) -> None:
    """Raise a UserError if flash would not begin with a second boot stage that the boot ROM accepts."""
    stage = flash_contents(segments).get(FLASH_START, _ERASED * SECTOR)[:BOOT2_SIZE]
    (stored,) = struct.unpack_from("<I", stage, BOOT2_SIZE - 4)
    right = boot2_checksum(stage[: BOOT2_SIZE - 4])
    if stored != right:
        raise UserError(
            f"the second boot stage has the checksum {stored:#010x}, not {right:#010x}: the chip would not start it",
            "It is components/hal/rp2040/boot2.S; its last word is the checksum.",
        )


def convert(program: Path, target: Path) -> None:
    """Make the UF2 file of an ELF file."""
    segments = read_image(program).segments
    check_boot2(segments)
    write_whole(target, make_uf2(segments))


def main() -> None:
    """Take the command line: ELF UF2."""
    convert(Path(sys.argv[1]), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
