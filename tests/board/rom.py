"""A simulated ESP behind a pseudo-terminal: its ROM's serial loader, and what esptool's stub does once it is uploaded.

Commands, answers and registers as in Espressif's "Serial Protocol" (docs.espressif.com/projects/esptool). The flash
begins with noise, so that what was not written shows. The line can lose bytes, and the cable can be pulled.
"""

from __future__ import annotations

import hashlib
import os
import random
import select
import struct
import threading
import tty
import zlib
from dataclasses import dataclass, field
from types import TracebackType
from typing import Callable, Optional

_END, _ESC = b"\xc0", b"\xdb"
_SECTOR = 4096
_SIZE = 1 << 20
# GigaDevice, 1 MB
_FLASH_ID = 0x1440C8
_READ_ID = 0x9F
_USER_COMMAND = 1 << 18
_MAGIC_REGISTER = 0x40001000
_BAD_LENGTH, _BAD_CHECKSUM, _UNKNOWN = 0xC0, 0xC1, 0x05


@dataclass(frozen=True)
class Chip:
    """What tells chips apart for esptool."""

    # At _MAGIC_REGISTER; None: the chip tells its id with its security information.
    magic: Optional[int]
    # In the security information; None: there is none in it.
    chip_id: Optional[int] = None
    # Of the SPI controller: base, USR2, W0
    spi: tuple[int, int, int] = (0x60002000, 0x20, 0x58)
    uart_divider: int = 0x60000014
    clock: int = 40_000_000
    status_bytes: int = 4
    registers: dict[int, int] = field(default_factory=dict)


CHIPS = {
    "esp8266": Chip(0xFFF0C101, spi=(0x60000200, 0x24, 0x40), clock=52_000_000, status_bytes=2),
    "esp32": Chip(0x00F01D83, spi=(0x3FF42000, 0x24, 0x80), uart_divider=0x3FF40014),
    "esp32s2": Chip(0x7C6, spi=(0x3F402000, 0x20, 0x58), uart_divider=0x3F400014),
    "esp32s3": Chip(None, 9),
    # Its fuses say revision 1: there is no stub for the one before.
    "esp32c2": Chip(None, 12, registers={0x60008844: 1 << 20}),
    "esp32c3": Chip(None, 5),
}


