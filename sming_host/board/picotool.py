"""Raspberry Pi's picotool as a program, where it is installed: it reads back what it has written."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Optional

from sming_host.board.files import flash_file
from sming_host.errors import UserError

_AGAIN = "Flash may not be whole now: hold BOOTSEL while the board is plugged in again, and repeat this."


def find_picotool() -> Optional[str]:
    """Return the program on PATH, or None."""
    return shutil.which("picotool")


def load(program: str, image: Path) -> None:
    """Write a UF2 file, read flash back and compare, then restart the chip."""
    _run(program, ["load", str(image)], "the image was not written")
    _run(program, ["verify", str(image)], "the flash does not hold what was sent")
    _run(program, ["reboot"], "the chip was not restarted")


def save(program: str, file: Path) -> None:
    """Read all of flash into a file."""
    with flash_file(file) as path:
        # It tells the format by the name's end
        binary = path.with_name(path.name + ".bin")
        try:
            binary.touch(mode=0o600)
            _run(program, ["save", "--all", str(binary)], "flash was not read", "Nothing was changed.")
            _run(program, ["verify", str(binary)], "what was read is not what flash holds", "Nothing was changed.")
            binary.replace(path)
        finally:
            binary.unlink(missing_ok=True)


def erase(program: str) -> None:
    """Erase all of flash; the chip stays in its boot loader."""
    _run(program, ["erase", "--all"], "flash was not erased")


def _run(program: str, words: Sequence[str], failure: str, advice: str = _AGAIN) -> None:
    try:
        done = subprocess.run([program, *words], stdin=subprocess.DEVNULL, check=False)
    except OSError as error:
        raise UserError(f"{program} does not start: {error.strerror}", "Reinstall it, or take it from PATH.") from error
    if done.returncode != 0:
        raise UserError(f"{failure}: picotool {words[0]} failed (exit status {done.returncode})", advice)
