"""How much of a program each component is, read from the linker's map."""

from __future__ import annotations

import re
from pathlib import Path

from sming_host.build.elf import Sizes

# ` .text.name  0x0000000000001139  0xc out/lib/host-debug/plain/libplain.a(plain.c.o)`; a long name has its own line.
PIECE = re.compile(r"^ (\S+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$", re.MULTILINE)
_LONG_NAME = re.compile(r"^( \S+)\n\s+(?=0x)", re.MULTILINE)
_LIBRARY = re.compile(r"^out/lib/[^/]+/.*lib([^/]+)\.a\(")

_BSS = (".bss", "COMMON", ".tbss", ".dynbss")
_DATA = (".data", ".tdata", ".init_array", ".fini_array", ".ctors", ".dtors", ".got", ".dynamic")
_NOT_IN_MEMORY = (".debug", ".comment", ".symtab", ".strtab", ".shstrtab")

APPLICATION = "(application)"
# The C library, the compiler's helpers, the linker's own tables.
SYSTEM = "(system)"


def read_shares(path: Path) -> dict[str, Sizes]:
    """Return the sizes of each component, of the application and of the rest, from a map file of GNU ld."""
    text = path.read_text("utf-8", errors="replace")
    # Before this line stand the sections that were thrown away.
    _, _, placed = text.partition("Linker script and memory map")
    shares: dict[str, Sizes] = {}
    for section, address, size, source in PIECE.findall(joined_lines(placed)):
        if int(address, 16) and int(size, 16) and not section.startswith(_NOT_IN_MEMORY):
            owner = owner_of(source)
            shares[owner] = _add(shares.get(owner, Sizes(0, 0, 0)), section, int(size, 16))
    return shares


def joined_lines(text: str) -> str:
    """Return a map's text with a long section name on one line with what belongs to it."""
    return _LONG_NAME.sub(r"\1 ", text)


def owner_of(source: str) -> str:
    """Return the component that an object file belongs to, or APPLICATION, or SYSTEM."""
    library = _LIBRARY.match(source)
    if library:
        return library.group(1)
    return APPLICATION if source.startswith("out/") else SYSTEM


def _add(sizes: Sizes, section: str, size: int) -> Sizes:
    if section.startswith(_BSS):
        return Sizes(sizes.text, sizes.data, sizes.bss + size)
    if section.startswith(_DATA):
        return Sizes(sizes.text, sizes.data + size, sizes.bss)
    return Sizes(sizes.text + size, sizes.data, sizes.bss)
