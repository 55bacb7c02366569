"""What a program has used of its memory, read out of the memory itself by the symbols of its ELF file."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Callable

# What components/hal/chip/run.c fills the stack with.
_UNUSED_STACK = struct.pack("<I", 0x5AFE57AC)

Read = Callable[[int, int], bytes]


def read_figures(symbols: Mapping[str, int], read: Read) -> dict[str, int]:
    """Return bytes: `stack_size`, `stack_peak`, `heap_size`, `heap_free`, `heap_least_free`; what can be known."""
    figures: dict[str, int] = {}
    start, end = symbols.get("_stack_start"), symbols.get("_stack_end")
    if start is not None and end is not None:
        stack = read(start, end - start)
        unused = 0
        while unused < len(stack) and stack[unused : unused + 4] == _UNUSED_STACK:
            unused += 4
        figures["stack_size"] = len(stack)
        figures["stack_peak"] = len(stack) - unused
    for name, symbol in (("heap_size", "total"), ("heap_free", "unused"), ("heap_least_free", "least_unused")):
        address = symbols.get(f"chip_heap_{symbol}")
        if address is not None:
            (figures[name],) = struct.unpack("<I", read(address, 4))
    return figures
