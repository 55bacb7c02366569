"""The network of a chip: IP packets on its serial line ↔ sockets of this machine, without root.

    with Bridge(port, forward={443: 8443}, on_text=print):
        …                                   # the chip's server on 443 answers at 127.0.0.1:8443

`port` is anything with a file number: the socket of an emulated chip or a real serial port. The device is 10.0.2.15,
this machine 10.0.2.2, the name server 10.0.2.3. Frames on the line are those of components/hal/chip/include/hal_chip.h.
"""

from __future__ import annotations

from .bridge import Bridge, free_port, held_ports

__all__ = ["Bridge", "free_port", "held_ports"]
