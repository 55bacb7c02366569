"""pyserial's handler of `emu://SOC?image=PATH`: the serial line of an emulated chip as a port.

    port = serial.serial_for_url("emu://esp32c3?image=out/esp32c3/bearssl/Echo_Ssl/firmware.elf")

Opening the port starts the chip, closing it ends it. Importing `sming_host.emulator` makes the scheme known. Speed and
parity mean nothing; DTR and RTS are not connected.
"""

from __future__ import annotations

import select
import time
from pathlib import Path
from typing import Any, Optional
from urllib.parse import parse_qs, urlsplit

import serial

from sming_host.emulator.chip import Chip, start_chip

_FORM = "emu://SOC?image=PATH"


class Serial(serial.SerialBase):
    """A port with an emulated chip behind it."""

    is_open: bool

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        self._chip: Optional[Chip] = None
        super().__init__(*arguments, **keywords)

    def open(self) -> None:
        """Start the chip that the URL names."""
        if self.is_open:
            raise serial.SerialException("Port is already open.")
        if self._port is None:
            raise serial.SerialException("Port must be configured before it can be used.")
        soc, image = parse_url(self.portstr)
        self._chip = start_chip(soc, image)
        self._chip.serial.setblocking(False)
        self.is_open = True

    def close(self) -> None:
        """End the chip."""
        if self._chip is not None:
            self._chip.stop()
            self._chip = None
        self.is_open = False

    @property
    def _line(self) -> Any:
        if self._chip is None:
            raise serial.PortNotOpenError
        return self._chip.serial

    def fileno(self) -> int:
        """Return the descriptor of the line, for `select` and the bridge."""
        return int(self._line.fileno())

    @property
    def in_waiting(self) -> int:
        """Tell whether there is something to read: 1 or 0."""
        return int(bool(select.select([self._line], [], [], 0)[0]))

    def read(self, size: int = 1) -> bytes:
        """Read up to `size` bytes; fewer when the time-out is over."""
        data = bytearray()
        deadline = None if self._timeout is None else time.monotonic() + self._timeout
        while len(data) < size:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not select.select([self._line], [], [], left)[0]:
                break
            piece = self._line.recv(size - len(data))
            if not piece:
                raise serial.SerialException("the emulator has ended")
            data += piece
        return bytes(data)

    def write(self, data: Any) -> int:
        """Write everything."""
        rest = memoryview(serial.to_bytes(data))
        while rest:
            select.select([], [self._line], [])
            try:
                rest = rest[self._line.send(rest) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise serial.SerialException(f"the emulator has ended: {error}") from error
        return len(data)

    def reset_input_buffer(self) -> None:
        """Throw away what was received."""
        while self.in_waiting and self._line.recv(4096):
            pass

    def reset_output_buffer(self) -> None:
        """Nothing waits here."""

    def flush(self) -> None:
        """Nothing waits here."""

    def _reconfigure_port(self, force_update: bool = False) -> None:
        pass

    def _update_rts_state(self) -> None:
        pass

    def _update_dtr_state(self) -> None:
        pass

    def _update_break_state(self) -> None:
        pass


def parse_url(url: str) -> tuple[str, Path]:
    """Return chip and program of a URL; raises SerialException as pyserial's own handlers do."""
    parts = urlsplit(url)
    fields = parse_qs(parts.query)
    unknown = set(fields) - {"image"}
    if parts.scheme != "emu" or not parts.netloc or len(fields.get("image", [])) != 1 or unknown:
        raise serial.SerialException(f"{url}: expected {_FORM}")
    return parts.netloc, Path(fields["image"][0])
