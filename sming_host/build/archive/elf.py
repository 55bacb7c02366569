"""The little of an ELF file that relocation needs: where its dynamic section looks for libraries.

Offsets are those of the System V ABI's ELF specification (header, program header, dynamic section).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

_PT_LOAD, _PT_DYNAMIC = 1, 2
_DT_NULL, _DT_STRTAB, _DT_RPATH, _DT_RUNPATH = 0, 5, 15, 29


def run_paths(path: Path) -> list[str]:
    """Directories in DT_RUNPATH or DT_RPATH; empty for files that are not dynamic ELF objects."""
    try:
        with path.open("rb") as stream:
            return _run_paths(stream)
    except (struct.error, UnicodeDecodeError):
        return []


def _run_paths(stream: BinaryIO) -> list[str]:
    identification = stream.read(16)
    if identification[:4] != b"\x7fELF" or identification[4] not in (1, 2) or identification[5] not in (1, 2):
        return []
    wide = identification[4] == 2
    order = "<" if identification[5] == 1 else ">"
    segments = _segments(stream, wide, order)
    dynamic = [segment for segment in segments if segment[0] == _PT_DYNAMIC]
    if not dynamic:
        return []
    tags = _tags(stream, wide, order, dynamic[0])
    found = []
    for tag in (_DT_RPATH, _DT_RUNPATH):
        if tag in tags:
            offset = _file_offset(segments, tags.get(_DT_STRTAB, 0) + tags[tag])
            stream.seek(offset)
            text = stream.read(4096).split(b"\0", 1)[0].decode("utf-8")
            found += [item for item in text.split(":") if item]
    return found


def _segments(stream: BinaryIO, wide: bool, order: str) -> list[tuple[int, int, int, int]]:
    """(type, file offset, virtual address, bytes in file) of each program header."""
    stream.seek(32 if wide else 28)
    table = struct.unpack(order + ("Q" if wide else "I"), stream.read(8 if wide else 4))[0]
    stream.seek(54 if wide else 42)
    size, count = struct.unpack(order + "HH", stream.read(4))
    segments = []
    for index in range(count):
        stream.seek(table + index * size)
        if wide:
            kind, _, offset, address, _, length = struct.unpack(order + "IIQQQQ", stream.read(40))
        else:
            kind, offset, address, _, length = struct.unpack(order + "IIIII", stream.read(20))
        segments.append((kind, offset, address, length))
    return segments


def _tags(stream: BinaryIO, wide: bool, order: str, dynamic: tuple[int, int, int, int]) -> dict[int, int]:
    stream.seek(dynamic[1])
    data = stream.read(dynamic[3])
    width = 16 if wide else 8
    tags: dict[int, int] = {}
    for tag, value in struct.iter_unpack(order + ("QQ" if wide else "II"), data[: len(data) // width * width]):
        if tag == _DT_NULL:
            break
        tags[tag] = value
    return tags


def _file_offset(segments: list[tuple[int, int, int, int]], address: int) -> int:
    for kind, offset, start, length in segments:
        if kind == _PT_LOAD and start <= address < start + length:
            return offset + address - start
    raise struct.error("address outside of every segment")
