"""Packets of MQTT 3.1.1 in Python: made by hand, well or badly, and judged by a model of the rules for clients."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Optional

from tests.network.websocket_model import is_utf8

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = range(1, 8)
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT = range(8, 15)


def length(size: int) -> bytes:
    """The length field (§2.2.3)."""
    field = b""
    while True:
        field += bytes([size & 127 | (128 if size > 127 else 0)])
        size >>= 7
        if not size:
            return field


def packet(kind: int, body: bytes = b"", flags: Optional[int] = None) -> bytes:
    if flags is None:
        flags = 2 if kind in (PUBREL, SUBSCRIBE, UNSUBSCRIBE) else 0
    return bytes([kind << 4 | flags]) + length(len(body)) + body


def text(value: bytes) -> bytes:
    return struct.pack(">H", len(value)) + value


def publish(
    topic: bytes, contents: bytes = b"", *, qos: int = 0, number: int = 0, retain: bool = False, dup: bool = False
) -> bytes:
    body = text(topic) + (struct.pack(">H", number) if qos else b"") + contents
    return packet(PUBLISH, body, flags=qos << 1 | retain | dup << 3)


def acknowledge(kind: int, number: int) -> bytes:
    return packet(kind, struct.pack(">H", number))


@dataclass(frozen=True)
class Packet:
    """A packet that a client sent, taken apart."""

    kind: int
    flags: int
    body: bytes

    @property
    def number(self) -> int:
        """Packet identifier."""
        if self.kind == PUBLISH:
            return int.from_bytes(self._after_topic()[:2], "big") if self.qos else 0
        return int.from_bytes(self.body[:2], "big")

    @property
    def qos(self) -> int:
        return self.flags >> 1 & 3

    @property
    def dup(self) -> bool:
        return bool(self.flags & 8)

    @property
    def topic(self) -> bytes:
        start = 0 if self.kind == PUBLISH else 2
        size = int.from_bytes(self.body[start : start + 2], "big")
        return self.body[start + 2 : start + 2 + size]

    def _after_topic(self) -> bytes:
        return self.body[2 + int.from_bytes(self.body[:2], "big") :]

    @property
    def contents(self) -> bytes:
        return self._after_topic()[2 if self.qos else 0 :]


_SIZES = {CONNACK: 2, PUBACK: 2, PUBREC: 2, PUBREL: 2, PUBCOMP: 2, SUBACK: 3, UNSUBACK: 2, PINGRESP: 0}


def judge(data: bytes) -> list[str]:
    """What a client has to make of all of these bytes: the words that the application writes."""
    words: list[str] = []
    while data:
        word, data = _first(data)
        if word:
            words.append(word)
        if word == "error":
            break
    return words


def _first(data: bytes) -> tuple[str, bytes]:
    """The word for the first packet, as far as it is there, and what follows."""
    kind, flags = data[0] >> 4, data[0] & 15
    qos = flags >> 1 & 3
    if kind == PUBLISH:
        if qos == 3 or (qos == 0 and flags & 8):
            return "error", b""
    elif kind not in _SIZES or flags != (2 if kind == PUBREL else 0):
        return "error", b""
    size = used = 0
    for used in range(1, 6):
        if used == 5:
            return "error", b""
        if used >= len(data):
            return "", b""
        size |= (data[used] & 127) << 7 * (used - 1)
        if data[used] < 128:
            break
    body, rest = data[used + 1 : used + 1 + size], data[used + 1 + size :]
    complete = len(body) == size
    if kind == PUBLISH:
        return _publish(flags, body, size, complete), rest
    if size != _SIZES[kind]:
        return "error", b""
    if not complete:
        return "", b""
    number = int.from_bytes(body[:2], "big") if kind not in (CONNACK, PINGRESP) else 0
    code = session = 0
    if kind == CONNACK:
        session, code = body
        if session > 1 or (code and session):
            return "error", b""
    elif kind != PINGRESP and number == 0:
        return "error", b""
    if kind == SUBACK:
        code = body[2]
        if code not in (0, 1, 2, 128):
            return "error", b""
    return f"{kind}:{number},{code},{session}", rest


def _publish(flags: int, body: bytes, size: int, complete: bool) -> str:
    qos = flags >> 1 & 3
    if size < (5 if qos else 3):
        return "error"
    if len(body) < 2:
        return ""
    count = int.from_bytes(body[:2], "big")
    if count == 0 or 2 + count + (2 if qos else 0) > size:
        return "error"
    topic = body[2 : 2 + count]
    if any(byte in topic for byte in b"\0+#") or not is_utf8(topic, len(topic) == count):
        return "error"
    at = 2 + count
    number = 0
    if qos:
        if len(body) < at + 2:
            return ""
        number = int.from_bytes(body[at : at + 2], "big")
        at += 2
        if number == 0:
            return "error"
    if len(topic) < count:
        return ""
    begin = f"{PUBLISH}:{flags},{number},{topic.hex()},{size - at}"
    return f"{begin}={body[at:].hex()}" if complete else begin
