"""The ESP8266's image starts as its ROM starts it: in QEMU, with a model of the ROM, out of `firmware.bin` alone.

Elsewhere QEMU loads the ELF file, with all of flash in place. Here only what the ROM copies to RAM is there, and code
in flash appears when the program has asked for the cache.
"""

from __future__ import annotations

import json
import struct
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from sming_host.board.images import flash_image
from sming_host.build import archive
from sming_host.emulator.image import read_image
from tests.emulator.chips import build_chip

pytestmark = pytest.mark.slow

_NATIVE = Path(__file__).parent / "native"
_FLASH = 0x50000000
_LOG = 0x3FFFE000
_UART_FIFO, _UART_DIVIDER = 0x60000000, 0x60000014
_CACHE, _I2C = 1, 2


def _model(folder: Path) -> Path:
    """Compile the model of the ROM."""
    gcc = str(archive.tool_package("gcc-xtensa-lx106").program("xtensa-lx106-elf-gcc"))
    rom = folder / "rom.elf"
    flags = ["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-nostdlib", "-mtext-section-literals"]
    flags += ["-fno-tree-loop-distribute-patterns", "-T", str(_NATIVE / "esp8266_rom.ld")]
    subprocess.run([gcc, *flags, "-o", str(rom), str(_NATIVE / "esp8266_rom.c")], check=True)
    return rom


class _Qemu:
    """QEMU with some contents of memory, and its control channel."""

    def __init__(self, loads: list[tuple[int, Path]], entry: int) -> None:
        tool = archive.tool_package("qemu")
        command = [str(tool.program("qemu-system-xtensa"))]
        if tool.root is not None:
            command += ["-L", str(tool.root / "usr/share/qemu")]
        command += ["-M", "sim", "-cpu", "lx106", "-display", "none", "-monitor", "none", "-serial", "none"]
        for address, path in loads:
            command += ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]
        command += ["-device", f"loader,addr={entry:#x},cpu-num=0", "-qmp", "stdio"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.ask("qmp_capabilities")

    def __enter__(self) -> _Qemu:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate(timeout=10)

    def ask(self, command: str, **arguments: object) -> None:
        """Run a command of the control protocol."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        self._process.stdin.flush()
        for answer in self._process.stdout:
            fields: dict[str, Any] = json.loads(answer)
            assert "error" not in fields, fields
            if "return" in fields:
                return
        raise AssertionError("QEMU has ended")

    def words(self, address: int, count: int, folder: Path) -> tuple[int, ...]:
        """Read memory."""
        path = folder / "memory"
        self.ask("pmemsave", val=address, size=4 * count, filename=str(path))
        return struct.unpack(f"<{count}I", path.read_bytes())


def test_boot_from_flash(tmp_path: Path) -> None:
    program = build_chip("esp8266", "tests/apps/ChipFiles", "0")
    ((offset, image),) = flash_image("esp8266", program.parent)
    assert offset == 0
    loads = [(_FLASH, image)]
    for number, segment in enumerate(read_image(image).segments):
        path = tmp_path / f"segment{number}"
        path.write_bytes(segment.data)
        loads.append((segment.address, path))
    for number, segment in enumerate(read_image(_model(tmp_path)).segments):
        path = tmp_path / f"rom{number}"
        path.write_bytes(segment.data)
        loads.append((segment.address, path))
    with _Qemu(loads, read_image(image).entry) as qemu:
        deadline = time.monotonic() + 60
        # The UART's speed is set by code in flash, and the console writes to its register
        while 0 in (qemu.words(_UART_DIVIDER, 1, tmp_path) + qemu.words(_UART_FIFO, 1, tmp_path)):
            assert time.monotonic() < deadline, qemu.words(_LOG, 16, tmp_path)
            time.sleep(0.1)
        assert qemu.words(_UART_DIVIDER, 1, tmp_path) == (80_000_000 // 115_200,)
        calls = qemu.words(_LOG, 1 + 3 * 5, tmp_path)
    assert calls[0] == 3, calls
    # The PLL for a crystal of 26 MHz, then the first megabyte of flash through 32 KB of cache
    assert calls[1:] == (_I2C, 103, 4, 1, 0x88, _I2C, 103, 4, 2, 0x91, _CACHE, 0, 0, 1, 0)
