"""A board's console in the foreground: resets the chip, shows and logs what it prints, decodes faults.

With the link the port is handed to the network bridge: the console goes on, and the device's servers can be reached.
Lines that are typed go to the device, but for those that begin with `~`: `~.` ends, `~r` resets, `~l` switches the
link on; `~~` stands for one `~`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import select
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Optional

import serial

from sming_host.board.console import Console, typed
from sming_host.board.ports import check_port, find_port
from sming_host.board.shower import Shower
from sming_host.bridge import Bridge, held_ports
from sming_host.emulator.chip_device import PORTS, describe_ports
from sming_host.emulator.serial_line import BAUD, open_port
from sming_host.errors import UserError

_RESET_S = 0.1
_LINE_CHUNK = 4096


def monitor(soc: str, program: Path, port: str, words: Sequence[str]) -> int:
    """Run until Ctrl-C or `~.`; `words` are ARGS. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="monitor", description="ARGS of monitor")
    parser.add_argument("--link", action="store_true", help="lead the device's network to this machine's")
    parser.add_argument("--log", type=Path, help="file for all that is shown; what is in it stays")
    parser.add_argument("--no-reset", action="store_true", help="leave the device running as it is")
    options = parser.parse_args(list(words))
    port = find_port(port, soc, console=True)
    check_port(port)
    with contextlib.ExitStack() as stack:
        log: Optional[BinaryIO] = None
        if options.log is not None:
            try:
                # Not anew: what an earlier run has caught may not come again
                log = stack.enter_context(options.log.open("ab"))
            except OSError as error:
                raise UserError(
                    f"{options.log}: {error.strerror}", "--log names a file that can be written."
                ) from error
        line = stack.enter_context(contextlib.closing(open_port(port, BAUD)))
        shower = Shower(soc, program, log)
        session = Session(line, shower)
        stack.callback(session.close)
        if not program.is_file():
            print(f"{program} is not there: faults are shown as they come, without source lines")
        print(f"{soc} at {port}; Ctrl-C ends, ~r resets, ~l switches the network on")
        sys.stdout.flush()
        if options.link:
            session.switch_link_on()
        if not options.no_reset:
            reset(line)
        with contextlib.suppress(KeyboardInterrupt):
            session.run()
    return 0


def reset(line: Any) -> None:
    """Restart an ESP by the line RTS, which leads to its reset; a port that has no such lines leaves it as it is."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        # DTR leads to GPIO 0: high, for the program and not the loader
        line.dtr = False
        line.rts = True
        time.sleep(_RESET_S)
        line.rts = False


class Session:
    """A port and what is shown of it, until one of the two sides ends it."""

    def __init__(self, line: Any, shower: Shower) -> None:
        self._line = line
        self._shower = shower
        self._console = Console()
        self._bridge: Optional[Bridge] = None
        self._keyboard = [sys.stdin.fileno()]
        self._typed = b""

    def close(self) -> None:
        """End the link, if it is on."""
        if self._bridge is not None:
            self._bridge.close()
            self._bridge = None

    def switch_link_on(self) -> None:
        """Hand the port to the bridge, and say where the device's servers are."""
        if self._bridge is not None:
            return
        with held_ports(PORTS) as ports:
            bridge = Bridge(self._line, forward=ports, on_text=self._shower.show)
            print(describe_ports(ports))
            sys.stdout.flush()
            self._bridge = bridge.__enter__()

    def run(self) -> None:
        """Show and send until the keyboard says `~.`; raises a UserError when the port is lost."""
        while self._type():
            if self._bridge is not None:
                if self._bridge.gone.wait(0.1):
                    raise _lost("no more can be read")
                continue
            try:
                data: bytes = self._line.read(1)
                data += self._line.read(min(self._line.in_waiting, _LINE_CHUNK)) if data else b""
            except (serial.SerialException, OSError, TypeError) as error:
                raise _lost(str(error)) from error
            self._shower.show(self._console.feed(data))

    def _type(self) -> bool:
        """Take what was typed; False when that ends the session."""
        if not self._keyboard or not select.select(self._keyboard, [], [], 0)[0]:
            return True
        data = os.read(self._keyboard[0], _LINE_CHUNK)
        if not data:
            self._keyboard = []
        *lines, self._typed = (self._typed + data).split(b"\n")
        return all(self._take(line.decode("utf-8", "replace") + "\n") for line in lines)

    def _take(self, text: str) -> bool:
        if text.startswith("~") and not text.startswith("~~"):
            return self._do(text[1:].strip())
        self._send(text[1:] if text.startswith("~") else text)
        return True

    def _do(self, word: str) -> bool:
        if word == "r":
            reset(self._line)
        elif word == "l":
            self.switch_link_on()
        elif word != ".":
            print("~. ends, ~r resets, ~l switches the network on, ~~ stands for ~")
            sys.stdout.flush()
        return word != "."

    def _send(self, text: str) -> None:
        if self._bridge is not None:
            self._bridge.type(text)
            return
        try:
            self._line.write(typed(text))
        except (serial.SerialException, OSError) as error:
            raise _lost(str(error)) from error


def _lost(why: str) -> UserError:
    return UserError(f"the port was lost: {why}", "Is the board still plugged in?")
