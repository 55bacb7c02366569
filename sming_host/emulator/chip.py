"""Starts emulators: each a process with one end of a socket pair as its serial line."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Optional

from sming_host.build import archive
from sming_host.build.soc import SOCS
from sming_host.emulator.flashed import boots_from_flash, find_flashed
from sming_host.errors import UserError
from sming_host.named import is_file

UNICORN = "unicorn==2.1.4"
_END_S = 10


@dataclass(frozen=True)
class Figures:
    """Bytes that a program has used of its memory; None where it cannot be known."""

    stack_size: Optional[int] = None
    stack_peak: Optional[int] = None
    heap_size: Optional[int] = None
    heap_free: Optional[int] = None
    heap_least_free: Optional[int] = None


class Chip:
    """A running emulator. `serial` is the other end of its serial line."""

    def __init__(self, process: subprocess.Popen[bytes], serial: socket.socket, folder: Path) -> None:
        self.process = process
        self.serial = serial
        self._folder = folder

    def __enter__(self) -> Chip:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.stop()

    def stop(self) -> Figures:
        """End the emulator and return what its program has used."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(_END_S)
            except subprocess.TimeoutExpired:
                self.kill()
        self.serial.close()
        report = self._folder / "figures.json"
        figures = Figures(**json.loads(report.read_text("utf-8"))) if report.is_file() else Figures()
        for path in self._folder.glob("*"):
            path.unlink()
        if self._folder.is_dir():
            self._folder.rmdir()
        return figures

    def kill(self) -> None:
        """End the emulator at once, wherever it is: its process and those that this has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(_END_S)


def start_chip(
    soc: str,
    image: Path,
    *,
    count_instructions: bool = False,
    options: Sequence[str] = (),
    flash: Optional[Path] = None,
) -> Chip:
    """Start a program on an emulated chip. `image` is its ELF file; chips in unicorn boot from the image beside it.

    With `count_instructions` the program's microseconds are thousands of its instructions while it does
    not sleep, on any machine alike. `options` are for QEMU itself. `flash` is a file that keeps what the program writes
    to flash, from one run to the next; only chips with a part of flash for settings or for a seed have it. A file
    that is not there yet begins as the target `flash` would leave it; without one each run begins so.
    """
    if soc not in SOCS or SOCS[soc].is_host:
        raise UserError(
            f"there is no emulated chip {soc}", "Chips: " + ", ".join(name for name in SOCS if name != "host")
        )
    if not is_file(image):
        raise UserError(f"{image}: there is no such file", f"./scons SMING_SOC={soc} APP=… builds one.")
    if flash is not None and SOCS[soc].settings is None and SOCS[soc].seed is None:
        raise UserError(f"{soc} does not write to flash", "Nothing would be kept.")
    emulator = SOCS[soc].emulator
    symbols: list[str] = []
    if boots_from_flash(soc):
        flashed = find_flashed(soc, image)
        image = flashed.image
        symbols = [f"--symbols={flashed.symbols}"] if flashed.symbols else []
        require_unicorn()
    else:
        # Fetched here, where the user sees it, and not by the process below.
        archive.tool_package(emulator)
    if options and emulator != "qemu":
        raise UserError(f"{soc} does not run in QEMU", "Options are taken by QEMU alone.")
    ours, theirs = socket.socketpair()
    folder = Path(tempfile.mkdtemp(prefix="sming-emulator-"))
    with theirs:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                f"sming_host.emulator.{emulator}_process",
                soc,
                str(image),
                *symbols,
                f"--line={theirs.fileno()}",
                f"--figures={folder / 'figures.json'}",
                *(["--count-instructions"] if count_instructions else []),
                *(f"--option={option}" for option in options),
                *([f"--flash={flash}"] if flash is not None else []),
            ],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            env=dict(os.environ),
            # A group of its own, so that all of it can be ended
            start_new_session=True,
        )
    return Chip(process, ours, folder)


def require_unicorn() -> None:
    """Install the emulator into this Python environment unless it is there."""
    if importlib.util.find_spec("unicorn") is not None:
        return
    print(f"installing {UNICORN} …", file=sys.stderr)
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", UNICORN]
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode != 0:
        raise UserError(f"{UNICORN} could not be installed", "See pip's message above; it needs the network once.")
    importlib.invalidate_caches()
