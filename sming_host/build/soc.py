"""The SoC table: one row for each chip, and all that the build must know about it.

A chip can be built for as soon as its family has a folder in `components/hal`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


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
    memory: tuple[Region, ...] = ()
    # Name of the image format; empty: the program is the result.
    image: str = ""
    # Component that holds main() or the reset code.
    startup: str = ""
    # Name of the emulator; empty: none.
    emulator: str = ""


_XTENSA = ("-mlongcalls", "-mtext-section-literals")
_RISCV = ("-march=rv32imc_zicsr", "-mabi=ilp32")
_CORTEX_M0 = ("-mcpu=cortex-m0plus", "-mthumb")

_ROWS = (
    Soc(
        "host",
        "This machine, with the network of the operating system",
        "host",
        "host",
        "",
        startup="host-process",
        emulator="process",
    ),
    Soc(
        "esp8266",
        "Espressif ESP8266, Xtensa LX106",
        "esp8266",
        "lx106",
        "xtensa-lx106-elf-",
        _XTENSA,
        (Region("iram", 0x40100000, 32 << 10), Region("dram", 0x3FFE8000, 80 << 10)),
        image="esp8266",
        emulator="qemu",
    ),
    Soc("esp32", "Espressif ESP32, Xtensa LX6", "esp32", "lx106", "xtensa-lx106-elf-", _XTENSA, image="esp32"),
    Soc("esp32s2", "Espressif ESP32-S2, Xtensa LX7", "esp32", "lx106", "xtensa-lx106-elf-", _XTENSA, image="esp32s2"),
    Soc("esp32s3", "Espressif ESP32-S3, Xtensa LX7", "esp32", "lx106", "xtensa-lx106-elf-", _XTENSA, image="esp32s3"),
    Soc("esp32c2", "Espressif ESP32-C2, RISC-V", "esp32", "rv32imc", "riscv64-unknown-elf-", _RISCV, image="esp32c2"),
    Soc(
        "esp32c3",
        "Espressif ESP32-C3, RISC-V",
        "esp32",
        "rv32imc",
        "riscv64-unknown-elf-",
        _RISCV,
        image="esp32c3",
        emulator="unicorn",
    ),
    Soc(
        "rp2040",
        "Raspberry Pi RP2040, Cortex-M0+",
        "rp2040",
        "cortex-m0plus",
        "arm-none-eabi-",
        _CORTEX_M0,
        image="uf2",
        emulator="unicorn",
    ),
)

SOCS = {row.name: row for row in _ROWS}


def soc_is_ready(soc: Soc, component_folders: Iterable[Path]) -> bool:
    """Tell whether there is a hal for a chip's family."""
    return any((folder / "hal" / soc.family).is_dir() for folder in component_folders)
