"""What every chip in unicorn has: memory, peripherals by address, a way to start and to stop."""

from __future__ import annotations

import ctypes
import time
from abc import ABC, abstractmethod
from typing import Any, Callable, Optional

import unicorn

from sming_host.emulator.chips.line import Line
from sming_host.emulator.image import Image

PAGE = 4096

Read = Callable[[], int]
Write = Callable[[int], None]


class Chip(ABC):
    """A core with its memory. A register that nobody knows keeps what is written to it."""

    def __init__(self, engine: Any, line: Line) -> None:
        self.uc = engine
        self.line = line
        line.on_lost = self.stop
        self.restart_wanted = False
        self._start_ns = time.monotonic_ns()
        self._registers: dict[int, int] = {}
        self._reads: dict[int, Read] = {}
        self._writes: dict[int, Write] = {}
        self._buffers: list[Any] = []
        self._executed: Optional[int] = None
        self._blocks: dict[tuple[int, int], int] = {}

    def count_instructions(self) -> None:
        """Let the program's microseconds be thousands of its instructions, while it does not wait for its receiver."""
        self._executed = 0

        def block(_: Any, address: int, size: int, __: Any) -> None:
            count = self._blocks.get((address, size))
            if count is None:
                count = self.instructions(bytes(self.uc.mem_read(address, size)))
                self._blocks[address, size] = count
            if self._executed is not None:
                self._executed += count

        self.uc.hook_add(unicorn.UC_HOOK_BLOCK, block)
        self.line.executed = lambda: self._executed or 0

    @abstractmethod
    def instructions(self, code: bytes) -> int:
        """Return the number of instructions in a piece of code."""

    def memory(self, size: int, *addresses: int) -> None:
        """Map one memory at one or several addresses."""
        size = (size + PAGE - 1) // PAGE * PAGE
        buffer = (ctypes.c_char * (size + PAGE))()
        self._buffers.append(buffer)
        start = (ctypes.addressof(buffer) + PAGE - 1) // PAGE * PAGE
        for address in addresses:
            self.uc.mem_map_ptr(address, size, unicorn.UC_PROT_ALL, ctypes.c_void_p(start))

    def peripherals(self, address: int, size: int) -> None:
        """Map registers."""

        def read(_: Any, offset: int, size: int, __: Any) -> int:
            at = address + offset
            known = self._reads.get(at)
            return known() if known else self._registers.get(at, 0)

        def write(_: Any, offset: int, size: int, value: int, __: Any) -> None:
            at = address + offset
            known = self._writes.get(at)
            if known:
                known(value)
            else:
                self._registers[at] = value

        self.uc.mmio_map(address, size, read, None, write, None)

    def register(self, address: int, read: Optional[Read] = None, write: Optional[Write] = None) -> None:
        """Say what happens when a register is read or written."""
        if read:
            self._reads[address] = read
        if write:
            self._writes[address] = write

    def value(self, address: int) -> int:
        """Return what was last written to a register that keeps it."""
        return self._registers.get(address, 0)

    def microseconds(self) -> int:
        """Return the time since the start."""
        if self._executed is not None:
            return self._executed // 1000 + self.line.waited_ns // 1000
        return (time.monotonic_ns() - self._start_ns) // 1000

    def stop(self, restart: bool = False) -> None:
        """End `run()`; with `restart` the caller is to reset the chip and go on."""
        self.restart_wanted = restart
        self.uc.emu_stop()

    def load(self, image: Image) -> None:
        """Put a program into memory."""
        for segment in image.segments:
            self.uc.mem_write(segment.address, segment.data)

    @abstractmethod
    def where(self) -> str:
        """Return the registers that tell where the program is."""

    @abstractmethod
    def reset(self, image: Image) -> int:
        """Load a program as the chip's ROM does and return the address where it begins."""

    def run(self, image: Image) -> None:
        """Run until stop() is called or the other end of the serial line is gone."""
        while True:
            self.restart_wanted = False
            start = self.reset(image)
            self.uc.emu_start(start, 0xFFFFFFFE)
            self.line.flush()
            if not self.restart_wanted or self.line.gone:
                return
