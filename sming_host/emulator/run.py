"""Run an application in the foreground, as `./scons run` does, with advice under the errors that it prints.

    python -m sming_host.emulator.run [--heap-plot] PROGRAM [OPTION…]

The application has the terminal's input and gets its signals. What it prints is passed on as it comes; a line that
`sming_host.hints` knows is followed by its advice, once. With ``--heap-plot`` the course of its heap is drawn when it
ends, beside the program.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Callable, Optional

from sming_host.errors import UserError
from sming_host.hints import hint_for

_CHUNK = 65536
# prctl(2): the signal that a process gets when its parent is gone.
_PR_SET_PDEATHSIG = 1


class Adviser:
    """Passes output on, and puts advice under the lines that it is for."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._line = b""
        self._given: set[str] = set()

    def feed(self, data: bytes) -> None:
        """Take what the application has printed; all of it is passed on at once."""
        *lines, rest = data.split(b"\n")
        for line in lines:
            self._write(line + b"\n")
            self._advise(self._line + line)
            self._line = b""
        if rest:
            self._write(rest)
            # An endless line is none of ours.
            self._line = (self._line + rest)[-_CHUNK:]

    def _advise(self, line: bytes) -> None:
        advice = hint_for(line.decode("utf-8", "replace").rstrip())
        if advice and advice not in self._given:
            self._given.add(advice)
            self._write(f"  hint: {advice}\n".encode())


def run(command: Sequence[str]) -> int:
    """Run a program with its output advised. Returns its status as a shell has it: 128 and more for a signal."""
    output = sys.stdout.fileno()
    adviser = Adviser(lambda data: _write_all(output, data))
    # Until the program is there, Ctrl-C ends this one
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=_prepare_child)
    # Ctrl-C reaches the program by itself, and it decides when it is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: process.send_signal(number))
    if process.stdout is not None:
        source = process.stdout.fileno()
        while data := os.read(source, _CHUNK):
            adviser.feed(data)
    status = process.wait()
    return status if status >= 0 else 128 - status


def main(arguments: Sequence[str]) -> int:
    """Run what the command line says."""
    words = list(arguments)
    plot = words[:1] == ["--heap-plot"]
    if plot:
        del words[0]
    if not plot:
        return run(words)
    from sming_host.heap import draw, read_trace

    folder = Path(words[0]).parent
    trace = folder / "heap.csv"
    trace.unlink(missing_ok=True)
    print(f"recording the heap of {folder.name}; Ctrl-C ends it, --duration=SECONDS in ARGS does so by itself")
    sys.stdout.flush()
    status = run([words[0], f"--heap-trace={trace}", *words[1:]])
    try:
        for path in draw(read_trace(trace), folder / "heap", folder.name):
            print(path)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return status or 1
    return status


def _prepare_child() -> None:
    """In the new process: end with its parent, and take Ctrl-C as usual."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _write_all(descriptor: int, data: bytes) -> None:
    view: Optional[memoryview] = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view) :]
        except BrokenPipeError:
            # Nobody reads any more; the application goes on, as it does with a closed terminal.
            view = None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
