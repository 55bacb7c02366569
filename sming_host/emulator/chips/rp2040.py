"""RP2040. Addresses as in components/hal/rp2040/registers.h, from the datasheet."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Optional

import unicorn
from unicorn import arm_const

from sming_host.board.uf2 import BOOT2_SIZE as _BOOT2_SIZE
from sming_host.board.uf2 import boot2_checksum
from sming_host.emulator.chips.chip import PAGE, Chip
from sming_host.emulator.chips.line import Line
from sming_host.emulator.chips.rp2040_flash import ADDRESS as _FLASH
from sming_host.emulator.chips.rp2040_flash import Flash
from sming_host.emulator.image import Image
from sming_host.errors import UserError

_RAM = (0x20000000, 264 << 10)
_PERIPHERALS = (0x40000000, 0x80000)
_SSI = (0x18000000, PAGE)
_SYSTEM_CONTROL = (0xE000E000, PAGE)

_RESETS_DONE = 0x4000C008
_RESETS_RESET = 0x4000C000
_XOSC_STATUS, _STABLE = 0x40024004, 1 << 31
_PLL_SYS_CS, _LOCK = 0x40028000, 1 << 31
_CLK_REF_CTRL, _CLK_REF_SELECTED = 0x40008030, 0x40008038
_CLK_SYS_CTRL, _CLK_SYS_SELECTED = 0x4000803C, 0x40008044
_TIMER_RAWH, _TIMER_RAWL = 0x40054024, 0x40054028
_UART0_DR, _UART0_FR, _BUSY, _RX_EMPTY = 0x40034000, 0x40034018, 1 << 3, 1 << 4
_RANDOMBIT = 0x4006001C
_WATCHDOG_CTRL, _TRIGGER = 0x40058000, 1 << 31

# Where the ROM puts it: the last 256 bytes of RAM.
_BOOT2_PLACE = 0x20041F00


class Rp2040(Chip):
    """Flash, RAM, UART 0, timer, watchdog's restart, and clocks that are ready at once."""

    def __init__(self, line: Line, flash: Optional[Path] = None) -> None:
        """`flash` is a file with what the flash chip holds; it is kept up to date."""
        engine = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
        engine.ctl_set_cpu_model(arm_const.UC_CPU_ARM_CORTEX_M0)
        super().__init__(engine, line)
        self._flash = Flash(self, flash)
        self._programmed = False
        self.memory(_RAM[1], _RAM[0])
        self.memory(_SYSTEM_CONTROL[1], _SYSTEM_CONTROL[0])
        self.peripherals(*_PERIPHERALS)
        self.peripherals(*_SSI)
        self.register(_RESETS_DONE, read=lambda: ~self.value(_RESETS_RESET) & 0xFFFFFFFF)
        self.register(_XOSC_STATUS, read=lambda: _STABLE)
        self.register(_PLL_SYS_CS, read=lambda: _LOCK)
        self.register(_CLK_REF_SELECTED, read=lambda: 1 << (self.value(_CLK_REF_CTRL) & 3))
        self.register(_CLK_SYS_SELECTED, read=lambda: 1 << (self.value(_CLK_SYS_CTRL) & 1))
        self.register(_TIMER_RAWH, read=lambda: self.microseconds() >> 32)
        self.register(_TIMER_RAWL, read=lambda: self.microseconds() & 0xFFFFFFFF)
        self.register(_UART0_FR, read=self._uart_flags)
        self.register(_UART0_DR, read=line.take, write=line.put)
        self.register(_RANDOMBIT, read=lambda: secrets.randbits(1))
        self.register(_WATCHDOG_CTRL, write=self._watchdog)

    def _uart_flags(self) -> int:
        busy = _BUSY if self.line.sending() else 0
        return busy if self.line.available() else busy | _RX_EMPTY

    def _watchdog(self, value: int) -> None:
        if value & _TRIGGER:
            self.line.reset()
            self.stop(restart=True)

    def instructions(self, code: bytes) -> int:
        """Count them: the five highest bits of a half-word tell those of 4 bytes (ARMv6-M manual, A5.1)."""
        at = count = 0
        while at < len(code):
            at += 4 if code[at + 1] >> 3 in (0b11101, 0b11110, 0b11111) else 2
            count += 1
        return count

    def where(self) -> str:
        pc, lr, sp = (
            self.uc.reg_read(register)
            for register in (arm_const.UC_ARM_REG_PC, arm_const.UC_ARM_REG_LR, arm_const.UC_ARM_REG_SP)
        )
        return f"pc {pc:08x} lr {lr:08x} sp {sp:08x}"

    def reset(self, image: Image) -> int:
        """What the boot ROM does: the second stage is checked, copied and called. Before the first time flash gets
        the image; what else is in it, settings, stays.
        """
        if not self._programmed:
            for segment in image.segments:
                self._flash.put(segment.address, segment.data)
            self._programmed = True
        self._flash.reset()
        boot2 = bytes(self.uc.mem_read(_FLASH, _BOOT2_SIZE))
        right = boot2_checksum(boot2[:-4])
        if right != int.from_bytes(boot2[-4:], "little"):
            raise UserError(
                f"the checksum of the second boot stage is wrong: {right:#010x} is right",
                "The boot ROM would take the flash for empty.",
            )
        self.uc.mem_write(_BOOT2_PLACE, boot2)
        self.uc.reg_write(arm_const.UC_ARM_REG_SP, _BOOT2_PLACE)
        return _BOOT2_PLACE | 1
