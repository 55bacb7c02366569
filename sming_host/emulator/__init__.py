"""Applications that run and can be talked to: in the host's emulator process, or behind a serial port.

    program = build("Basic_Ssl", adapter="Bearssl")
    with HostDevice.start(program, folder, heap="48K") as device:
        device.expect("Connected")
        print(device.heap.peak)

`Device` is what tests see; `HostDevice` starts the executable that the build made, `SerialDevice` reads a serial port
(any URL that pyserial knows).

A chip is emulated by a process of its own, whose serial line is a socket of this one:

    with start_chip("esp32c3", Path("out/esp32c3/bearssl/Echo_Ssl/firmware.elf")) as chip, Bridge(chip.serial):
        …

Its network is that of a real board: `sming_host.bridge` on its serial line. ESP32-C2, C3 and RP2040 run in unicorn,
installed on first use, the Xtensa chips in QEMU, fetched on first use. For programs that want a serial port there is
the URL `emu://SOC?image=PATH`, see `protocol_emu`.
"""

from __future__ import annotations

import serial

from sming_host.emulator.bridged import BridgedDevice
from sming_host.emulator.building import build, find_top, run_build
from sming_host.emulator.chip import Chip, Figures, start_chip
from sming_host.emulator.device import Device, ExpectError, Heap
from sming_host.emulator.host import HostDevice
from sming_host.emulator.serial_line import SerialDevice

# pyserial looks for protocol_emu in this package.
if __name__ not in serial.protocol_handler_packages:
    serial.protocol_handler_packages.append(__name__)

__all__ = [
    "BridgedDevice",
    "Chip",
    "Device",
    "ExpectError",
    "Figures",
    "Heap",
    "HostDevice",
    "SerialDevice",
    "build",
    "find_top",
    "run_build",
    "start_chip",
]
