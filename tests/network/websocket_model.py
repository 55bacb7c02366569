"""Frames of WebSocket (RFC 6455 §5) in Python: made by hand, well or badly, and judged by a model of the rules."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Optional, Union

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10

NORMAL, GOING_AWAY, PROTOCOL_ERROR, UNSUPPORTED, NO_STATUS, ABNORMAL = 1000, 1001, 1002, 1003, 1005, 1006
INVALID_PAYLOAD, POLICY, TOO_BIG, INTERNAL = 1007, 1008, 1009, 1011

KEY = b"\x37\xfa\x21\x3d"
"""A masking key."""


def xor(data: bytes, key: bytes) -> bytes:
    return bytes(byte ^ key[at % 4] for at, byte in enumerate(data))


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    key: Optional[bytes] = None,
    rsv: int = 0,
    form: int = 0,
    length: Optional[int] = None,
) -> bytes:
    """One frame. `form` 16 or 64 forces a longer form of the length; `length` announces another one."""
    size = len(payload) if length is None else length
    mask = 0x80 if key else 0
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    if form == 64 or (form == 0 and size > 0xFFFF):
        head += bytes([mask | 127]) + struct.pack(">Q", size)
    elif form == 16 or (form == 0 and size > 125):
        head += bytes([mask | 126]) + struct.pack(">H", size)
    else:
        head += bytes([mask | size])
    return head + (key + xor(payload, key) if key else payload)


def close_payload(code: int, reason: bytes = b"") -> bytes:
    return struct.pack(">H", code) + reason


def is_close_code(code: int) -> bool:
    """May stand in a close frame: RFC 6455 §7.4, with 1012-1014 of IANA's registry."""
    return code in {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014} or 3000 <= code <= 4999


def is_utf8(data: bytes, final: bool = True) -> bool:
    """Whether it is UTF-8, or can still become it."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        if final or error.reason != "unexpected end of data":
            return False
        # Python's decoder also calls E0 80 or F4 90 so, while it has seen the last byte of the data only
        return any(_decodes(data[: error.start] + data[error.start :] + tail) for tail in _TAILS)
    return True


_TAILS = [bytes([first, *rest]) for first in (0x80, 0x90, 0xA0, 0xBF) for rest in ((), (0x80,), (0x80, 0x80))]


def _decodes(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@dataclass
class Model:
    """What a receiver has to make of a stream of bytes: a list of words as the application writes them."""

    masked: bool
    limit: int = 65536
    words: list[str] = field(default_factory=list)
    _message: bytes = b""
    _opcode: int = 0
    _size: int = 0

    def judge(self, data: bytes) -> list[str]:
        """All words for all of the data. Text that breaks off in the last frame may or may not be judged yet."""
        at = 0
        while at < len(data):
            used = self._frame(data[at:])
            if isinstance(used, str):
                self.words.append(used)
                break
            if used == 0:
                break
            at += used
        return self.words

    def _frame(self, data: bytes) -> Union[int, str]:
        """Bytes of the first frame, 0 if it is incomplete, or the last word."""
        error = f"error:{PROTOCOL_ERROR}"
        if len(data) < 2:
            return 0
        fin, rsv, opcode = bool(data[0] & 0x80), data[0] & 0x70, data[0] & 15
        masked, size = bool(data[1] & 0x80), data[1] & 127
        control = opcode >= 8
        if rsv or masked != self.masked or opcode not in (0, 1, 2, 8, 9, 10):
            return error
        if control and (not fin or size > 125):
            return error
        if not control and (opcode == CONTINUATION) != bool(self._opcode):
            return error
        extended = {126: 2, 127: 8}.get(size, 0)
        start = 2 + extended + (4 if masked else 0)
        if len(data) < start:
            return 0
        if extended:
            size = int.from_bytes(data[2 : 2 + extended], "big")
            if size < 126 or (extended == 8 and (size < 65536 or size >> 63)):
                return error
        if not control and size + (self._size if self._opcode else 0) > self.limit:
            return f"error:{TOO_BIG}"
        payload = data[start : start + size]
        if masked:
            payload = xor(payload, data[start - 4 : start])
        complete = len(payload) == size
        return (
            self._control(opcode, payload, complete, start + size)
            if control
            else self._data(opcode, payload, complete, fin, start + size)
        )

    def _control(self, opcode: int, payload: bytes, complete: bool, used: int) -> Union[int, str]:
        if not complete:
            return 0
        if opcode != CLOSE:
            self.words.append(f"{opcode}:{payload.hex()}")
            return used
        code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else NO_STATUS
        if len(payload) == 1 or (payload and not is_close_code(code)):
            return f"error:{PROTOCOL_ERROR}"
        if not is_utf8(payload[2:]):
            return f"error:{INVALID_PAYLOAD}"
        return f"8:{payload[2:].hex()}/{code}"

    def _data(self, opcode: int, payload: bytes, complete: bool, fin: bool, used: int) -> Union[int, str]:
        if opcode != CONTINUATION:
            self._opcode, self._message, self._size = opcode, b"", 0
        self._message += payload
        self._size = len(self._message)
        last = fin and complete
        if self._opcode == TEXT and not is_utf8(self._message, last):
            return f"error:{INVALID_PAYLOAD}"
        if not complete:
            return 0
        if fin:
            self.words.append(f"{self._opcode}:{self._message.hex()}")
            self._opcode, self._message, self._size = 0, b"", 0
        return used
