"""A device behind a serial port that carries its network, too: a board with one of our images."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sming_host.bridge import Bridge, held_ports
from sming_host.emulator.chip_device import PORTS
from sming_host.emulator.device import Device, Heap
from sming_host.emulator.serial_line import BAUD, open_port
from sming_host.errors import UserError


class BridgedDevice(Device):
    """Reads the console out of the frames of a port into a log, and connects the device with this machine's network."""

    def __init__(self, url: str, folder: Path, *, baud: int = BAUD, ports: Iterable[int] = PORTS) -> None:
        """Open a port (any URL of pyserial with a file number) and bridge it; `ports` of the device are forwarded."""
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(url, folder / "serial.log")
        self._port: Any = open_port(url, baud)
        self._lock = threading.Lock()
        self._file = self.log.open("wb")
        with held_ports(ports) as self._ports:
            self._bridge = Bridge(self._port, forward=self._ports, on_text=self._print)
            self._bridge.__enter__()

    @property
    def address(self) -> str:
        """This machine: the bridge forwards its ports to the device."""
        return "localhost"

    def port(self, port: int, timeout: float = 20) -> int:
        """Return the port of this machine that leads to one of the device."""
        if port not in self._ports:
            raise UserError(f"port {port} of {self.name} is not forwarded", f"These are: {', '.join(map(str, PORTS))}.")
        return self._ports[port]

    @property
    def heap(self) -> Heap:
        """Not known here."""
        raise UserError(f"the heap of the device at {self.name} is not known", "Print system_get_free_heap_size().")

    def send(self, text: str) -> None:
        """Type on the device's console."""
        self._bridge.type(text)

    def ended(self) -> str:
        """Say that the port is gone; empty while it is there."""
        return f"{self.name} was lost" if self._bridge.gone.is_set() else ""

    def stop(self) -> int:
        """Close the port. The application goes on; the status is 0."""
        if not self._file.closed:
            self._bridge.close()
            with contextlib.suppress(OSError):
                self._port.close()
            self._file.close()
        return 0

    def _print(self, text: str) -> None:
        with self._lock:
            self._file.write(text.encode())
            self._file.flush()
