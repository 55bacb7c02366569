"""What a program puts where in memory, read from an ELF file, an ESP image or a UF2 file."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

from sming_host.errors import UserError

_SHF_ALLOC = 2
_SHT_PROGBITS = 1
_SHT_INIT_ARRAY = 14
_SHT_SYMTAB = 2

_ESP_MAGIC = 0xE9
_ESP_CHECKSUM_START = 0xEF
# In the longer header.
_ESP_CHIP_ID, _ESP_HASHED = 12, 23
_UF2_MAGIC = (0x0A324655, 0x9E5D5157, 0x0AB16F30)
_UF2_NOT_MAIN_FLASH = 1


@dataclass(frozen=True)
class Segment:
    """Bytes and where they go."""

    address: int
    data: bytes


@dataclass(frozen=True)
class Image:
    """A program as a chip gets it. Only an ELF file has symbols; a UF2 file has no entry."""

    segments: tuple[Segment, ...]
    entry: int = 0
    symbols: dict[str, int] = field(default_factory=dict)
    chip_id: Optional[int] = None
    """For which chip an ESP image says that it is; None if it does not."""


def read_image(path: Path) -> Image:
    """Read a program; the format is told by its first bytes."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}", "Build the application first.") from error
    try:
        if data[:4] == b"\x7fELF":
            return _elf(data)
        if data[:1] == bytes([_ESP_MAGIC]):
            return _esp(data)
        if data[:4] == struct.pack("<I", _UF2_MAGIC[0]):
            return _uf2(data)
    except struct.error as error:
        raise UserError(f"{path} is cut off", "Build it again.") from error
    except ValueError as error:
        raise UserError(f"{path}: {error}", "Build it again.") from error
    raise UserError(f"{path} is no program for a chip", "Known: ELF files, images of esptool, UF2 files.")


def _elf(data: bytes) -> Image:
    if data[4] != 1 or data[5] != 1:
        raise ValueError("an ELF file, but not of 32 bits and little-endian")
    entry, _, table = struct.unpack_from("<III", data, 24)
    size, count = struct.unpack_from("<HH", data, 46)
    rows = [struct.unpack_from("<10I", data, table + index * size) for index in range(count)]
    loads = _load_addresses(data)
    segments = []
    symbols: dict[str, int] = {}
    for _, kind, flags, address, offset, length, link, *_ in rows:
        if kind == _SHT_SYMTAB:
            symbols = dict(_symbols(data, offset, length, rows[link][4]))
        # Sections and not segments: those may hold fill for memory that another one is in.
        elif flags & _SHF_ALLOC and kind in (_SHT_PROGBITS, _SHT_INIT_ARRAY) and length:
            segments.append(Segment(loads(address), data[offset : offset + length]))
    return Image(tuple(segments), entry, symbols)


def _load_addresses(data: bytes) -> Callable[[int], int]:
    """Return a function from the address where something runs to the one where the loader puts it."""
    (table,) = struct.unpack_from("<I", data, 28)
    size, count = struct.unpack_from("<HH", data, 42)
    headers = [struct.unpack_from("<6I", data, table + index * size) for index in range(count)]

    def load(address: int) -> int:
        for _, _, virtual, physical, _, length in headers:
            if virtual <= address < virtual + length:
                return int(address - virtual + physical)
        return address

    return load


def _symbols(data: bytes, offset: int, length: int, names: int) -> Iterator[tuple[str, int]]:
    for at in range(offset, offset + length, 16):
        name, value = struct.unpack_from("<II", data, at)
        end = data.index(b"\0", names + name)
        if end > names + name:
            yield data[names + name : end].decode("ascii", "replace"), value


def _esp(data: bytes) -> Image:
    """Read an image as the ROM of an ESP does: segments, then the XOR of all their bytes, padded to 16; a hash."""
    count = data[1]
    (entry,) = struct.unpack_from("<I", data, 4)
    # From the ESP32 on there are 16 more bytes of header; an ESP8266 image has segments at once.
    extended = len(data) > 24 and _is_extended(data)
    at = 24 if extended else 8
    checksum = _ESP_CHECKSUM_START
    segments = []
    for _ in range(count):
        address, length = struct.unpack_from("<II", data, at)
        body = data[at + 8 : at + 8 + length]
        if len(body) != length:
            raise ValueError("a segment is cut off")
        for byte in body:
            checksum ^= byte
        segments.append(Segment(address, body))
        at += 8 + length
    at += 15 - at % 16
    if at >= len(data) or data[at] != checksum:
        raise ValueError("the checksum does not fit")
    if not extended:
        return Image(tuple(segments), entry)
    end = at + 1
    if data[_ESP_HASHED] and data[end : end + 32] != hashlib.sha256(data[:end]).digest():
        raise ValueError("the hash does not fit")
    (chip_id,) = struct.unpack_from("<H", data, _ESP_CHIP_ID)
    return Image(tuple(segments), entry, chip_id=chip_id)


def _is_extended(data: bytes) -> bool:
    # Byte 23: whether a SHA-256 follows, 0 or 1; bytes 9 to 14 hold the chip id and revisions. In an ESP8266 image the
    # first segment's address stands at 8, whose top byte is that of IRAM or DRAM.
    return data[11] not in (0x3F, 0x40)


def _uf2(data: bytes) -> Image:
    segments = []
    for at in range(0, len(data), 512):
        first, second, flags, address, length = struct.unpack_from("<5I", data, at)
        (last,) = struct.unpack_from("<I", data, at + 508)
        if (first, second, last) != _UF2_MAGIC or length > 476:
            raise ValueError(f"block {at // 512} is no UF2 block")
        if not flags & _UF2_NOT_MAIN_FLASH:
            segments.append(Segment(address, data[at + 32 : at + 32 + length]))
    return Image(tuple(segments))
