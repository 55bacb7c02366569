"""The SoC table: one row for each chip, and all that the build must know about it.

A chip can be built for as soon as its family has a folder in `components/hal`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Optional


@dataclass(frozen=True)
class Region:
    """A piece of a chip's memory that a linker script fills."""

    name: str
    start: int
    size: int


@dataclass(frozen=True)
class Soc:
    """One chip."""

    name: str
    about: str
    # Folder in components/hal, and `ARCH_<FAMILY>` for the preprocessor.
    family: str
    # Names the instruction set in out/lib/<abi>; chips with the same one and the same flags share their libraries.
    cpu: str
    # What stands before gcc, g++ and ar.
    prefix: str
    # For the compiler and the linker driver.
    cpu_flags: tuple[str, ...] = ()
    # Package of the compiler, see archive/pins.py; empty: what the machine has.
    compiler: str = ""
    # What a linker script may fill; goes into memory.ld.
    memory: tuple[Region, ...] = ()
    # The first two regions of `memory` are the same memory, seen by the instruction and by the data bus.
    one_memory: bool = False
    # Part of flash for files that are written, from the start of the flash chip; none where hal writes no flash.
    settings: Optional[Region] = None
    # Two sectors of flash for the seed that `flash` writes, and which the program renews at each start; none where a
    # chip has noise of its own.
    seed: Optional[Region] = None
    # Linker script in components/hal.
    script: str = ""
    # Name of the image format; empty: the program is the result.
    image: str = ""
    # What the header of an ESP image says of its chip (ESP-IDF, "Application Image Structures"); none in older ones.
    image_id: Optional[int] = None
    # Component that holds main() or the reset code.
    startup: str = "device"
    # Name of the emulator; empty: none.
    emulator: str = ""

    @property
    def is_host(self) -> bool:
        """Tell whether this is the machine that builds."""
        return self.name == "host"


KB = 1 << 10

_HOST = Soc(
    "host",
    "This machine, with the network of the operating system",
    "host",
    cpu="host",
    prefix="",
    startup="host-process",
    emulator="process",
)
_xtensa = partial(
    Soc,
    cpu="lx106",
    prefix="xtensa-lx106-elf-",
    cpu_flags=("-mlongcalls", "-mtext-section-literals"),
    compiler="gcc-xtensa-lx106",
    emulator="qemu",
)
_riscv = partial(
    Soc,
    family="esp32",
    cpu="rv32imc",
    prefix="riscv64-unknown-elf-",
    # Functions share the code that saves registers: a C2 has 15 KB more for it, as code lies in RAM
    cpu_flags=("-march=rv32imc", "-mabi=ilp32", "-msave-restore"),
    compiler="gcc-riscv64-unknown-elf",
    script="esp32/ram.ld",
    one_memory=True,
    emulator="unicorn",
)
_cortex_m0 = partial(
    Soc,
    cpu="cortex-m0plus",
    prefix="arm-none-eabi-",
    cpu_flags=("-mcpu=cortex-m0plus", "-mthumb"),
    compiler="gcc-arm-none-eabi",
    emulator="unicorn",
)


def _one_memory(instruction: int, data: int, size: int) -> tuple[Region, ...]:
    """Return the regions of a memory that stands at two addresses, for instructions and for data."""
    return (Region("iram", instruction, size), Region("dram", data, size))


_ROWS = (
    _HOST,
    _xtensa(
        "esp8266",
        "Espressif ESP8266, Xtensa LX106",
        "esp8266",
        cpu_flags=("-mlongcalls", "-mtext-section-literals", "-mforce-l32"),
        script="esp8266/flash.ld",
        memory=(
            # The first megabyte of flash as it is mapped, behind the part that the ROM loads into RAM, and before the
            # seed. The last 20 KB are left alone: there the vendor's SDK keeps RF calibration and system parameters.
            Region("irom", 0x40210000, (1024 - 64 - 8 - 20) * KB),
            Region("iram", 0x40100000, 32 * KB),
            Region("dram", 0x3FFE8000, 80 * KB),
        ),
        seed=Region("seed", (1024 - 8 - 20) * KB, 8 * KB),
        image="esp8266",
    ),
    _xtensa(
        "esp32",
        "Espressif ESP32, Xtensa LX6",
        "esp32",
        script="esp32/ram.ld",
        # SRAM 0 behind the first core's cache (the second core's is not in use: ESP-IDF's boot loader lies there,
        # too) and SRAM 1, whose end is at 0x3FFE4400 of the data bus: below that the ROM keeps its stacks
        # while it loads. SRAM 2 behind the ROM's variables.
        memory=(Region("iram", 0x40078000, 271 * KB), Region("dram", 0x3FFB0000, 192 * KB)),
        image="esp32",
        image_id=0,
    ),
    _xtensa(
        "esp32s2",
        "Espressif ESP32-S2, Xtensa LX7",
        "esp32",
        script="esp32/ram.ld",
        one_memory=True,
        memory=_one_memory(0x40028000, 0x3FFB8000, 272 * KB),
        image="esp32s2",
        image_id=2,
    ),
    _xtensa(
        "esp32s3",
        "Espressif ESP32-S3, Xtensa LX7",
        "esp32",
        script="esp32/ram.ld",
        one_memory=True,
        memory=_one_memory(0x40378000, 0x3FC88000, 384 * KB),
        image="esp32s3",
        image_id=9,
    ),
    _riscv(
        "esp32c2",
        "Espressif ESP32-C2, RISC-V",
        # Behind it the ROM has its variables while it loads.
        memory=_one_memory(0x40380000, 0x3FCA0000, 248 * KB),
        image="esp32c2",
        image_id=12,
    ),
    _riscv(
        "esp32c3",
        "Espressif ESP32-C3, RISC-V",
        memory=_one_memory(0x40380000, 0x3FC80000, 376 * KB),
        image="esp32c3",
        image_id=5,
    ),
    _cortex_m0(
        "rp2040",
        "Raspberry Pi RP2040, Cortex-M0+",
        "rp2040",
        script="rp2040/flash.ld",
        # Of a flash chip of 2 MB the last sectors are kept for settings.
        memory=(Region("flash", 0x10000000, 2016 * KB), Region("ram", 0x20000000, 264 * KB)),
        settings=Region("settings", 2016 * KB, 32 * KB),
        image="uf2",
    ),
)

SOCS = {row.name: row for row in _ROWS}


def soc_is_ready(soc: Soc, component_folders: Iterable[Path]) -> bool:
    """Tell whether components/hal has what a chip needs."""
    return any(
        (folder / "hal" / soc.family).is_dir()
        and (soc.is_host or (bool(soc.script) and (folder / "hal" / soc.script).is_file()))
        for folder in component_folders
    )


def memory_script(soc: Soc) -> str:
    """Return memory.ld: the chip's memory for its linker script."""
    lines = [f"\t{region.name} : ORIGIN = 0x{region.start:x}, LENGTH = 0x{region.size:x}" for region in soc.memory]
    alias = f"_one_memory = {int(soc.one_memory)};"
    for part in (soc.settings or Region("settings", 0, 0), soc.seed or Region("seed", 0, 0)):
        alias += f"\n_{part.name}_offset = 0x{part.start:x};\n_{part.name}_size = 0x{part.size:x};"
    return "\n".join([f"/* {soc.name} */", alias, "MEMORY", "{", *lines, "}", ""])
