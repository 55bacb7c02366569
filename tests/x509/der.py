"""A small DER encoder, so that tests can write certificates that no library would."""

from __future__ import annotations

import datetime

SEQUENCE, SET = 0x30, 0x31
UTF8, PRINTABLE, TELETEX, IA5, BMP = 0x0C, 0x13, 0x14, 0x16, 0x1E


def length(size: int) -> bytes:
    """Shortest form of a length."""
    if size < 0x80:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return bytes([tag]) + length(len(content)) + content


def seq(*parts: bytes) -> bytes:
    return tlv(SEQUENCE, *parts)


def set_of(*parts: bytes) -> bytes:
    return tlv(SET, *parts)


def explicit(number: int, *parts: bytes) -> bytes:
    return tlv(0xA0 | number, *parts)


def context(number: int, content: bytes) -> bytes:
    return tlv(0x80 | number, content)


def integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def boolean(value: bool) -> bytes:
    return tlv(0x01, b"\xff" if value else b"\x00")


def bits(content: bytes, unused: int = 0) -> bytes:
    return tlv(0x03, bytes([unused]), content)


def octets(content: bytes) -> bytes:
    return tlv(0x04, content)


def null() -> bytes:
    return b"\x05\x00"


def oid(dotted: str) -> bytes:
    arcs = [int(arc) for arc in dotted.split(".")]
    out = b""
    for arc in [arcs[0] * 40 + arcs[1], *arcs[2:]]:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.insert(0, 0x80 | arc & 0x7F)
        out += bytes(groups)
    return tlv(0x06, out)


def utc_time(when: datetime.datetime) -> bytes:
    return tlv(0x17, when.strftime("%y%m%d%H%M%SZ").encode())


def generalized_time(when: datetime.datetime) -> bytes:
    return tlv(0x18, f"{when.year:04}{when:%m%d%H%M%SZ}".encode())


def time(when: datetime.datetime) -> bytes:
    """As RFC 5280 §4.1.2.5 wants it."""
    return utc_time(when) if 1950 <= when.year < 2050 else generalized_time(when)


def children(data: bytes) -> list[tuple[int, bytes]]:
    """Tags and contents of elements that stand one after the other and are known to be valid."""
    out, at = [], 0
    while at < len(data):
        tag, size, start = data[at], data[at + 1], at + 2
        if size >= 0x80:
            start += size & 0x7F
            size = int.from_bytes(data[at + 2 : start], "big")
        out.append((tag, data[start : start + size]))
        at = start + size
    return out
