"""Sizes of a program, read from the section table of its ELF file."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from sming_host.errors import UserError

_SHF_WRITE = 1
_SHF_ALLOC = 2
_SHT_NOBITS = 8


@dataclass(frozen=True)
class Sizes:
    """Bytes by kind of memory, as the `size` program counts them."""

    # Code and constants.
    text: int
    # Variables with a first value.
    data: int
    # Variables that start as zero.
    bss: int

    @property
    def total(self) -> int:
        """Return the sum."""
        return self.text + self.data + self.bss


def read_sizes(path: Path) -> Sizes:
    """Add up the allocated sections of an ELF file, 32 or 64 bits, little or big endian."""
    try:
        return _sizes(path.read_bytes())
    except (struct.error, ValueError) as error:
        raise UserError(f"{path} is not a whole ELF file ({error})", "Remove it and build again.") from error


def _sizes(image: bytes) -> Sizes:
    if image[:4] != b"\x7fELF":
        raise ValueError("no ELF magic")
    order = "<" if image[5] == 1 else ">"
    if image[4] == 2:
        (table,) = struct.unpack_from(order + "Q", image, 40)
        entry, count = struct.unpack_from(order + "HH", image, 58)
        layout = order + "IIQQQQ"
    else:
        (table,) = struct.unpack_from(order + "I", image, 32)
        entry, count = struct.unpack_from(order + "HH", image, 46)
        layout = order + "IIIIII"
    text = data = bss = 0
    for index in range(count):
        _, kind, flags, _, _, size = struct.unpack_from(layout, image, table + index * entry)
        if not flags & _SHF_ALLOC:
            continue
        if kind == _SHT_NOBITS:
            bss += size
        elif flags & _SHF_WRITE:
            data += size
        else:
            text += size
    return Sizes(text, data, bss)
