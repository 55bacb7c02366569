"""The process of a chip in unicorn: `python -m sming_host.emulator.unicorn_process SOC IMAGE --line FD`.

A process of its own: the program runs without waiting for this side's Python, and a signal ends it at any time.
"""

from __future__ import annotations

import argparse
import json
import signal
import socket
import sys
from pathlib import Path
from typing import Any, Optional

from sming_host.emulator.chips.chip import Chip
from sming_host.emulator.chips.esp32riscv import Esp32RiscV
from sming_host.emulator.chips.line import Line
from sming_host.emulator.chips.rp2040 import Rp2040
from sming_host.emulator.figures import read_figures
from sming_host.emulator.image import read_image


def make_chip(soc: str, line: Line, flash: Optional[Path]) -> Chip:
    """Return the emulator of a chip; for `flash` see `main`."""
    if soc in ("esp32c2", "esp32c3"):
        return Esp32RiscV(soc, line)
    if soc == "rp2040":
        return Rp2040(line, flash)
    raise SystemExit(f"unicorn runs no {soc}")


def main() -> None:
    """Run a program until a signal comes or the other end of the serial line goes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("soc")
    parser.add_argument("image", type=Path, help="what is in flash")
    parser.add_argument("--symbols", type=Path, help="the program's ELF file")
    parser.add_argument("--line", type=int, required=True)
    parser.add_argument("--figures", type=Path)
    parser.add_argument("--count-instructions", action="store_true")
    parser.add_argument("--flash", type=Path, help="what the flash chip holds, kept between two runs")
    arguments = parser.parse_args()
    image = read_image(arguments.image)
    symbols = read_image(arguments.symbols).symbols if arguments.symbols else {}
    line = Line(socket.socket(fileno=arguments.line))
    chip = make_chip(arguments.soc, line, arguments.flash)
    if arguments.count_instructions:
        chip.count_instructions()

    def on_signal(_: int, __: Any) -> None:
        line.gone = True
        chip.stop()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        chip.run(image)
    except Exception as error:
        print(f"{arguments.soc}: {error} {chip.where()}", file=sys.stderr)
        raise SystemExit(1) from error
    finally:
        if arguments.figures and symbols:
            figures = read_figures(symbols, lambda address, size: bytes(chip.uc.mem_read(address, size)))
            arguments.figures.write_text(json.dumps(figures), "utf-8")


if __name__ == "__main__":
    main()
