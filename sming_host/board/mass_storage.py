"""The RP2040's boot ROM as a volume: a UF2 file that is copied to it goes to flash, then the chip restarts."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Callable, Optional

import serial

from sming_host.board.plan import TOUCH_SPEED
from sming_host.board.uf2 import BLOCK
from sming_host.errors import UserError

INFO = "INFO_UF2.TXT"
BOARD = "RPI-RP2"

_MOUNTS = Path("/proc/self/mounts")
_CHUNK = 64 << 10
_POLL_S = 0.1
_GONE_S = 20
_LAST_S = 2


def mounted_volumes(mounts: Path = _MOUNTS) -> list[Path]:
    """Return the volumes of boot loaders that are mounted."""
    return [folder for folder in _mounted(mounts) if is_volume(folder)]


def device_of(volume: Path, mounts: Path = _MOUNTS) -> Optional[Path]:
    """Return the device that a volume is mounted from; None for a folder that is none."""
    device = _mounted(mounts).get(volume, "")
    return Path(device) if device.startswith("/dev/") else None


def _mounted(mounts: Path) -> dict[Path, str]:
    """Return folders and what is mounted there."""
    try:
        lines = mounts.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    rows = [line.split() for line in lines]
    return {Path(_unescape(row[1])): _unescape(row[0]) for row in rows if len(row) > 1}


def is_volume(folder: Path) -> bool:
    """Tell whether a folder is the volume of an RP2040's boot loader."""
    try:
        text = (folder / INFO).read_text("ascii", errors="replace")
    except OSError:
        return False
    fields = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    return fields.get("Board-ID") == BOARD


def _unescape(text: str) -> str:
    """Return a path of /proc/self/mounts, which has blanks and the like in octal."""
    for code in ("040", "011", "012", "134"):
        text = text.replace(f"\\{code}", chr(int(code, 8)))
    return text


def find_volume(
    volumes: Callable[[], Iterable[Path]] = mounted_volumes, wait_s: float = 0, *, but: Collection[Path] = ()
) -> Optional[Path]:
    """Return the one volume, waiting for it so long; several are an error. `but` are other boards'."""
    deadline = time.monotonic() + wait_s
    while True:
        found = [volume for volume in volumes() if volume not in but]
        if len(found) > 1:
            names = ", ".join(map(str, found))
            raise UserError(
                f"several boards wait in their boot loader: {names}", "COM_PORT=… names one, by that folder."
            )
        if found or time.monotonic() >= deadline:
            return found[0] if found else None
        time.sleep(_POLL_S)


def touch(port: str) -> None:
    """Ask a running RP2040 for its boot loader: it restarts when its USB port is opened at this speed and closed."""
    try:
        line = serial.serial_for_url(port, baudrate=TOUCH_SPEED, do_not_open=True)
        line.dtr = False
        line.open()
    except (serial.SerialException, OSError, ValueError) as error:
        raise UserError(f"{port} cannot be opened: {error}", "Hold BOOTSEL while the board is plugged in.") from error
    with contextlib.suppress(OSError):
        # It may be gone already.
        line.close()


def copy(
    data: bytes,
    volume: Path,
    progress: Callable[[int, int], object] = lambda done, size: None,
    gone_s: float = _GONE_S,
    device: Optional[Path] = None,
) -> None:
    """Write a UF2 file to a volume and wait until the volume goes: the boot ROM restarts once it has every block.

    A name means nothing to this boot loader, and it has no place for a file: what is written first is in flash first.
    The last block goes alone. An error before it means that the image is not whole; once the chip has it, it restarts,
    and the volume may go before the file is closed. `device` is what the volume is mounted from, if not
    what the kernel says.
    """
    device = device or device_of(volume.resolve())
    try:
        file = (volume / "firmware.uf2").open("wb", buffering=0)
    except OSError as error:
        raise UserError(
            f"{volume} cannot be written to: {error.strerror}",
            "Nothing was written. Mount it so that you may write there (mount -o uid=$(id -u) …), or be root.",
        ) from error
    # Alone: an error behind it may be the restart, an error before it cannot be.
    last = max(len(data) - BLOCK, 0)
    sent = 0
    try:
        with file:
            while sent < len(data):
                end = min(sent + _CHUNK, last) if sent < last else len(data)
                count = file.write(data[sent:end])
                os.fsync(file.fileno())
                sent += count
                progress(sent, len(data))
    except OSError as error:
        # With the last block the chip restarts, and the volume may go before the file is closed.
        if sent < last or not _wait_until_gone(volume, device, _LAST_S):
            raise UserError(
                f"{volume} was lost after {sent} of {len(data)} bytes: {error.strerror}",
                "Flash is not whole now: hold BOOTSEL while the board is plugged in again, and repeat this.",
            ) from error
    if not _wait_until_gone(volume, device, gone_s):
        raise UserError(
            f"{volume} is still there after {gone_s:g} s: the boot loader has not taken all of the image",
            "Flash is not whole now: unplug the board, hold BOOTSEL while it is plugged in again, and repeat this.",
        )


def _wait_until_gone(volume: Path, device: Optional[Path], seconds: float) -> bool:
    """Wait until a volume is gone: or its device, for what was read of it once may still be remembered."""
    deadline = time.monotonic() + seconds
    while is_volume(volume) and (device is None or device.exists()):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_S)
    return True