class Rom:
    """A chip in download mode; use it as a context manager. `port` is the name of its pseudo-terminal."""

    def __init__(
        self, soc: str, *, lose: Callable[[int], bool] = lambda block: False, cut_after: int = -1, worn: int = -1
    ) -> None:
        """`lose(n)` tells whether a byte of the n-th block that goes to or from flash gets lost. After `cut_after`
        blocks the cable is pulled. Bit 0 of the byte at `worn` is stuck at 0.
        """
        self.chip = CHIPS[soc]
        self.flash = bytearray(random.Random(soc).randbytes(_SIZE))
        self.stub_runs = False
        self.blocks = 0
        self.speeds: list[int] = []
        self.errors: list[str] = []
        self._lose, self._cut_after, self._worn = lose, cut_after, worn
        self._registers = {self.chip.uart_divider: self.chip.clock // 115200, **self.chip.registers}
        if self.chip.magic is not None:
            self._registers[_MAGIC_REGISTER] = self.chip.magic
        self._memory: dict[int, bytes] = {}
        self._at = self._left = self._ram_at = 0
        self._inflate = zlib.decompressobj()
        self._unread: list[bytes] = []
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._stop_read, self._stop_write = os.pipe()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Rom:
        self._thread.start()
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        os.write(self._stop_write, b"!")
        self._thread.join(10)
        for descriptor in (self._master, self._slave, self._stop_read, self._stop_write):
            if descriptor >= 0:
                os.close(descriptor)

    def _run(self) -> None:
        pending = b""
        while True:
            ready = select.select([self._master, self._stop_read], [], [])[0]
            if self._stop_read in ready:
                return
            try:
                pending += os.read(self._master, 1 << 16)
            except OSError:
                return
            while (start := pending.find(_END)) >= 0 and (end := pending.find(_END, start + 1)) >= 0:
                frame, pending = pending[start + 1 : end], pending[end + 1 :]
                if frame and not self._take(frame.replace(b"\xdb\xdc", _END).replace(b"\xdb\xdd", _ESC)):
                    # The cable. The other end stays open, or the next terminal of this machine gets the name, and
                    # esptool, which looks for the board again, would write to that one
                    os.close(self._master)
                    self._master = -1
                    return

    def _send(self, frame: bytes) -> None:
        data = _END + frame.replace(_ESC, b"\xdb\xdd").replace(_END, b"\xdb\xdc") + _END
        while data:
            data = data[os.write(self._master, data) :]

    def _answer(self, command: int, value: int = 0, data: bytes = b"", error: int = 0) -> None:
        size = 2 if self.stub_runs else self.chip.status_bytes
        body = data + bytes([error if self.stub_runs else int(error != 0), 0 if self.stub_runs else error])
        body += bytes(size - 2)
        self._send(struct.pack("<BBHI", 1, command, len(body), value) + body)

    def _take(self, frame: bytes) -> bool:
        """Handle one frame; False when the cable is pulled."""
        if len(frame) == 4:
            # esptool acknowledges each piece that it reads
            if self._unread:
                self._send_next()
            return True
        if len(frame) < 8 or frame[0] != 0:
            return True
        _, command, size, checksum = struct.unpack_from("<BBHI", frame)
        data = frame[8:]
        if command in (0x03, 0x11):
            if self.blocks == self._cut_after:
                return False
            if self._lose(self.blocks):
                data = data[:100] + data[101:]
            self.blocks += 1
        if command in (0x03, 0x07, 0x11):
            body = data[16:]
            right = 0xEF
            for byte in body:
                right ^= byte
            if len(data) != size or struct.unpack_from("<I", data)[0] != len(body):
                self._answer(command, error=_BAD_LENGTH)
                return True
            if right != checksum:
                self._answer(command, error=_BAD_CHECKSUM)
                return True
            data = body
        handler = self._handlers().get(command)
        if handler is None:
            self._answer(command, error=_UNKNOWN)
        else:
            handler(command, data)
        return True

    def _handlers(self) -> dict[int, Callable[[int, bytes], None]]:
        rom: dict[int, Callable[[int, bytes], None]] = {
            0x02: self._begin,
            0x03: self._data,
            0x04: self._plain,
            0x05: self._memory_begin,
            0x06: self._memory_end,
            0x07: self._memory_data,
            0x08: self._sync,
            0x09: self._write_register,
            0x0A: self._read_register,
            0x0B: self._plain,
            0x0D: self._plain,
        }
        if self.chip.magic is None or self.chip is CHIPS["esp32s2"]:
            rom[0x14] = self._security
        if self.stub_runs:
            rom.pop(0x14, None)
            rom.update({0x0F: self._speed, 0x10: self._begin, 0x11: self._compressed, 0x12: self._plain})
            rom.update({0x13: self._md5, 0xD0: self._erase_all, 0xD1: self._erase, 0xD2: self._read})
        return rom

    def _plain(self, command: int, data: bytes) -> None:
        self._answer(command)

    def _sync(self, command: int, data: bytes) -> None:
        for _ in range(8):
            self._answer(command, 0 if self.stub_runs else 0x20120707)

    def _security(self, command: int, data: bytes) -> None:
        info = struct.pack("<I8x", 0)
        self._answer(
            command, data=info + (b"" if self.chip.chip_id is None else struct.pack("<II", self.chip.chip_id, 0))
        )

    def _read_register(self, command: int, data: bytes) -> None:
        self._answer(command, self._registers.get(struct.unpack("<I", data)[0], 0))

    def _write_register(self, command: int, data: bytes) -> None:
        address, value = struct.unpack_from("<II", data)
        base, usr2, w0 = self.chip.spi
        self._registers[address] = value
        if address == base and value & _USER_COMMAND:
            asked = self._registers.get(base + usr2, 0) & 0xFF
            self._registers[base + w0] = _FLASH_ID if asked == _READ_ID else 0
            self._registers[base] = 0
        self._answer(command)

    def _memory_begin(self, command: int, data: bytes) -> None:
        self._ram_at = struct.unpack("<IIII", data)[3]
        self._answer(command)

    def _memory_data(self, command: int, data: bytes) -> None:
        self._memory[self._ram_at] = data
        self._ram_at += len(data)
        self._answer(command)

    def _memory_end(self, command: int, data: bytes) -> None:
        stay, entry = struct.unpack("<II", data)
        self._answer(command)
        if not stay and any(start <= entry < start + len(code) for start, code in self._memory.items()):
            self.stub_runs = True
            self._send(b"OHAI")

    def _speed(self, command: int, data: bytes) -> None:
        self.speeds.append(struct.unpack_from("<I", data)[0])
        self._answer(command)

    def _begin(self, command: int, data: bytes) -> None:
        self._left, _, _, self._at = struct.unpack_from("<IIII", data)
        self._inflate = zlib.decompressobj()
        self._answer(command)

    def _data(self, command: int, data: bytes) -> None:
        self._write(data)
        self._answer(command)

    def _compressed(self, command: int, data: bytes) -> None:
        self._write(self._inflate.decompress(data))
        self._answer(command)

    def _write(self, data: bytes) -> None:
        """Write as the stub does: a sector is erased when its first byte comes."""
        for start in range(self._at - self._at % _SECTOR, self._at + len(data), _SECTOR):
            if start >= self._at:
                self.flash[start : start + _SECTOR] = b"\xff" * _SECTOR
        self.flash[self._at : self._at + len(data)] = data
        if self._at <= self._worn < self._at + len(data):
            self.flash[self._worn] &= 0xFE
        self._at += len(data)

    def _md5(self, command: int, data: bytes) -> None:
        start, size = struct.unpack_from("<II", data)
        self._answer(command, data=hashlib.md5(self.flash[start : start + size], usedforsecurity=False).digest())

    def _erase_all(self, command: int, data: bytes) -> None:
        self.flash[:] = b"\xff" * _SIZE
        self._answer(command)

    def _erase(self, command: int, data: bytes) -> None:
        start, size = struct.unpack("<II", data)
        self.flash[start : start + size] = b"\xff" * size
        self._answer(command)

    def _read(self, command: int, data: bytes) -> None:
        start, size, step, _ = struct.unpack("<IIII", data)
        contents = bytes(self.flash[start : start + size])
        self._unread = [contents[at : at + step] for at in range(0, size, step)]
        self._unread.append(hashlib.md5(contents, usedforsecurity=False).digest())
        self._answer(command)
        self._send_next()

    def _send_next(self) -> None:
        """Send the next piece that was asked for; behind the last one comes their hash, at once."""
        frame = self._unread.pop(0)
        lost = self._lose(self.blocks)
        self.blocks += 1
        self._send(frame[:100] + frame[101:] if lost else frame)
        if len(self._unread) == 1:
            self._send(self._unread.pop())
