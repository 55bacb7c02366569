"""Gets a plan's steps done on an RP2040: into the boot loader, then by picotool or over its volume."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Optional

from sming_host.board import mass_storage, picotool
from sming_host.board.plan import Plan
from sming_host.board.ports import all_ports, check_port, find_port
from sming_host.board.uf2 import FLASH_START, make_uf2
from sming_host.emulator.image import Segment
from sming_host.errors import UserError
from sming_host.named import is_dir

_APPEAR_S = 10
_ERASED_SIZE = 2 << 20
_BOOTSEL = "Hold its BOOTSEL button while it is plugged in, and repeat this."
_MOUNT = "If nothing mounts volumes here by itself, mount it and name the folder with COM_PORT=…."
_NO_BOARD = f"""\
Hold the board's BOOTSEL button while it is plugged in, with a cable that carries data, and repeat this. It shows as a
volume then. {_MOUNT}
A board whose program has a USB port needs no button:"""


def run_plan(plan: Plan, wanted: str) -> None:
    """Do what a plan says. `wanted` is COM_PORT: a serial port, a boot loader's volume, or empty."""
    program = picotool.find_picotool()
    if plan.goal == "read-flash" and program is None:
        raise UserError(
            "reading an RP2040's flash takes picotool, and there is none on PATH",
            "Debian, Ubuntu: apt install picotool, where it is there; else https://github.com/raspberrypi/picotool.",
        )
    volume = enter_loader(wanted, need_volume=program is None)
    file = next((step.file for step in plan.steps if step.file is not None), None)
    if program is not None and volume is None:
        if plan.goal == "erase-flash":
            picotool.erase(program)
        elif file is not None and plan.goal == "flash":
            picotool.load(program, file)
        elif file is not None:
            picotool.save(program, file)
        return
    if volume is None or plan.goal == "read-flash":
        raise UserError(f"{plan.goal} takes picotool and no folder as COM_PORT", _BOOTSEL)
    data = make_uf2([Segment(FLASH_START, b"\xff" * _ERASED_SIZE)]) if plan.goal == "erase-flash" else _read(file)
    print(f"copying {len(data)} bytes to {volume}")
    mass_storage.copy(data, volume, _show)
    print("\nthe board has taken all and restarts")


def enter_loader(wanted: str, need_volume: bool) -> Optional[Path]:
    """Get the chip into its boot loader; return its volume, or None where picotool finds the chip by itself."""
    if wanted and is_dir(wanted):
        if not mass_storage.is_volume(Path(wanted)):
            raise UserError(f"{wanted} is not the volume of an RP2040's boot loader", _BOOTSEL)
        return Path(wanted)
    # A board that is named by its own port is meant, and no other that waits in its boot loader
    named = bool(wanted) and is_board(wanted)
    others = mass_storage.mounted_volumes() if named else []
    volume = None if named else mass_storage.find_volume()
    if volume is None:
        try:
            port = find_port(wanted, "rp2040", advice=_NO_BOARD)
        except UserError:
            if wanted or need_volume:
                raise
            # It may be in the boot loader, but not mounted: picotool will tell
            return None
        check_port(port)
        print(f"asking the board at {port} for its boot loader")
        mass_storage.touch(port)
        volume = mass_storage.find_volume(wait_s=_APPEAR_S, but=others)
    if not need_volume:
        return None
    if volume is None:
        raise UserError(
            f"the board's boot loader did not show up as a volume within {_APPEAR_S} s",
            f"{_BOOTSEL} {_MOUNT}",
        )
    return volume


def is_board(port: str) -> bool:
    """Tell whether a port is that of an RP2040's own USB, and not of an adapter at its UART."""
    device = os.path.realpath(port)
    return any(os.path.realpath(row.device) == device and row.kind("rp2040") for row in all_ports())


def _read(file: Optional[Path]) -> bytes:
    if file is None:
        raise AssertionError("the plan has a file")
    return file.read_bytes()


def _show(done: int, size: int) -> None:
    print(f"\r{done * 100 // size:3} %", end="")
    sys.stdout.flush()
