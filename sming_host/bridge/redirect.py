"""Datagrams of a device to well-known ports, led to other ports of this machine.

A name server or a time server at 53 or 123 needs root, one of a test does not.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

_UDP = 17
_HOST = bytes([10, 0, 2, 2])
_FRAGMENT = 0x3FFF


class Redirect:
    """Rewrites packets on their way out, and the answers on their way back (RFC 791, RFC 768)."""

    def __init__(self, ports: Mapping[int, int]) -> None:
        """`ports` maps ports that the device sends to, at whatever address, to UDP ports of this machine."""
        self._ports = dict(ports)
        # Where the device believes that it has sent: by its own port and ours.
        self._meant: dict[tuple[int, int], tuple[bytes, int]] = {}

    def outgoing(self, packet: bytes) -> bytes:
        """Return a packet of the device as it goes to the network."""
        at = _udp_offset(packet)
        if at == 0:
            return packet
        source, port = struct.unpack_from("!HH", packet, at)
        if port not in self._ports:
            return packet
        ours = self._ports[port]
        self._meant[source, ours] = (packet[16:20], port)
        changed = bytearray(packet)
        changed[16:20] = _HOST
        struct.pack_into("!H", changed, at + 2, ours)
        return _summed(changed, at)

    def incoming(self, packet: bytes) -> bytes:
        """Return a packet of the network as it goes to the device."""
        at = _udp_offset(packet)
        if at == 0 or packet[12:16] != _HOST:
            return packet
        port, destination = struct.unpack_from("!HH", packet, at)
        meant = self._meant.get((destination, port))
        if meant is None:
            return packet
        changed = bytearray(packet)
        changed[12:16], original = meant
        struct.pack_into("!H", changed, at, original)
        return _summed(changed, at)


def _udp_offset(packet: bytes) -> int:
    """Return where the UDP header of a packet begins; 0 if it has none that can be changed."""
    at = (packet[0] & 15) * 4
    fragmented = struct.unpack_from("!H", packet, 6)[0] & _FRAGMENT if len(packet) >= 20 else True
    return at if not fragmented and packet[9] == _UDP and len(packet) >= at + 8 else 0


def _summed(packet: bytearray, at: int) -> bytes:
    """Set the checksum of the IP header anew, and that of UDP to none."""
    packet[10:12] = b"\0\0"
    packet[at + 6 : at + 8] = b"\0\0"
    total = sum(struct.unpack_from(f"!{at // 2}H", packet))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    struct.pack_into("!H", packet, 10, ~total & 0xFFFF)
    return bytes(packet)
