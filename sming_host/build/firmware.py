"""What a build has made: programs, their sizes, and the lines that tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sming_host.build.component import Component
from sming_host.build.elf import Sizes, read_sizes
from sming_host.build.linkmap import read_shares
from sming_host.build.regions import print_regions, read_memory_use, regions_as_data
from sming_host.build.variant import Variant


@dataclass(frozen=True)
class Program:
    """An application, or the shared library of the Python binding."""

    name: str
    variant: Variant
    # Relative to the top folder.
    path: Path
    node: Any
    components: Sequence[Component]


def print_summary(programs: Sequence[Program], top: Path, ran: int) -> None:
    """Print what was built, where it is, and what it takes."""
    if not programs:
        return
    if not ran:
        print("Nothing to do; up to date:")
    width = max(len(str(program.path)) for program in programs)
    print(f"{'':{width}}  {'text':>9}{'data':>9}{'bss':>9}")
    for program in programs:
        sizes = whole_sizes(program, top)
        print(f"{program.path!s:{width}}  {sizes.text:9}{sizes.data:9}{sizes.bss:9}")


def whole_sizes(program: Program, top: Path) -> Sizes:
    """Return the sizes of a program.

    On a chip from the map: its linker script puts constants beside pointers to constructors, into a section that the
    ELF file then calls writable, and leaves room in memory for what is no variable.
    """
    if program.variant.soc.is_host:
        return read_sizes(top / program.path)
    shares = read_shares(top / f"{program.path}.map").values()
    return Sizes(
        sum(share.text for share in shares), sum(share.data for share in shares), sum(share.bss for share in shares)
    )


def sizes_as_data(programs: Sequence[Program], top: Path) -> list[dict[str, object]]:
    """Return what print_sizes() prints, for other programs."""
    rows: list[dict[str, object]] = []
    for program in programs:
        path = top / f"{program.path}.map"
        if program.variant.soc.is_host:
            shares = {name: asdict(sizes) for name, sizes in read_shares(path).items()}
            rows.append({"program": str(program.path), "components": shares})
        else:
            rows.append(regions_as_data(str(program.path), read_memory_use(path)))
    return rows


def print_sizes(programs: Sequence[Program], top: Path) -> None:
    """Print what every component takes in every program, the largest first; on a chip in each of its memories."""
    for program in programs:
        if not program.variant.soc.is_host:
            print_regions(str(program.path), read_memory_use(top / f"{program.path}.map"))
            continue
        print(f"{program.path}")
        print(f"  {'':16}{'text':>9}{'data':>9}{'bss':>9}")
        shares = read_shares(top / f"{program.path}.map")
        for name, sizes in sorted(shares.items(), key=lambda share: -share[1].total):
            print(f"  {name:16}{sizes.text:9}{sizes.data:9}{sizes.bss:9}")
        whole = read_sizes(top / program.path)
        print(f"  {'all':16}{whole.text:9}{whole.data:9}{whole.bss:9}")
