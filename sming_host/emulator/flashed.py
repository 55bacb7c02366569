"""What of a program goes to flash, for chips that boot from it: the file that `flash` writes, and nothing else.

A program is named by its ELF file, as everywhere; beside it lies the image that the build has made. The ELF file then
tells no more than where the program's variables are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from sming_host.board.images import flash_image
from sming_host.build.soc import SOCS
from sming_host.emulator.image import read_image
from sming_host.errors import UserError

_ELF_MAGIC = b"\x7fELF"
_PROGRAM = "firmware.elf"


@dataclass(frozen=True)
class Flashed:
    """A program of a chip in unicorn."""

    image: Path
    """What is flashed."""
    symbols: Optional[Path]
    """The ELF file, if it is known."""

    @property
    def sha256(self) -> str:
        """Hash of the image, byte for byte, in hexadecimal."""
        return hashlib.sha256(self.image.read_bytes()).hexdigest()


def boots_from_flash(soc: str) -> bool:
    """Tell whether the emulator of a chip boots the image; QEMU's chips are given the ELF file."""
    return SOCS[soc].emulator == "unicorn"


def find_flashed(soc: str, program: Path) -> Flashed:
    """Return image and symbols of a program, which is named by either of them; the image is checked.

    Raises a UserError for an image that the chip's ROM would not start: a wrong checksum or hash, another chip's.
    """
    with program.open("rb") as file:
        is_elf = file.read(len(_ELF_MAGIC)) == _ELF_MAGIC
    if is_elf:
        flashed = Flashed(flash_image(soc, program.parent)[0][1], program)
    else:
        beside = program.with_name(_PROGRAM)
        flashed = Flashed(program, beside if beside.is_file() else None)
    image = read_image(flashed.image)
    row = SOCS[soc]
    if row.image_id is not None and image.chip_id != row.image_id:
        other = next((name for name, one in SOCS.items() if one.image_id == image.chip_id), "another chip")
        raise UserError(f"{flashed.image} is an image for {other}, not for {soc}", f"./scons SMING_SOC={soc} APP=…")
    if soc == "rp2040":
        # Imported here: that module needs this package.
        from sming_host.board.uf2 import check_boot2

        check_boot2(image.segments)
    return flashed
