"""Applications that run and can be talked to: in the host's emulator process, or behind a serial port.

    program = build("Basic_Ssl", adapter="Bearssl")
    with HostDevice.start(program, folder, heap="48K") as device:
        device.expect("Connected")
        print(device.heap.peak)

`Device` is what tests see; `HostDevice` starts the executable that the build made, `SerialDevice` reads a serial port
(any URL that pyserial knows).
"""

from __future__ import annotations

from sming_host.emulator.building import build, find_top, run_build
from sming_host.emulator.device import Device, ExpectError, Heap
from sming_host.emulator.host import HostDevice
from sming_host.emulator.serial_line import SerialDevice

__all__ = [
    "Device",
    "ExpectError",
    "Heap",
    "HostDevice",
    "SerialDevice",
    "build",
    "find_top",
    "run_build",
]
