"""The process of a chip in QEMU: `python -m sming_host.emulator.qemu_process SOC IMAGE --line FD`.

QEMU has the core and memory. What the chip's peripherals would do is done by simcall, which a note in memory tells the
program (components/hal/core/lx106/emulator.h).
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import select
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from sming_host.build import archive
from sming_host.build.soc import SOCS
from sming_host.emulator.esp8266_flash import make_flash
from sming_host.emulator.figures import read_figures
from sming_host.emulator.image import Image, read_image
from sming_host.errors import UserError

_MAGIC = (0x6E696D53, 0x6D652D67, 0x74616C75, 0x3A65746F)
_NOISE = 384
_FLASH_NAME = 128
# What hal_restart() ends QEMU with.
_RESTART = 1
_ANSWER_S = 5


@dataclass(frozen=True)
class Machine:
    """How QEMU is called for a chip."""

    cpu: str
    arguments: tuple[str, ...] = ()
    # Of the cycle counter, in MHz: QEMU's own choice for a core.
    cycles_per_us: int = 40


# The ESP32 family's own cores are not in QEMU; code for the smaller core of the ESP8266 runs on this one, too.
_WINDOWED = Machine("dc233c", ("-m", "2047M"), cycles_per_us=10)

MACHINES = {"esp8266": Machine("lx106"), "esp32": _WINDOWED, "esp32s2": _WINDOWED, "esp32s3": _WINDOWED}


class Qemu:
    """One run of QEMU, with its control channel on standard input and output."""

    def __init__(self, soc: str, image: Path, line: int, note: Path, note_address: int, options: Sequence[str]) -> None:
        machine = MACHINES[soc]
        tool = archive.tool_package("qemu")
        command = [str(tool.program("qemu-system-xtensa"))]
        if tool.root is not None:
            command += ["-L", str(tool.root / "usr/share/qemu")]
        command += ["-M", "sim", "-cpu", machine.cpu, "-semihosting", "-display", "none", *machine.arguments, *options]
        command += ["-monitor", "none", "-qmp", "stdio"]
        command += ["-chardev", f"socket,id=line,fd={line}", "-serial", "chardev:line"]
        command += ["-device", f"loader,file={note},addr={note_address:#x},force-raw=on"]
        command += ["-device", f"loader,file={image},cpu-num=0"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[line], bufsize=0
        )
        if self.process.stdin is None or self.process.stdout is None:
            raise OSError("QEMU has no control channel")
        self._commands, self._answers = self.process.stdin, self.process.stdout
        self._negotiated = False

    def ask(self, command: str, **arguments: object) -> None:
        """Run a command of QEMU's control protocol and wait until it is done."""
        if not self._negotiated:
            self._negotiated = True
            self.ask("qmp_capabilities")
        self._commands.write(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        for answer in self._answers:
            fields: dict[str, Any] = json.loads(answer)
            if "return" in fields or "error" in fields:
                return

    def memory(self, address: int, size: int) -> bytes:
        """Read memory."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "memory"
            self.ask("pmemsave", val=address, size=size, filename=str(path))
            return path.read_bytes()


def _write_note(path: Path, machine: Machine, flash: Optional[Path]) -> None:
    name = b"" if flash is None else os.fsencode(flash)
    if len(name) >= _FLASH_NAME:
        raise UserError(f"{flash} is too long a name for QEMU's note", "TMPDIR=… names another folder.")
    note = struct.pack("<5I", *_MAGIC, machine.cycles_per_us) + secrets.token_bytes(_NOISE)
    path.write_bytes(note + name.ljust(_FLASH_NAME, b"\0"))


class Runner:
    """Runs a program, again after each restart of its own, until a signal comes."""

    def __init__(self, arguments: argparse.Namespace, image: Image) -> None:
        self._arguments = arguments
        self._image = image
        self._qemu: Optional[Qemu] = None
        self._ending = False

    def on_signal(self, _: int, __: Any) -> None:
        """Take the figures, then end."""
        if self._ending or self._qemu is None:
            self._ending = True
            return
        self._ending = True
        if self._arguments.figures and self._image.symbols:
            self._qemu.ask("stop")
            figures = read_figures(self._image.symbols, self._qemu.memory)
            self._arguments.figures.write_text(json.dumps(figures), "utf-8")
        # In order, so that a plugin can write down what it has found.
        self._qemu.ask("quit")

    def run(self, folder: Path) -> int:
        """Return QEMU's exit status, 0 after a signal."""
        note = folder / "note"
        flash = make_flash(SOCS[self._arguments.soc], self._image, folder, self._arguments.flash)
        # One nanosecond for an instruction.
        options = ["-icount", "shift=0"] if self._arguments.count_instructions else []
        options += self._arguments.option
        while not self._ending:
            _write_note(note, MACHINES[self._arguments.soc], flash)
            address = self._image.symbols["_emulator_note"]
            self._qemu = Qemu(self._arguments.soc, self._arguments.image, self._arguments.line, note, address, options)
            status = self._qemu.process.wait()
            if status != _RESTART and not self._ending:
                return status
        return 0


def _end_with(line: int) -> None:
    """End when the other end of the serial line is gone; who had it may have been killed."""
    watch = select.poll()
    watch.register(line, 0)
    watch.poll()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run a program until a signal comes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("soc")
    parser.add_argument("image", type=Path)
    parser.add_argument("--line", type=int, required=True)
    parser.add_argument("--figures", type=Path)
    parser.add_argument("--count-instructions", action="store_true")
    parser.add_argument("--flash", type=Path, help="what the flash chip holds, kept between two runs")
    parser.add_argument("--option", action="append", default=[], help="for QEMU itself")
    arguments = parser.parse_args()
    image = read_image(arguments.image)
    if "_emulator_note" not in image.symbols:
        raise UserError(f"{arguments.image}: QEMU runs the ELF file, which has symbols")
    runner = Runner(arguments, image)
    signal.signal(signal.SIGTERM, runner.on_signal)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.set_inheritable(arguments.line, True)
    threading.Thread(target=_end_with, args=(arguments.line,), daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="sming-qemu-") as folder:
        status = runner.run(Path(folder))
    sys.exit(status)


if __name__ == "__main__":
    main()
