"""Makes source lines of what a chip prints when it faults.

`chip_fault` (components/hal/chip/run.c) prints three lines: what it was, the registers that the core's start.S saves,
and words of the stack. Those that point into code are return addresses, or were: a list of where the program came from,
most recent first, in which a word that is left over from earlier calls may stand, too.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

from sming_host.build import archive
from sming_host.build.soc import SOCS
from sming_host.errors import UserError

_XTENSA_CAUSES = {
    0: "illegal instruction",
    2: "instruction fetch error",
    3: "load or store error (flash and IRAM take words only)",
    6: "division by zero",
    9: "unaligned load or store",
    20: "no code at that address",
    28: "no memory to load from",
    29: "no memory to store to",
}
_RISCV_CAUSES = {
    0: "unaligned jump",
    1: "no code at that address",
    2: "illegal instruction",
    3: "breakpoint",
    4: "unaligned load",
    5: "no memory to load from",
    6: "unaligned store",
    7: "no memory to store to",
}


@dataclass(frozen=True)
class Core:
    """The registers that a core's start.S hands to chip_fault, in their order."""

    names: tuple[str, ...]
    # Of them, the place of the fault, and the one that called.
    pc: str
    back: str
    # Bytes of a call: the line of the call and not the one behind it.
    call: int
    causes: dict[int, str]
    # Addresses of code are odd.
    thumb: bool = False


CORES = {
    "lx106": Core(("cause", "pc", "address", "a0", "a1"), "pc", "a0", 3, _XTENSA_CAUSES),
    "rv32imc": Core(("cause", "pc", "value", "ra", "sp", "a0", "s0"), "pc", "ra", 2, _RISCV_CAUSES),
    "cortex-m0plus": Core(("r0", "r1", "r2", "r3", "r12", "lr", "pc", "xpsr"), "pc", "lr", 4, {}, thumb=True),
}
"""By `Soc.cpu`."""

_WORD = re.compile(r"\b[0-9a-f]{8}\b")
_EXECUTABLE = 4
# What the build gives to compilers as its folder, see steps.tool_environment.
_HERE = "/proc/self/cwd/"


class TraceDecoder:
    """Takes the lines of a console and gives, behind those of a fault, what they mean."""

    def __init__(self, soc: str, program: Path, look_up: Optional[Callable[[Sequence[int]], list[str]]] = None) -> None:
        """`program` is the ELF file that runs; `look_up` gives a text for each address, empty where there is none."""
        self._core = CORES[SOCS[soc].cpu]
        self._look_up = look_up or Lines(soc, program)
        self._code = code_ranges(program)
        self._registers: dict[str, int] = {}

    def line(self, text: str) -> list[str]:
        """Take one line of the console; return lines to be shown after it."""
        kind, _, rest = text.strip().partition(": ")
        words = [int(word, 16) for word in _WORD.findall(rest)]
        if kind == "registers":
            self._registers = dict(zip(self._core.names, words))
        elif kind == "stack" and self._registers:
            lines = self._decode(words)
            self._registers = {}
            return lines
        return []

    def _decode(self, stack: Sequence[int]) -> list[str]:
        core, registers = self._core, self._registers
        lines = []
        if registers.get("cause") in core.causes:
            lines.append(f"  {core.causes[registers['cause']]}")
        places = [(core.pc, registers.get(core.pc, 0), 0), (core.back, registers.get(core.back, 0), core.call)]
        places += [("stack", word, core.call) for word in stack]
        if core.thumb:
            places = [(name, word & ~1, off) for name, word, off in places]
        places = [place for place in places if self._is_code(place[1])]
        found = self._look_up([word - off for _, word, off in places])
        seen = set()
        for (name, word, _), where in zip(places, found):
            # The register of the caller is on the stack, too
            if where and (name == core.pc or word not in seen):
                lines.append(f"  {name:<6}{word:08x}  {where}")
                seen.add(word)
        return lines or ["  no source line is known for this trace"]

    def _is_code(self, word: int) -> bool:
        return any(start <= word < end for start, end in self._code)


class Lines:
    """Source lines of addresses, by the addr2line of the chip's toolchain."""

    def __init__(self, soc: str, program: Path) -> None:
        self._soc, self._program = SOCS[soc], program

    def __call__(self, addresses: Sequence[int]) -> list[str]:
        """Return `function at file:line` for each address; of inlined functions the innermost."""
        if not addresses:
            return []
        command = [str(self._tool()), "-a", "-f", "-C", "-e", str(self._program)]
        done = subprocess.run(
            [*command, *(f"{address:#x}" for address in addresses)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise UserError(f"{command[0]} failed: {done.stderr.strip()}", "Build the application again.")
        return list(_places(done.stdout.splitlines()))

    def _tool(self) -> Path:
        name = self._soc.prefix + "addr2line"
        path = shutil.which(name)
        if path:
            return Path(path)
        tool = archive.tool_package(self._soc.compiler)
        # Not among the programs that the build calls, but in the package
        folders = [tool.path, *([] if tool.root is None else [tool.root / "usr/bin", tool.root / "bin"])]
        found = [folder / name for folder in folders if (folder / name).is_file()]
        if not found:
            raise UserError(f"no {name}", "It belongs to the binutils of the chip's compiler: put it on PATH.")
        return found[0]


def _places(lines: Sequence[str]) -> Iterable[str]:
    """Make texts of addr2line's output: an address, a function and a place for each question."""
    for function, place in zip(lines[1::3], lines[2::3]):
        place = place.partition(" (discriminator")[0]
        known = not place.startswith("??") and not place.endswith((":?", ":0"))
        yield f"{function} at {place.replace(_HERE, '')}" if known else ""


def code_ranges(program: Path) -> list[tuple[int, int]]:
    """Return where a program's code is, from the section table of its ELF file."""
    data = program.read_bytes()
    try:
        (table,) = struct.unpack_from("<I", data, 32)
        size, count = struct.unpack_from("<HH", data, 46)
        rows = [struct.unpack_from("<6I", data, table + index * size) for index in range(count)]
    except struct.error as error:
        raise UserError(f"{program} is not a whole ELF file ({error})", "Build it again.") from error
    return [(address, address + length) for _, _, flags, address, _, length in rows if flags & _EXECUTABLE and length]
