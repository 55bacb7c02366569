"""An application on an emulated chip, with the network that a bridge gives it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Callable, Optional

from sming_host.bridge import Bridge, held_ports
from sming_host.emulator.chip import Figures, start_chip
from sming_host.emulator.device import Device, Heap
from sming_host.errors import UserError

PORTS = (80, 443, 1883, 4443, 8080, 8443, 8883)
"""Ports of the device that are reachable from this machine unless others are named."""

_LOOPBACK = "127.0.0.1"

_SERVERS = {80: "http://{}/", 443: "https://{}/", 4443: "{}"}
"""Those of them that samples listen on, and what to say to a client."""


def describe_ports(ports: Mapping[int, int]) -> str:
    """Return the line that says at which ports of this machine a device's servers answer."""
    at = (f"{port} at {form.format(f'{_LOOPBACK}:{ports[port]}')}" for port, form in _SERVERS.items())
    return "The device's ports: " + ", ".join(at)


class ChipDevice(Device):
    """Runs a program on an emulated chip and writes what it prints into a log."""

    def __init__(
        self,
        soc: str,
        image: Path,
        folder: Path,
        *,
        ports: Iterable[int] = PORTS,
        on_text: Optional[Callable[[str], None]] = None,
        clock: Optional[Callable[[], float]] = time.time,
        udp: Optional[Mapping[int, int]] = None,
        count_instructions: bool = False,
        options: Sequence[str] = (),
        flash: Optional[Path] = None,
    ) -> None:
        """`folder` gets the log. `on_text` gets the console as it comes; for `clock` and `udp` see `Bridge`, for the
        last three `start_chip`.
        """
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(f"{image.parent.name} on {soc}", folder / "chip.log")
        self._on_text = on_text
        self._file = self.log.open("wb")
        self._lock = threading.Lock()
        self.figures: Optional[Figures] = None
        """What the program has used of its memory; known after `stop`."""
        with held_ports(ports) as self._ports:
            self._chip = start_chip(soc, image, count_instructions=count_instructions, options=options, flash=flash)
            self._bridge = Bridge(self._chip.serial, forward=self._ports, on_text=self._print, clock=clock, udp=udp)
            self._bridge.__enter__()

    def _print(self, text: str) -> None:
        with self._lock:
            self._file.write(text.encode())
            self._file.flush()
        if self._on_text:
            self._on_text(text)

    @property
    def ports(self) -> Mapping[int, int]:
        """Ports of the device, and those of this machine that lead to them."""
        return self._ports

    @property
    def address(self) -> str:
        """This machine: the bridge forwards its ports to the device."""
        return _LOOPBACK

    def port(self, port: int, timeout: float = 20) -> int:
        """Return the port of this machine that leads to one of the device."""
        try:
            return self._ports[port]
        except KeyError:
            known = ", ".join(map(str, self._ports))
            raise UserError(f"port {port} of {self.name} is not forwarded", f"These are: {known}.") from None

    @property
    def heap(self) -> Heap:
        """The heap at the end; while the program runs it is not known."""
        figures = self.figures
        if figures is None or None in (figures.heap_size, figures.heap_free, figures.heap_least_free):
            raise UserError(f"the heap of {self.name} is known when it has been stopped")
        size = figures.heap_size or 0
        return Heap(size - (figures.heap_free or 0), size - (figures.heap_least_free or 0), size, {})

    def send(self, text: str) -> None:
        """Type on the device's console."""
        self._bridge.type(text)

    def ended(self) -> str:
        """Say how the emulator has ended; empty while it runs."""
        status = self._chip.process.poll()
        return "" if status is None else f"the emulator has ended with status {status}"

    def cut_power(self) -> None:
        """End the emulator at once, wherever it is; `stop` is to follow."""
        self._chip.kill()

    def stop(self) -> int:
        """End the emulator; `figures` is then known."""
        if self.figures is None:
            self._bridge.close()
            self.figures = self._chip.stop()
            self._file.close()
        return 0
