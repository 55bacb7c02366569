"""The flash chip of an ESP8266 in QEMU: a file, which the program reads and writes by simcall.

It holds the program where `flash` would write it, and the seed of the device's random numbers.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Optional

from sming_host.board.images import ESP8266_MAPPED
from sming_host.board.seed import draw_area
from sming_host.build.soc import Soc
from sming_host.emulator.image import Image
from sming_host.errors import UserError

SIZE = 1 << 20


def make_flash(soc: Soc, image: Image, folder: Path, path: Optional[Path]) -> Optional[Path]:
    """Return the name, in `folder`, of a file with what flash holds; None for a chip that does not write to flash.

    `path` is where the contents are kept; one that is there has its seed, or has none. Without it the file is in
    `folder`, too, and has a seed of its own.
    """
    if soc.seed is None:
        return None
    link = folder / "flash"
    # A short name for the program, wherever the file is
    kept = folder / "flash.bin" if path is None else path.absolute()
    link.symlink_to(kept)
    is_new = not kept.exists()
    # For its owner alone: a seed is in it
    with os.fdopen(os.open(kept, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        if size > SIZE:
            raise UserError(f"{kept} has {size} bytes, more than the flash chip", "Name another file for it.")
        file.write(b"\xff" * (SIZE - size))
        if is_new:
            file.seek(soc.seed.start)
            file.write(draw_area(soc.seed))
        for segment in image.segments:
            offset = segment.address - ESP8266_MAPPED
            if 0 <= offset <= SIZE - len(segment.data):
                file.seek(offset)
                file.write(segment.data)
    return link
