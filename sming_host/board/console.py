"""Text of a chip's serial line: what stands in frames, and what the ROM prints without any."""

from __future__ import annotations

import codecs

from sming_host.bridge.frames import END, ESC, ESC_END, ESC_ESC, TEXT, encode

# IPv4: version and header length. As text these are the letters E to O.
_PACKET = range(0x45, 0x50)
_PRINTABLE = frozenset([*range(0x20, 0x7F), 0x09, 0x0A, 0x0D])


class Console:
    """Takes bytes as they come and gives the text in them at once; packets are left out."""

    def __init__(self) -> None:
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = b""
        self._escaped = False
        # What the bytes after the last END are: not known yet, text, something else
        self._kind = ""

    def feed(self, data: bytes) -> str:
        """Return the text of some bytes."""
        out = bytearray()
        for byte in data:
            if byte == END:
                out += self._held
                self._held, self._kind, self._escaped = b"", "", False
            elif byte == ESC and not self._escaped:
                self._escaped = True
            else:
                plain = {ESC_END: END, ESC_ESC: ESC}.get(byte, byte) if self._escaped else byte
                self._escaped = False
                out += self._take(plain)
        return self._utf8.decode(bytes(out))

    def _take(self, byte: int) -> bytes:
        if self._kind:
            return bytes([byte]) if self._kind == "text" else b""
        if self._held:
            # A packet's second byte, the kind of service, is none that is printed
            held, self._held = self._held, b""
            self._kind = "text" if byte in _PRINTABLE else "packet"
            return held + bytes([byte]) if self._kind == "text" else b""
        if byte == TEXT:
            self._kind = "text"
            return b""
        if byte in _PACKET:
            self._held = bytes([byte])
        else:
            self._kind = "text" if byte in _PRINTABLE else "other"
        return bytes([byte]) if self._kind == "text" else b""


def typed(text: str) -> bytes:
    """Return text as the chip's console takes it."""
    return encode(bytes([TEXT]) + text.encode())
