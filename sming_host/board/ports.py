"""Which serial port a board is at, and whether it can be opened. Every refusal says what to do."""

from __future__ import annotations

import errno
import fcntl
import grp
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

from serial.tools import list_ports

from sming_host.errors import UserError
from sming_host.named import exists

ANY = -1
"""Stands for every product of a vendor."""

_ESP = {
    (0x10C4, 0xEA60): "CP210x",
    (0x10C4, 0xEA70): "CP2105",
    (0x1A86, 0x7523): "CH340",
    (0x1A86, 0x5523): "CH341",
    (0x1A86, 0x55D4): "CH9102",
    (0x0403, 0x6001): "FT232",
    (0x0403, 0x6010): "FT2232",
    (0x0403, 0x6014): "FT232H",
    (0x0403, 0x6015): "FT231X",
    (0x303A, 0x1001): "Espressif USB-JTAG",
    (0x303A, ANY): "Espressif",
}
_RP2040 = {(0x2E8A, ANY): "Raspberry Pi"}

PLUG_IN = "Is the board plugged in, with a cable that carries data?"


@dataclass(frozen=True)
class Port:
    """A serial port of this machine."""

    device: str
    # None: not a USB device.
    vid: Optional[int] = None
    pid: Optional[int] = None
    about: str = ""

    def kind(self, soc: str, console: bool = False) -> str:
        """Return what the USB id stands for; empty if it is none that boards with this chip have, or their console."""
        table = _ESP if soc != "rp2040" else {**_ESP, **_RP2040} if console else _RP2040
        if self.vid is None or self.pid is None:
            return ""
        return table.get((self.vid, self.pid), table.get((self.vid, ANY), ""))

    def __str__(self) -> str:
        usb = f" ({self.vid:04x}:{self.pid:04x})" if self.vid is not None and self.pid is not None else ""
        return f"{self.device}{usb} {self.about}".rstrip()


def all_ports() -> list[Port]:
    """Return the ports of this machine."""
    rows = sorted(list_ports.comports(), key=lambda row: str(row.device))
    return [Port(row.device, row.vid, row.pid, row.description if row.description != "n/a" else "") for row in rows]


def find_port(
    wanted: str,
    soc: str,
    ports: Callable[[], Sequence[Port]] = all_ports,
    ask: Optional[Callable[[str], str]] = None,
    console: bool = False,
    advice: str = PLUG_IN,
) -> str:
    """Return the port of a board: `wanted` if it is not empty, else the one whose USB id fits.

    `ask` is given a question when several fit; None stands for the terminal, if there is one. For a `console` also
    the adapters count that can be wired to an RP2040's UART. `advice` says what to do when none fits.
    """
    if wanted:
        if "://" not in wanted and not exists(wanted):
            raise UserError(f"COM_PORT={wanted}: there is no such port", _listing(ports()))
        return wanted
    found = list(ports())
    fitting = [port for port in found if port.kind(soc, console)]
    if len(fitting) == 1:
        return fitting[0].device
    if not fitting:
        raise UserError(f"no serial port looks like a board with {soc}", f"{advice} {_listing(found)}")
    if ask is None and sys.stdin.isatty():
        ask = input
    if ask is None:
        raise UserError("several ports may be the board's", _listing(fitting))
    return _choose(fitting, ask)


def _choose(ports: Sequence[Port], ask: Callable[[str], str]) -> str:
    lines = [f"{number}  {port}" for number, port in enumerate(ports, 1)]
    question = "\n".join(["Several ports may be the board's:", *lines, f"Which one? [1-{len(ports)}] "])
    try:
        answer = ask(question).strip()
    except EOFError:
        answer = ""
    if answer.isdecimal() and 1 <= int(answer) <= len(ports):
        return ports[int(answer) - 1].device
    raise UserError(f"{answer or 'nothing'} is not one of the ports", _listing(ports))


def _listing(ports: Iterable[Port]) -> str:
    lines = [f"  {port}" for port in ports]
    if not lines:
        return "This machine has no serial port now. COM_PORT=… names one, or a URL of pyserial."
    return "\n".join(["COM_PORT=… names one. There are:", *lines])


def check_port(port: str) -> None:
    """Raise a UserError that says what to do if a port cannot be opened now. URLs are not looked at."""
    if "://" in port:
        return
    try:
        descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except PermissionError as error:
        raise UserError(f"{port}: no permission", _how_to_get_permission(Path(port))) from error
    except FileNotFoundError as error:
        raise UserError(f"{port}: there is no such port", _listing(all_ports())) from error
    except IsADirectoryError as error:
        raise _no_port(port) from error
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise _busy(port) from error
        raise UserError(
            f"{port} cannot be opened: {error.strerror}", "Unplug the board and plug it in again."
        ) from error
    try:
        if not os.isatty(descriptor):
            raise _no_port(port)
        # pyserial and esptool hold this lock while they have a port.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    except BlockingIOError as error:
        raise _busy(port) from error
    finally:
        os.close(descriptor)


def _no_port(port: str) -> UserError:
    return UserError(f"{port} is no serial port", _listing(all_ports()))


def _busy(port: str) -> UserError:
    return UserError(
        f"{port} is busy", f"Another program has it open, a monitor perhaps: `fuser -v {port}` names it. End that one."
    )


def _how_to_get_permission(path: Path) -> str:
    try:
        status = path.stat()
        group = grp.getgrgid(status.st_gid).gr_name
    except (OSError, KeyError):
        group = ""
    if not group or group == "root" or not status.st_mode & 0o060:
        return f"Only root may use it: write a udev rule, or say `sudo chmod a+rw {path}` each time it is plugged in."
    return f"It belongs to the group {group}: `sudo usermod -aG {group} $USER`, then log in anew."
