"""Flash images: what the build puts beside `firmware.elf`, and where in flash it belongs.

    python -m sming_host.board.images SOC ELF IMAGE

**ESP32 family.** `firmware.bin` is one image that the chip's ROM loads into RAM, as it does with a second boot loader,
from that one's place in flash. It ends with a SHA-256 of its own.

**ESP8266.** `firmware.bin` is what flash holds from its start. The ROM loads the segments for IRAM and DRAM from the
image at offset 0 (version 1 of the format, no second boot loader) and jumps to them; components/hal/esp8266/boot.c
then has flash mapped at 0x40200000, and code and constants lie at offset 0x10000 in it, which is 0x40210000. Between
them is 0xFF, as erased flash has it.

**RP2040.** `firmware.uf2`, whose blocks say themselves where they belong.

esptool makes ESP images; it is a program to us, and never imported.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sming_host.board.files import write_whole
from sming_host.build.soc import SOCS, Soc
from sming_host.errors import UserError

ESPTOOL = (sys.executable, "-m", "esptool")
"""The command; arguments follow."""

UF2 = "uf2"

ESP8266_MAPPED = 0x40200000
"""Where the ESP8266 has the start of flash once it is mapped."""


@dataclass(frozen=True)
class EspFormat:
    """How an ESP wants its image."""

    # Where its ROM looks for it.
    offset: int
    # Of the flash chip, in the image's header. DIO at this speed works on all boards; boards with less flash are rare.
    frequency: str = "40m"
    mode: str = "dio"
    size: str = "2MB"


FORMATS = {
    "esp8266": EspFormat(0, size="1MB"),
    "esp32": EspFormat(0x1000),
    "esp32s2": EspFormat(0x1000),
    "esp32s3": EspFormat(0),
    # Its flash clock is not divided as the others' is.
    "esp32c2": EspFormat(0, frequency="30m"),
    "esp32c3": EspFormat(0),
}
"""By `Soc.image`."""


def image_name(soc: Soc) -> str:
    """Return the name of the image beside `firmware.elf`; empty for a SoC that has none."""
    if not soc.image:
        return ""
    return "firmware.uf2" if soc.image == UF2 else "firmware.bin"


def flash_image(soc: str, folder: Path) -> list[tuple[int, Path]]:
    """Return what goes where in flash: offsets from its start, and files of the program's folder.

    A UF2 file, at offset 0, holds its addresses itself.
    """
    row = SOCS[soc]
    if not row.image:
        raise UserError(f"{soc} has no flash", "Chips: " + ", ".join(name for name in SOCS if SOCS[name].image))
    path = folder / image_name(row)
    if not path.is_file():
        raise UserError(f"{path}: there is no such file", f"./scons SMING_SOC={soc} APP=… builds it.")
    return [(FORMATS[row.image].offset if row.image != UF2 else 0, path)]


def image_command(soc: Soc, program: str, target: str) -> list[str]:
    """Return the command that makes the image of a program."""
    return [sys.executable, "-m", "sming_host.board.images", soc.name, program, target]


def make_image(soc: Soc, program: Path, target: Path) -> None:
    """Make the image of a program."""
    if soc.image == UF2:
        # Imported here: the build reads this module each time, and makes images in processes of their own.
        from sming_host.board import uf2

        uf2.convert(program, target)
        return
    form = FORMATS[soc.image]
    flags = ["--flash_mode", form.mode, "--flash_freq", form.frequency, "--flash_size", form.size]
    with tempfile.TemporaryDirectory(prefix=".image-", dir=target.parent) as scratch:
        made = Path(scratch) / "image"
        if soc.image == "esp8266":
            _elf2image(soc, [*flags, "--version", "1"], f"{made}-", program)
            write_whole(target, _join(sorted(Path(scratch).iterdir())))
        else:
            _elf2image(soc, flags, str(made), program)
            made.replace(target)


def _elf2image(soc: Soc, flags: list[str], output: str, program: Path) -> None:
    command = [*ESPTOOL, "--chip", soc.image, "elf2image", *flags, "--output", output, str(program)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise UserError(f"esptool made no image of {program}", done.stdout.strip())


def _join(parts: list[Path]) -> bytes:
    """Return flash from its start, out of esptool's files: their names end with their offset."""
    flash = b""
    for offset, path in sorted((int(path.stem.rpartition("-")[2], 16), path) for path in parts):
        if offset < len(flash):
            raise UserError(
                f"code for IRAM and first values of variables take {len(flash)} bytes; there is room for {offset}",
                "Large tables that do not change belong into flash: make them const.",
            )
        flash = flash.ljust(offset, b"\xff") + path.read_bytes()
    return flash


def main() -> None:
    """Take the command line: SOC ELF IMAGE."""
    name, program, target = sys.argv[1:]
    try:
        make_image(SOCS[name], Path(program), Path(target))
    except UserError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
