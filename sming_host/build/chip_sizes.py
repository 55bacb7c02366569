"""What one program takes of a chip's memory and leaves of it, or by how much it does not fit."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from sming_host.build.regions import read_memory_use
from sming_host.build.soc import Soc
from sming_host.emulator.image import read_image

# Of GNU ld: which program it is about, then each region that is too small.
_PROGRAM = re.compile(r"(out/\S+/firmware\.elf) section `")
_OVERFLOW = re.compile(r"region `(\w+)' overflowed by (\d+) bytes")
_FAILED = re.compile(r"^scons: \*\*\* \[([^\]]+)\]", re.MULTILINE)
# What servers say once they listen, or cannot.
_LISTENING = re.compile(r"^(Open https?:|Listening|Not listening.*)", re.MULTILINE)
# A function that only servers have.
_SERVER = "_ZN9TcpServer6listen"
_BOOT_S = 60
_SETTLE_S = 1.0
_BIGGEST = 3


@dataclass(frozen=True)
class Sizes:
    """A program on a chip. Bytes; None where there is nothing to be said."""

    soc: str
    adapter: str
    application: str
    flash: Optional[int] = None
    """To be written to flash: code, constants, first values of variables."""
    ram: Optional[int] = None
    """Taken before the program starts, its stack apart: variables, and code and constants if they lie in RAM."""
    heap: Optional[int] = None
    """Left when the network is up and a server listens; None for programs that serve nothing."""
    too_few: Mapping[str, int] = field(default_factory=dict)
    """By region of memory, how much is missing; empty when it fits."""
    biggest: Mapping[str, int] = field(default_factory=dict)
    """The objects that take most of a region that is too small."""
    remark: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a build of several programs has said of those that were not made."""

    # Program -> region -> bytes.
    overflows: Mapping[str, Mapping[str, int]]
    # Other targets that have failed.
    failed: tuple[str, ...]


def read_outcome(output: str) -> Outcome:
    """Tell programs that do not fit from other failures, in the output of a build."""
    overflows: dict[str, dict[str, int]] = {}
    program = ""
    for line in output.splitlines():
        named = _PROGRAM.search(line)
        if named:
            program = named[1]
        found = _OVERFLOW.search(line)
        if found and program:
            overflows.setdefault(program, {})[found[1]] = int(found[2])
    failed = tuple(target for target in _FAILED.findall(output) if target not in overflows)
    return Outcome(overflows, failed)


def sizes_of(soc: Soc, adapter: str, program: Path, overflow: Mapping[str, int]) -> Sizes:
    """Return the figures of a program that was linked, or what kept it from being linked."""
    name = program.parent.name
    if overflow:
        use = read_memory_use(program.with_name(program.name + ".map"))
        rows = [row for region in overflow for row in use.biggest(region, _BIGGEST)]
        biggest = {source.rsplit("/", 1)[-1]: size for source, size in rows}
        return Sizes(soc.name, adapter, name, too_few=dict(overflow), biggest=biggest, remark=_why(soc))
    image = read_image(program)
    regions = {region.name: region for region in soc.memory}
    data = regions.get("dram") or regions["ram"]
    ram = image.symbols["_heap_start"] - data.start
    if "iram" in regions and not soc.one_memory:
        ram += read_memory_use(program.with_name(program.name + ".map")).used("iram")
    flash = sum(len(segment.data) for segment in image.segments)
    heap, remark = _heap_left(soc, program) if _is_server(image.symbols) else (None, "")
    return Sizes(soc.name, adapter, name, flash=flash, ram=ram, heap=heap, remark=remark)


def _why(soc: Soc) -> str:
    """Say what of a chip makes it too small."""
    if any(region.name in ("irom", "flash") for region in soc.memory):
        return ""
    return "code and constants lie in RAM, too"


def _is_server(symbols: Mapping[str, int]) -> bool:
    return any(symbol.startswith(_SERVER) for symbol in symbols)


def _heap_left(soc: Soc, program: Path) -> tuple[Optional[int], str]:
    """Boot a server in the emulator; when it listens its heap is read out of its memory."""
    from sming_host.emulator.chip_device import ChipDevice
    from sming_host.emulator.device import ExpectError

    with tempfile.TemporaryDirectory() as folder, ChipDevice(soc.name, program, Path(folder)) as chip:
        try:
            said = chip.expect(_LISTENING, _BOOT_S)[1]
        except ExpectError:
            return None, "does not say that it listens"
        time.sleep(_SETTLE_S)
        chip.stop()
        if said.startswith("Not listening"):
            return None, said
        return (chip.figures.heap_free if chip.figures else None), ""
