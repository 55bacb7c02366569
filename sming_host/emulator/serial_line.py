"""An application behind a serial port: a board, or anything else that pyserial has a URL for."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Any, Optional

import serial

from sming_host.emulator.device import Device, Heap
from sming_host.errors import UserError

BAUD = 115200
"""Speed of the console that applications set in their init()."""

_READ_S = 0.1


def open_port(url: str, baud: int) -> Any:
    """Open a port by its URL, or raise a UserError that says what to do."""
    try:
        return serial.serial_for_url(url, baudrate=baud, timeout=_READ_S, exclusive=True)
    except (serial.SerialException, OSError, ValueError) as error:
        hint = "Name a port of this machine, or a URL of pyserial, such as socket://HOST:PORT."
        if "ermission" in str(error):
            hint = "Let this user use serial ports (Debian, Ubuntu: sudo adduser $USER dialout; then log in anew)."
        elif "busy" in str(error) or "lock" in str(error):
            hint = "Another program has the port open: a monitor, perhaps."
        raise UserError(f"{url} cannot be opened: {error}", hint) from error


class SerialDevice(Device):
    """Reads a port into a log until it is stopped. What runs behind it was put there by somebody else."""

    def __init__(self, url: str, folder: Path, *, baud: int = BAUD, address: Optional[str] = None) -> None:
        """Open a port: ``/dev/ttyUSB0``, ``socket://host:port``, ``loop://``, a pseudo-terminal.

        `folder` gets the log. `address` is where the device is in the network, for `url` and `port`.
        """
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(url, folder / "serial.log")
        self._address = address
        self._problem = ""
        self._closing = threading.Event()
        self._port = open_port(url, baud)
        self._file = self.log.open("wb")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def reset(self) -> None:
        """Restart the device by the line RTS, as the circuits of ESP boards have it; a port without it stays as is."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            self._port.dtr = False
            self._port.rts = True
            self._closing.wait(0.1)
            self._port.rts = False

    @property
    def address(self) -> str:
        """Where the device is in the network, as it was given."""
        if not self._address:
            raise UserError(
                f"the network address of the device at {self.name} is not known",
                "Give it with --sming-address=ADDRESS.",
            )
        return self._address

    def port(self, port: int, timeout: float = 20) -> int:
        """Return the same port: nothing stands between this machine and the device."""
        return port

    @property
    def heap(self) -> Heap:
        """Not known here."""
        raise UserError(f"the heap of the device at {self.name} is not known", "Print system_get_free_heap_size().")

    def send(self, text: str) -> None:
        """Write to the port."""
        try:
            self._port.write(text.encode())
        except (serial.SerialException, OSError) as error:
            raise self.failure(f"{self.name} cannot be written to: {error}") from error

    def ended(self) -> str:
        """Say why the port cannot be read any more; empty while it can."""
        return self._problem

    def stop(self) -> int:
        """Close the port. The application goes on; the status is 0."""
        self._closing.set()
        self._reader.join(5)
        self._port.close()
        self._file.close()
        return 0

    def _read(self) -> None:
        while not self._closing.is_set():
            try:
                data: bytes = self._port.read(max(1, self._waiting()))
            except (serial.SerialException, OSError, TypeError) as error:
                self._problem = f"{self.name} was lost ({error})"
                return
            if data:
                self._file.write(data)
                self._file.flush()

    def _waiting(self) -> int:
        try:
            return int(self._port.in_waiting)
        except (serial.SerialException, OSError):
            # A socket whose peer is gone; reading it says so.
            return 0
