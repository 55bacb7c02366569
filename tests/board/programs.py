"""Small programs for chips, made without a compiler: ELF files with a section in each memory."""

from __future__ import annotations

import random
import struct
from pathlib import Path

from sming_host.board.uf2 import boot2_checksum
from sming_host.build.soc import SOCS
from sming_host.emulator.image import Segment

ALL = tuple(name for name in SOCS if SOCS[name].image)
ESP = tuple(name for name in ALL if SOCS[name].family in ("esp8266", "esp32"))

_XTENSA, _RISCV, _ARM = 94, 243, 40
_MACHINES = {"lx106": _XTENSA, "rv32imc": _RISCV, "cortex-m0plus": _ARM}
_HEADER = struct.Struct("<16sHHIIIIIHHHHHH")
_PROGBITS, _STRTAB = 1, 3
_ALLOC_EXEC = 6


def segments_of(soc: str, size: int = 5000) -> list[Segment]:
    """Return random contents for each memory that an image fills, about `size` bytes of code."""
    row = SOCS[soc]
    noise = random.Random(soc)
    memory = {region.name: region.start for region in row.memory}
    size -= size % 4
    if soc == "rp2040":
        boot2 = noise.randbytes(252)
        boot2 += struct.pack("<I", boot2_checksum(boot2))
        return [Segment(memory["flash"], boot2), Segment(memory["flash"] + 256, noise.randbytes(size))]
    data = memory["dram"] + (0x8000 if row.one_memory else 0)
    if soc == "esp8266":
        parts = [("iram", memory["iram"], 400), ("dram", data, 80), ("irom", memory["irom"], size)]
    else:
        parts = [("iram", memory["iram"], size), ("dram", data, 80)]
    return [Segment(address, noise.randbytes(length)) for _, address, length in parts]


def write_elf(soc: str, path: Path, segments: list[Segment]) -> Path:
    """Write a program with a section for each segment; it starts at the first one."""
    names = b"\0.shstrtab\0" + b"".join(b".s%d\0" % number for number in range(len(segments)))
    body = bytearray(names.ljust(len(names) + -len(names) % 4, b"\0"))
    rows = [struct.pack("<10I", *[0] * 10)]
    for number, segment in enumerate(segments):
        offset = _HEADER.size + len(body)
        body += segment.data + bytes(-len(segment.data) % 4)
        rows.append(
            struct.pack(
                "<10I",
                names.index(b".s%d\0" % number),
                _PROGBITS,
                _ALLOC_EXEC,
                segment.address,
                offset,
                len(segment.data),
                *(0, 0, 4, 0),
            )
        )
    rows.append(struct.pack("<10I", 1, _STRTAB, 0, 0, _HEADER.size, len(names), 0, 0, 1, 0))
    table = _HEADER.size + len(body)
    identity = b"\x7fELF\x01\x01\x01".ljust(16, b"\0")
    machine = _MACHINES[SOCS[soc].cpu]
    header = _HEADER.pack(
        identity, 2, machine, 1, segments[0].address, 0, table, 0, _HEADER.size, 32, 0, 40, len(rows), len(rows) - 1
    )
    path.write_bytes(header + bytes(body) + b"".join(rows))
    return path
