"""The RP2040's flash and what its boot ROM does with it (datasheet §2.8.3.1).

The real ROM is not here: each routine of its table is modelled as the datasheet describes it, and as strictly. While
flash is not mapped nothing can be read or run from it; what was written is seen only after the cache was flushed; a
call in the wrong order or with a wrong address ends the emulator.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import Any, Callable, Optional, Union

import unicorn
from unicorn import arm_const

from sming_host.emulator.chips.chip import Chip
from sming_host.errors import UserError

ADDRESS = 0x10000000
SIZE = 2 << 20
_SECTOR = 4096
_PAGE = 256
_ERASE_SECTOR = 0x20

_ROM_SIZE = 16 << 10
_TABLE_POINTER, _LOOKUP_POINTER = 0x14, 0x18
_TABLE, _LOOKUP, _ROUTINES = 0x100, 0x200, 0x204
_RETURN = b"\x70\x47"
_ARGUMENTS = (
    arm_const.UC_ARM_REG_R0,
    arm_const.UC_ARM_REG_R1,
    arm_const.UC_ARM_REG_R2,
    arm_const.UC_ARM_REG_R3,
)


class Flash:
    """A flash chip of 2 MB, mapped for reading; its contents are kept in a file if one is named."""

    def __init__(self, chip: Chip, path: Optional[Path]) -> None:
        self._chip = chip
        self._contents: Union[bytearray, mmap.mmap] = _open(path) if path else bytearray(b"\xff" * SIZE)
        self._changed: set[int] = set()
        self._connected = False
        self._mapped = True
        chip.memory(SIZE, ADDRESS)
        chip.memory(_ROM_SIZE, 0)
        names: dict[str, Callable[[int, int, int, int], None]] = {
            "IF": self._connect,
            "EX": self._exit_xip,
            "RE": self._erase,
            "RP": self._program,
            "FC": self._flush_cache,
            "CX": self._enter_xip,
        }
        self._routines = {_ROUTINES + 4 * index: routine for index, routine in enumerate(names.values())}
        self._codes = {int.from_bytes(name.encode(), "little"): address for name, address in zip(names, self._routines)}
        chip.uc.mem_write(_TABLE_POINTER, struct.pack("<HH", _TABLE, 0))
        chip.uc.mem_write(_LOOKUP_POINTER, struct.pack("<HH", _LOOKUP | 1, 0))
        for address in (_LOOKUP, *self._routines):
            chip.uc.mem_write(address, _RETURN)
        chip.uc.hook_add(unicorn.UC_HOOK_CODE, self._call, begin=_LOOKUP, end=max(self._routines))

    def put(self, address: int, data: bytes) -> None:
        """Write as a programmer does: what is there is erased first."""
        offset = address - ADDRESS
        if offset < 0 or offset + len(data) > SIZE:
            raise UserError(f"the program has a segment at {address:#x}, outside of flash")
        self._contents[offset : offset + len(data)] = data

    def reset(self) -> None:
        """Map all of it."""
        self._map(True)
        self._chip.uc.mem_write(ADDRESS, bytes(self._contents))

    def _map(self, mapped: bool) -> None:
        if mapped != self._mapped:
            permissions = unicorn.UC_PROT_ALL if mapped else unicorn.UC_PROT_NONE
            self._chip.uc.mem_protect(ADDRESS, SIZE, permissions)
        self._mapped = mapped

    def _call(self, engine: Any, address: int, _: int, __: Any) -> None:
        a, b, c, d = (int(engine.reg_read(register)) for register in _ARGUMENTS)
        if address == _LOOKUP:
            # rom_table_lookup(table, code); 0 for a name that is not known
            found = self._codes.get(b, 0)
            _require(a == _TABLE, f"a table at {a:#x}")
            engine.reg_write(arm_const.UC_ARM_REG_R0, found | 1 if found else 0)
        elif address in self._routines:
            self._routines[address](a, b, c, d)

    def _connect(self, *_: int) -> None:
        self._connected = True
        self._map(False)

    def _exit_xip(self, *_: int) -> None:
        _require(self._connected, "exit_xip before connect_internal_flash")

    def _erase(self, offset: int, count: int, block_size: int, command: int) -> None:
        _require(not self._mapped, "erasing while flash is mapped")
        _require(offset % _SECTOR == 0 and count % _SECTOR == 0, f"erasing {count} bytes at {offset:#x}")
        _require(offset + count <= SIZE, f"erasing {count} bytes at {offset:#x}")
        _require((block_size, command & 0xFF) == (_SECTOR, _ERASE_SECTOR), "an unknown command that erases")
        self._contents[offset : offset + count] = b"\xff" * count
        self._changed.update(range(offset, offset + count, _PAGE))

    def _program(self, offset: int, source: int, count: int, _: int) -> None:
        _require(not self._mapped, "programming while flash is mapped")
        _require(offset % _PAGE == 0 and count % _PAGE == 0, f"programming {count} bytes at {offset:#x}")
        _require(offset + count <= SIZE, f"programming {count} bytes at {offset:#x}")
        _require(not ADDRESS <= source < ADDRESS + SIZE, "programming with data that are in flash")
        # Byte by byte, so that a power cut may fall between two: bits only go from 1 to 0
        for index, byte in enumerate(self._chip.uc.mem_read(source, count), offset):
            self._contents[index] &= byte
        self._changed.update(range(offset, offset + count, _PAGE))

    def _flush_cache(self, *_: int) -> None:
        pages, self._changed = self._changed, set()
        for offset in pages:
            self._chip.uc.mem_write(ADDRESS + offset, bytes(self._contents[offset : offset + _PAGE]))

    def _enter_xip(self, *_: int) -> None:
        self._connected = False
        self._map(True)


def _require(condition: bool, what: str) -> None:
    if not condition:
        raise UserError(f"the boot ROM was called in a way that a real one does not take: {what}")


def _open(path: Path) -> mmap.mmap:
    """Map a file with the contents of a flash chip, made if there is none: what is written stays when this dies."""
    with path.open("a+b") as file:
        size = file.seek(0, 2)
        if size > SIZE:
            raise UserError(f"{path} has {size} bytes, more than the flash chip", "Name another file for it.")
        file.write(b"\xff" * (SIZE - size))
        file.flush()
        return mmap.mmap(file.fileno(), SIZE)
