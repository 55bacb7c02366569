"""The ESP8266's image starts as its ROM starts it: in QEMU, with a model of the ROM, out of `firmware.bin` alone.

Elsewhere QEMU loads the ELF file, with all of flash in place. Here only what the ROM copies to RAM is there, and code
in flash appears when the program has asked for the cache.
"""

from __future__ import annotations

import json
import re
import struct
import subprocess
import time
from pathlib import Path
from typing import Any

from sming_host.board.images import flash_image
from sming_host.board.seed import make_area
from sming_host.build import archive
from sming_host.build.soc import SOCS
from sming_host.emulator.image import read_image
from tests.emulator.chips import build_chip

_NATIVE = Path(__file__).parent / "native"
_FLASH = 0x50000000
_LOG = 0x3FFFE000
_UART_FIFO, _UART_DIVIDER = 0x60000000, 0x60000014
_CACHE, _I2C = 1, 2
# What the model has done: reads, writes, erasures, and what it has refused
_COUNTS = 0x3FFFE800
# Where QEMU has no memory: the random register, and the fuses. The program's literals are led to memory.
_REGISTERS = {0x3FF20E44: 0x60001800, 0x3FF00050: 0x60001804, 0x3FF00054: 0x60001808}
_SECRET = bytes(range(100, 132))


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


def _flash_contents(folder: Path, image: Path) -> list[tuple[int, Path]]:
    """Return what `flash` has written: the image, and a seed."""
    contents = image.read_bytes()
    for register, memory in _REGISTERS.items():
        literal = struct.pack("<I", register)
        assert contents.count(literal) == 1, hex(register)
        contents = contents.replace(literal, struct.pack("<I", memory))
    flashed = folder / "flashed"
    flashed.write_bytes(contents)
    region = SOCS["esp8266"].seed
    assert region is not None
    seed = folder / "seed"
    seed.write_bytes(make_area(region.size, _SECRET))
    return [(_FLASH, flashed), (_FLASH + region.start, seed)]


def test_boot_from_flash(tmp_path: Path) -> None:
    """The start, and the first thing that is written to flash: the seed, renewed."""
    program = build_chip("esp8266", "Echo_Ssl")
    ((offset, image),) = flash_image("esp8266", program.parent)
    assert offset == 0
    loads = _flash_contents(tmp_path, image)
    seed_address = loads[1][0]
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
        while _SECRET in (area := struct.pack("<2048I", *qemu.words(seed_address, 2048, tmp_path))):
            assert time.monotonic() < deadline, qemu.words(_COUNTS, 4, tmp_path)
            time.sleep(0.1)
        reads, writes, _, refused = qemu.words(_COUNTS, 4, tmp_path)
    assert calls[0] == 3, calls
    # The PLL for a crystal of 26 MHz, then the first megabyte of flash through 32 KB of cache
    assert calls[1:] == (_I2C, 103, 4, 1, 0x88, _I2C, 103, 4, 2, 0x91, _CACHE, 0, 0, 1, 0)
    # Version, count of starts, and a new secret
    (state,) = re.findall(rb"seed\x01\0\0\0\x01\0\0\0(.{32})", area, re.DOTALL)
    assert state != bytes(32)
    assert reads > writes > 0
    assert refused == 0
