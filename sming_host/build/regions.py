"""How much of each of a chip's memories a program takes, read from the linker's map."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sming_host.build.linkmap import PIECE, joined_lines, owner_of

_REGION = re.compile(r"^(\w+) +0x([0-9a-f]+) +0x([0-9a-f]+)", re.MULTILINE)

_CODE_ROOM = re.compile(r"^\.code_room +0x[0-9a-f]+ +0x0*[1-9a-f]", re.MULTILINE)


@dataclass(frozen=True)
class Piece:
    """A part of an object file in memory."""

    region: str
    size: int
    source: str

    @property
    def owner(self) -> str:
        """Component, application or system."""
        return owner_of(self.source)


@dataclass(frozen=True)
class MemoryUse:
    """The regions of a chip, in bytes, and what lies in them."""

    limits: Mapping[str, int]
    pieces: Sequence[Piece]
    # All regions are one memory: the linker script leaves room for the code among the data.
    one_memory: bool = False

    def used(self, region: str) -> int:
        """Return the bytes that are taken in a region."""
        return sum(piece.size for piece in self.pieces if piece.region == region)

    def shares(self) -> dict[str, dict[str, int]]:
        """Return the bytes of each component in each region, the largest component first."""
        table: dict[str, dict[str, int]] = {}
        for piece in self.pieces:
            row = table.setdefault(piece.owner, dict.fromkeys(self.limits, 0))
            row[piece.region] += piece.size
        return dict(sorted(table.items(), key=lambda item: -sum(item[1].values())))

    def biggest(self, region: str, count: int) -> list[tuple[str, int]]:
        """Return the objects that take most of a region, or of the memory that it is a view of."""
        sizes: dict[str, int] = {}
        for piece in self.pieces:
            if piece.region == region or self.one_memory:
                sizes[piece.source] = sizes.get(piece.source, 0) + piece.size
        return sorted(sizes.items(), key=lambda item: -item[1])[:count]


def read_memory_use(path: Path) -> MemoryUse:
    """Read the map of a program for a chip."""
    head, _, placed = path.read_text("utf-8", errors="replace").partition("Linker script and memory map")
    configuration = head.partition("Memory Configuration")[2]
    regions = [(name, int(start, 16), int(size, 16)) for name, start, size in _REGION.findall(configuration)]
    regions.sort(key=lambda region: region[1])
    pieces = []
    for section, address, size, source in PIECE.findall(joined_lines(placed)):
        where, length = int(address, 16), int(size, 16)
        if not length or section.startswith((".debug", "*fill*")):
            continue
        # By its start alone: what overflows a region still belongs to it.
        inside = [name for name, start, _ in regions if start <= where]
        if inside and where:
            pieces.append(Piece(inside[-1], length, source))
    return MemoryUse({name: size for name, _, size in regions}, pieces, bool(_CODE_ROOM.search(placed)))


def overflow_report(path: Path, message: str, count: int = 8) -> str:
    """Return the biggest objects of each region that the linker says has overflowed; nothing if none has."""
    overflowed = re.findall(r"region `(\w+)' overflowed by (\d+) bytes", message)
    if not overflowed or not path.is_file():
        return ""
    use = read_memory_use(path)
    lines = []
    for region, excess in dict(overflowed).items():
        lines.append(f"{region} has {use.limits.get(region, 0)} bytes, {excess} too few. The biggest objects:")
        lines += [f"{size:9} {_short(source)}" for source, size in use.biggest(region, count)]
    return "\n".join(lines) + "\n"


def _short(source: str) -> str:
    """Return `libnetwork.a(Url.cpp.o)` of a long path."""
    return source.rsplit("/", 1)[-1]


def print_regions(name: str, use: MemoryUse) -> None:
    """Print the table of one program."""
    regions = [region for region in use.limits if region != "*default*"]
    print(name)
    print(f"  {'':16}" + "".join(f"{region:>9}" for region in regions))
    for owner, row in use.shares().items():
        print(f"  {owner:16}" + "".join(f"{row[region]:9}" for region in regions))
    used = {region: use.used(region) for region in regions}
    print(f"  {'all':16}" + "".join(f"{used[region]:9}" for region in regions))
    print(f"  {'limit':16}" + "".join(f"{use.limits[region]:9}" for region in regions))
    if use.one_memory:
        print(f"  {'left':16}{use.limits[regions[0]] - sum(used.values()):9}  (one memory on two buses)")
    else:
        print(f"  {'left':16}" + "".join(f"{use.limits[region] - used[region]:9}" for region in regions))


def regions_as_data(name: str, use: MemoryUse) -> dict[str, object]:
    """Return the same for programs."""
    return {
        "program": name,
        "limits": dict(use.limits),
        "used": {region: use.used(region) for region in use.limits},
        "components": use.shares(),
    }
