"""Run a program on an emulated chip in the foreground, as `./scons SMING_SOC=… run` does.

    python -m sming_host.emulator.run_chip SOC IMAGE

The chip's console goes to standard output, with source lines under a fault; lines that are typed go to it. Ctrl-C ends
it; then follows what the program has used of its memory. What it writes to flash is kept beside IMAGE, in flash.bin.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import tempfile
from pathlib import Path

from sming_host.board.shower import Shower
from sming_host.build.soc import SOCS
from sming_host.emulator.chip_device import ChipDevice, describe_ports
from sming_host.emulator.flashed import boots_from_flash, find_flashed
from sming_host.errors import UserError

_LOOK_S = 0.2


def run(soc: str, image: Path) -> int:
    """Run until the emulator ends or Ctrl-C; returns the exit status."""
    shower = Shower(soc, image)
    with tempfile.TemporaryDirectory() as folder:
        flash = image.parent / "flash.bin" if soc in SOCS and SOCS[soc].settings else None
        device = ChipDevice(soc, image, Path(folder), on_text=shower.show, flash=flash)
        print(f"{soc}: {image}" + (f"; its flash: {flash}" if flash else ""))
        if boots_from_flash(soc):
            flashed = find_flashed(soc, image)
            print(f"booted from {flashed.image}, SHA-256 {flashed.sha256}")
        print(describe_ports(device.ports))
        try:
            sys.stdout.flush()
            _talk(device)
            status = 1
            print(device.ended(), file=sys.stderr)
        except KeyboardInterrupt:
            status = 0
        finally:
            device.stop()
    figures = device.figures
    if figures and figures.heap_size and figures.stack_size:
        used = figures.heap_size - (figures.heap_least_free or 0)
        print(f"\nheap: at most {used} of {figures.heap_size} bytes", end="")
        print(f", stack: at most {figures.stack_peak} of {figures.stack_size} bytes")
    return status


def _talk(device: ChipDevice) -> None:
    keyboard = [sys.stdin.fileno()]
    while not device.ended():
        if select.select(keyboard, [], [], _LOOK_S)[0]:
            typed = os.read(keyboard[0], 4096)
            if typed:
                device.send(typed.decode("utf-8", "replace"))
            else:
                keyboard = []


def main() -> None:
    """Take the command line."""
    if len(sys.argv) != 3:
        sys.exit("usage: python -m sming_host.emulator.run_chip SOC IMAGE")
    try:
        # Also where a shell has started this in the background, and so with Ctrl-C ignored
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.exit(run(sys.argv[1], Path(sys.argv[2])))
    except UserError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        # Before the chip ran, or a second time while it was ended
        sys.exit(130)


if __name__ == "__main__":
    main()
