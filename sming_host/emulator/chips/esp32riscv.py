"""ESP32-C2 and C3. Addresses as in components/hal/esp32/registers.h, from the reference manuals."""

from __future__ import annotations

import secrets

import unicorn
from unicorn import riscv_const

from sming_host.build.soc import SOCS
from sming_host.emulator.chips.chip import Chip
from sming_host.emulator.chips.line import Line
from sming_host.emulator.image import Image

_PERIPHERALS = (0x60000000, 0x100000)
_UART0_FIFO = 0x60000000
_UART0_STATUS = 0x6000001C
_RX_FIFO = 127
_RTC_OPTIONS0 = 0x60008000
_SW_SYS_RST = 1 << 31
_SYSTIMER_UNIT0_OP = 0x60023004
_SYSTIMER_UNIT0_HIGH = 0x60023040
_SYSTIMER_UNIT0_LOW = 0x60023044
_SYSTIMER_VALID = 1 << 29
_TICKS_PER_US = 16
_RANDOM_DATA = 0x600260B0
# Up to the end of the memory; the chip's row of the table leaves out what its ROM needs.
_MEMORY_END = 0x3FCE0000


class Esp32RiscV(Chip):
    """One memory on two buses, UART 0, system timer, random number generator, restart."""

    def __init__(self, name: str, line: Line) -> None:
        super().__init__(unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV32), line)
        regions = {region.name: region for region in SOCS[name].memory}
        data = regions["dram"].start
        self.memory(_MEMORY_END - data, data, regions["iram"].start)
        self.peripherals(*_PERIPHERALS)
        self._ticks = 0
        self.register(_UART0_STATUS, read=lambda: line.sending() << 16 | min(line.available(), _RX_FIFO))
        self.register(_UART0_FIFO, read=line.take, write=line.put)
        self.register(_SYSTIMER_UNIT0_OP, read=lambda: _SYSTIMER_VALID, write=self._latch_time)
        self.register(_SYSTIMER_UNIT0_HIGH, read=lambda: self._ticks >> 32)
        self.register(_SYSTIMER_UNIT0_LOW, read=lambda: self._ticks & 0xFFFFFFFF)
        self.register(_RANDOM_DATA, read=lambda: secrets.randbits(32))
        self.register(_RTC_OPTIONS0, write=self._options)

    def _latch_time(self, _: int) -> None:
        self._ticks = self.microseconds() * _TICKS_PER_US

    def _options(self, value: int) -> None:
        if value & _SW_SYS_RST:
            self.line.reset()
            self.stop(restart=True)

    def instructions(self, code: bytes) -> int:
        """Count them: the two lowest bits tell those of 4 bytes from those of 2 (RISC-V unprivileged spec, 1.5)."""
        at = count = 0
        while at < len(code):
            at += 4 if code[at] & 3 == 3 else 2
            count += 1
        return count

    def where(self) -> str:
        pc, ra, sp = (
            self.uc.reg_read(register)
            for register in (riscv_const.UC_RISCV_REG_PC, riscv_const.UC_RISCV_REG_RA, riscv_const.UC_RISCV_REG_SP)
        )
        return f"pc {pc:08x} ra {ra:08x} sp {sp:08x}"

    def reset(self, image: Image) -> int:
        self.load(image)
        return image.entry
