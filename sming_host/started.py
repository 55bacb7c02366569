"""Start a program so that Ctrl-C ends it without a word where it would by a traceback: while Python still loads it,
and wherever it does not catch KeyboardInterrupt.

    python -m sming_host.started MODULE [ARGUMENT…]

The program itself calls `take_interrupts` where it is ready for KeyboardInterrupt.
"""

from __future__ import annotations

import io
import os
import runpy
import signal
import sys
from types import TracebackType
from typing import Optional

INTERRUPTED = 2
"""Exit status of a build that was interrupted, as SCons has it."""

_seen = -1


def take_interrupts() -> None:
    """Have Ctrl-C raise KeyboardInterrupt from here on, unless this runs in the background, without Ctrl-C."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def watch_interrupts() -> None:
    """Note every signal from here on, whoever handles it, for `become`."""
    global _seen
    if _seen < 0:
        _seen, written = os.pipe()
        for descriptor in (_seen, written):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(written, warn_on_full_buffer=False)


def become(command: list[str]) -> None:
    """Replace this process by a program; end it instead if it was interrupted, at whatever moment."""
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        # From here on Ctrl-C ends this process, or the program once it has begun: Python cannot take it any earlier
        if command[1:3] == ["-m", __name__]:
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        interrupted = _seen >= 0 and _was_seen()
    except KeyboardInterrupt:
        interrupted = True
    if interrupted:
        os._exit(INTERRUPTED)
    os.execv(command[0], command)


def _was_seen() -> bool:
    try:
        noted = os.read(_seen, 4096)
    except BlockingIOError:
        return False
    return any(number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) for number in noted)


def _show(kind: type[BaseException], error: BaseException, trace: Optional[TracebackType]) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)


def _prepare_output() -> None:
    """Have characters that the terminal's encoding lacks shown as question marks, instead of ending the program."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="replace")


def end_output() -> None:
    """Leave with status 1, and say so in a line, if output could not be written; Python would show a traceback."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        # What is left of it is not tried again when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if not isinstance(error, BrokenPipeError):
            print(f"error: the output could not be written: {error.strerror}", file=sys.stderr)
        sys.exit(1)


def main() -> None:
    """Take the command line."""
    if len(sys.argv) < 2:
        sys.exit("usage: python -m sming_host.started MODULE [ARGUMENT…]")
    if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    sys.excepthook = _show
    del sys.argv[0]
    _prepare_output()
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    finally:
        end_output()


if __name__ == "__main__":
    main()
