"""Shows the console of a chip, on a board or emulated: text as it comes, and under its lines what they mean."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO, Optional

from sming_host.board.trace import TraceDecoder
from sming_host.emulator.run import Adviser
from sming_host.errors import UserError


class Shower:
    """Writes text of the console to standard output and into a log, with advice and decoded traces under its lines."""

    def __init__(self, soc: str, program: Path, log: Optional[BinaryIO] = None) -> None:
        """`program` is what runs; faults are decoded if it is an ELF file that is there."""
        self._log = log
        self._adviser = Adviser(self._write)
        self._decoder = TraceDecoder(soc, program) if program.suffix == ".elf" and program.is_file() else None
        self._line = ""

    def show(self, text: str) -> None:
        """Show some text; a fault's meaning follows when its last line is complete."""
        while text:
            piece, newline, text = text.partition("\n")
            self._adviser.feed((piece + newline).encode())
            self._line += piece
            if newline:
                line, self._line = self._line, ""
                self._explain(line)

    def _explain(self, line: str) -> None:
        if self._decoder is None:
            return
        try:
            found = self._decoder.line(line)
        except UserError as error:
            found = [f"  the trace was not decoded: {error}"]
        if found:
            self._write(("\n".join(found) + "\n").encode())

    def _write(self, data: bytes) -> None:
        if self._log is not None:
            self._log.write(data)
            self._log.flush()
        while data:
            data = data[os.write(sys.stdout.fileno(), data) :]
