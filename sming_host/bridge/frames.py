"""Frames of the serial line: RFC 1055, with the kind of a frame in its first byte (draft-bormann-t2trg-slipmux)."""

from __future__ import annotations

from collections.abc import Iterator

END, ESC, ESC_END, ESC_ESC = 0xC0, 0xDB, 0xDC, 0xDD
TEXT = 0x0A
BRIDGE = 0x0B
_IPV4 = range(0x45, 0x50)

# Longer than any packet: what comes without an END for so long is no frame.
_LONGEST = 65_536


def encode(frame: bytes) -> bytes:
    """Return a frame as it goes over the line, with an END before and after it."""
    body = frame.replace(bytes([ESC]), bytes([ESC, ESC_ESC])).replace(bytes([END]), bytes([ESC, ESC_END]))
    return bytes([END]) + body + bytes([END])


def is_packet(frame: bytes) -> bool:
    """Tell whether a frame is an IPv4 packet."""
    return frame[0] in _IPV4


class Decoder:
    """Takes bytes as they come and gives whole frames."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the frames that are complete; empty ones are left out."""
        self._pending += data
        *frames, rest = self._pending.split(bytes([END]))
        self._pending = rest if len(rest) <= _LONGEST else bytearray()
        for frame in frames:
            if frame:
                yield _plain(bytes(frame))


def _plain(frame: bytes) -> bytes:
    # An ESC is never part of the second byte of a pair, so that the order of the two does not matter.
    return frame.replace(bytes([ESC, ESC_END]), bytes([END])).replace(bytes([ESC, ESC_ESC]), bytes([ESC]))
