"""What a peer of WebSocket may send, and what RFC 6455 wants for it: the same table for servers and clients.

The numbers in the names follow the order of topics in common test suites: 1 framing, 2 pings, 3 reserved bits,
4 opcodes, 5 fragmentation, 6 UTF-8, 7 closing, 9 sizes, 10 masking. The application echoes messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Optional

from tests.network.websocket_model import (
    BINARY,
    CLOSE,
    CONTINUATION,
    INVALID_PAYLOAD,
    NO_STATUS,
    NORMAL,
    PING,
    PONG,
    PROTOCOL_ERROR,
    TEXT,
    TOO_BIG,
    close_payload,
    frame,
)

LIMIT = 100_000
"""Bytes of a message that the application takes."""


@dataclass(frozen=True)
class Frame:
    """A frame to be sent; masked as the role of the sender has it unless `unlike`."""

    opcode: int
    payload: bytes = b""
    fin: bool = True
    rsv: int = 0
    form: int = 0
    length: Optional[int] = None
    unlike: bool = False

    def encode(self, key: Optional[bytes]) -> bytes:
        if self.unlike:
            key = None if key else b"\1\2\3\4"
        return frame(self.opcode, self.payload, fin=self.fin, key=key, rsv=self.rsv, form=self.form, length=self.length)


@dataclass(frozen=True)
class Case:
    """Frames that are sent, and what the application sends back: frames, and the code that it closes with."""

    name: str
    frames: tuple[Frame, ...]
    answer: tuple[tuple[int, bytes], ...] = ()
    close: Optional[int] = None
    """None: it stays open, and the test closes in order. NO_STATUS: a close frame without a code."""
    chop: int = 0
    """Send so many bytes at a time; 0: all at once."""


def _case(name: str, *frames: Frame, answer: tuple[tuple[int, bytes], ...] = (), **rest: object) -> Case:
    close = rest.get("close")
    chop = rest.get("chop", 0)
    assert close is None or isinstance(close, int)
    assert isinstance(chop, int)
    return Case(name, frames, answer, close, chop)


def _framing() -> Iterator[Case]:
    for opcode, kind in ((TEXT, "text"), (BINARY, "binary")):
        for size in (0, 1, 125, 126, 127, 128, 65535, 65536):
            payload = (b"*" if opcode == TEXT else b"\xfe") * size
            yield _case(f"1 {kind} of {size}", Frame(opcode, payload), answer=((opcode, payload),))
        payload = bytes(range(1, 98)) if opcode == TEXT else bytes(range(256))
        yield _case(f"1 {kind}, byte by byte", Frame(opcode, payload), answer=((opcode, payload),), chop=1)
        payload = b"0123456789" * 1000
        yield _case(f"1 {kind} in pieces of 997", Frame(opcode, payload), answer=((opcode, payload),), chop=997)
    yield _case(
        "1 three messages at once",
        *(Frame(TEXT, word) for word in (b"a", b"bc", b"def")),
        answer=((TEXT, b"a"), (TEXT, b"bc"), (TEXT, b"def")),
    )
    # The shortest form of the length has to be used (§5.2)
    for form, size in ((16, 0), (16, 125), (64, 5), (64, 126), (64, 65535)):
        yield _case(f"1 length {size} in {form} bits", Frame(TEXT, b"*" * size, form=form), close=PROTOCOL_ERROR)
    yield _case("1 length with the highest bit", Frame(BINARY, b"", form=64, length=1 << 63), close=PROTOCOL_ERROR)


def _pings() -> Iterator[Case]:
    for name, payload in (
        ("empty", b""),
        ("text", b"Hello, world!"),
        ("binary", b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"),
        ("of 125", b"\xfe" * 125),
    ):
        yield _case(f"2 ping, {name}", Frame(PING, payload), answer=((PONG, payload),))
    yield _case("2 ping, byte by byte", Frame(PING, b"slow" * 20), answer=((PONG, b"slow" * 20),), chop=1)
    yield _case("2 ping of 126", Frame(PING, b"*" * 126), close=PROTOCOL_ERROR)
    yield _case("2 ping with a long length", Frame(PING, b"*" * 5, form=16), close=PROTOCOL_ERROR)
    yield _case("2 pong that nobody asked for", Frame(PONG, b"unasked"), Frame(PING, b"p"), answer=((PONG, b"p"),))
    yield _case("2 empty pong", Frame(PONG), Frame(TEXT, b"after"), answer=((TEXT, b"after"),))
    yield _case("2 pong of 126", Frame(PONG, b"*" * 126), close=PROTOCOL_ERROR)
    many = tuple(f"payload {number}".encode() for number in range(10))
    yield _case("2 ten pings", *(Frame(PING, text) for text in many), answer=tuple((PONG, text) for text in many))
    yield _case(
        "2 ten pings, byte by byte",
        *(Frame(PING, text) for text in many),
        answer=tuple((PONG, text) for text in many),
        chop=1,
    )


def _reserved() -> Iterator[Case]:
    for rsv in range(1, 8):
        yield _case(f"3 text with reserved bits {rsv:03b}", Frame(TEXT, b"x", rsv=rsv), close=PROTOCOL_ERROR)
    yield _case(
        "3 reserved bits after a message",
        Frame(TEXT, b"good"),
        Frame(TEXT, b"bad", rsv=4),
        Frame(PING, b"never"),
        answer=((TEXT, b"good"),),
        close=PROTOCOL_ERROR,
    )
    yield _case("3 reserved bits, byte by byte", Frame(TEXT, b"x", rsv=1), close=PROTOCOL_ERROR, chop=1)
    for opcode, kind in ((BINARY, "binary"), (PING, "ping"), (PONG, "pong"), (CLOSE, "close")):
        yield _case(f"3 {kind} with reserved bits", Frame(opcode, b"", rsv=2), close=PROTOCOL_ERROR)
    yield _case(
        "3 reserved bits in a continuation",
        Frame(TEXT, b"a", fin=False),
        Frame(CONTINUATION, b"b", rsv=4),
        close=PROTOCOL_ERROR,
    )


def _opcodes() -> Iterator[Case]:
    for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        yield _case(f"4 opcode {opcode}", Frame(opcode), close=PROTOCOL_ERROR)
        yield _case(
            f"4 opcode {opcode} after a message",
            Frame(TEXT, b"good"),
            Frame(opcode, b"data"),
            Frame(PING),
            answer=((TEXT, b"good"),),
            close=PROTOCOL_ERROR,
        )
    for opcode in (3, 11):
        yield _case(f"4 opcode {opcode}, byte by byte", Frame(opcode, b"xy"), close=PROTOCOL_ERROR, chop=1)


def _fragments(opcode: int, *parts: bytes) -> tuple[Frame, ...]:
    """A message in as many frames."""
    last = len(parts) - 1
    return tuple(Frame(CONTINUATION if at else opcode, part, fin=at == last) for at, part in enumerate(parts))


def _fragmentation() -> Iterator[Case]:
    for opcode, kind in ((TEXT, "text"), (BINARY, "binary")):
        two = _fragments(opcode, b"fragment1", b"fragment2")
        whole = (opcode, b"fragment1fragment2")
        yield _case(f"5 {kind} in two", *two, answer=(whole,))
        yield _case(f"5 {kind} in two, byte by byte", *two, answer=(whole,), chop=1)
        yield _case(
            f"5 ping within a {kind}", two[0], Frame(PING, b"in between"), two[1], answer=((PONG, b"in between"), whole)
        )
        yield _case(f"5 pong within a {kind}", two[0], Frame(PONG, b"?"), two[1], answer=(whole,))
        yield _case(
            f"5 {kind} in empty pieces", *_fragments(opcode, b"", b"", b"middle", b""), answer=((opcode, b"middle"),)
        )
        yield _case(f"5 empty {kind} in three", *_fragments(opcode, b"", b"", b""), answer=((opcode, b""),))
        single = tuple(bytes([65 + at % 26]) for at in range(300))
        yield _case(f"5 {kind} in 300", *_fragments(opcode, *single), answer=((opcode, b"".join(single)),))
        yield _case(f"5 {kind} begins within another", two[0], Frame(opcode, b"new"), close=PROTOCOL_ERROR)
        yield _case(f"5 unfinished {kind} begins within another", two[0], two[0], close=PROTOCOL_ERROR)
    yield _case("5 binary within a text", Frame(TEXT, b"t", fin=False), Frame(BINARY, b"b"), close=PROTOCOL_ERROR)
    for fin in (True, False):
        yield _case(f"5 continuation of nothing, final {fin}", Frame(CONTINUATION, b"x", fin=fin), close=PROTOCOL_ERROR)
    yield _case(
        "5 continuation after a whole message",
        Frame(TEXT, b"whole"),
        Frame(CONTINUATION, b"more"),
        answer=((TEXT, b"whole"),),
        close=PROTOCOL_ERROR,
    )
    yield _case(
        "5 continuation after the last",
        *_fragments(TEXT, b"a", b"b"),
        Frame(CONTINUATION, b"c"),
        answer=((TEXT, b"ab"),),
        close=PROTOCOL_ERROR,
    )
    for opcode, kind in ((PING, "ping"), (PONG, "pong"), (CLOSE, "close")):
        yield _case(f"5 {kind} in fragments", Frame(opcode, b"", fin=False), close=PROTOCOL_ERROR)
    yield _case(
        "5 five pings within a message",
        Frame(TEXT, b"a", fin=False),
        *(Frame(PING, bytes([number])) for number in range(5)),
        Frame(CONTINUATION, b"z"),
        answer=(*((PONG, bytes([number])) for number in range(5)), (TEXT, b"az")),
    )
    yield _case("5 close within a message", Frame(TEXT, b"a", fin=False), Frame(CLOSE), close=NO_STATUS)


_VALID_TEXTS = {
    "greek": "Κόσμε".encode(),
    "two bytes, first": b"\xc2\x80",
    "two bytes, last": b"\xdf\xbf",
    "three bytes, first": b"\xe0\xa0\x80",
    "before the surrogates": b"\xed\x9f\xbf",
    "after the surrogates": b"\xee\x80\x80",
    "replacement": b"\xef\xbf\xbd",
    "no character": b"\xef\xbf\xbe\xef\xbf\xbf",
    "four bytes, first": b"\xf0\x90\x80\x80",
    "four bytes, last": b"\xf4\x8f\xbf\xbf",
    "NUL": b"a\0b",
    "byte order mark": b"\xef\xbb\xbfx",
    "mixed": "Hello-µ@ßöäüàá-UTF-8!! 水 𝄞".encode(),
}

_INVALID_TEXTS = {
    "lone continuation": b"\x80",
    "last continuation": b"\xbf",
    "two continuations": b"a\x80\xbf",
    "byte FE": b"\xfe",
    "byte FF": b"\xff",
    "overlong slash, two": b"\xc0\xaf",
    "overlong slash, three": b"\xe0\x80\xaf",
    "overlong slash, four": b"\xf0\x80\x80\xaf",
    "overlong slash, five": b"\xf8\x80\x80\x80\xaf",
    "overlong slash, six": b"\xfc\x80\x80\x80\x80\xaf",
    "overlong C1": b"\xc1\xbf",
    "overlong E0": b"\xe0\x9f\xbf",
    "overlong F0": b"\xf0\x8f\xbf\xbf",
    "surrogate, first": b"\xed\xa0\x80",
    "surrogate, last": b"\xed\xbf\xbf",
    "surrogate pair": b"\xed\xa0\x80\xed\xb0\x80",
    "beyond the last": b"\xf4\x90\x80\x80",
    "F5": b"\xf5\x80\x80\x80",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "six bytes": b"\xfc\x84\x80\x80\x80\x80",
    "first of two at the end": b"x\xc3",
    "first of three at the end": b"x\xe2\x82",
    "first of four at the end": b"x\xf0\x9f\x98",
    "broken off within": b"\xce\xba\xe1\xbdx",
    "Latin-1": "Grüße".encode("latin-1"),
}


def _utf8() -> Iterator[Case]:
    for name, text in _VALID_TEXTS.items():
        yield _case(f"6 {name}", Frame(TEXT, text), answer=((TEXT, text),))
        if len(text) > 1:
            pieces = [text[at : at + 1] for at in range(len(text))]
            yield _case(f"6 {name} in fragments", *_fragments(TEXT, *pieces), answer=((TEXT, text),))
    for name, text in _INVALID_TEXTS.items():
        yield _case(f"6 {name} is refused", Frame(TEXT, b"ok: " + text), close=INVALID_PAYLOAD)
        yield _case(f"6 {name} is refused in fragments", *_fragments(TEXT, b"", text, b""), close=INVALID_PAYLOAD)
        yield _case(f"6 {name} as binary", Frame(BINARY, text), answer=((BINARY, text),))
    # As soon as it is clear, not at the end of the message
    yield _case("6 refused in an unfinished message", Frame(TEXT, b"ab\xff", fin=False), close=INVALID_PAYLOAD)
    yield _case("6 refused in an unfinished frame", Frame(TEXT, b"ab\xff", length=1000), close=INVALID_PAYLOAD)
    yield _case("6 refused, byte by byte", Frame(TEXT, b"abc\xed\xa0\x80def"), close=INVALID_PAYLOAD, chop=1)


def _closing() -> Iterator[Case]:
    for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999):
        yield _case(f"7 code {code}", Frame(CLOSE, close_payload(code)), close=code)
    for code in (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 9999, 65535):
        yield _case(f"7 code {code} is refused", Frame(CLOSE, close_payload(code)), close=PROTOCOL_ERROR)
    yield _case("7 no code", Frame(CLOSE), close=NO_STATUS)
    yield _case("7 half a code", Frame(CLOSE, b"\x03"), close=PROTOCOL_ERROR)
    yield _case("7 a reason", Frame(CLOSE, close_payload(NORMAL, b"Hello, world!")), close=NORMAL)
    yield _case("7 a reason of 123", Frame(CLOSE, close_payload(NORMAL, b"*" * 123)), close=NORMAL)
    yield _case("7 a reason of 124", Frame(CLOSE, close_payload(NORMAL, b"*" * 124)), close=PROTOCOL_ERROR)
    yield _case(
        "7 a reason that is not UTF-8", Frame(CLOSE, close_payload(NORMAL, b"\xce\xba\xff")), close=INVALID_PAYLOAD
    )
    yield _case("7 a reason that breaks off", Frame(CLOSE, close_payload(NORMAL, b"x\xe2\x82")), close=INVALID_PAYLOAD)
    yield _case("7 byte by byte", Frame(CLOSE, close_payload(NORMAL, b"slowly")), close=NORMAL, chop=1)
    yield _case("7 twice", *(Frame(CLOSE, close_payload(NORMAL)),) * 2, close=NORMAL)
    yield _case("7 text after it", Frame(CLOSE, close_payload(NORMAL)), Frame(TEXT, b"late"), close=NORMAL)
    yield _case("7 ping after it", Frame(CLOSE, close_payload(NORMAL)), Frame(PING, b"late"), close=NORMAL)
    yield _case("7 rubbish after it", Frame(CLOSE, close_payload(NORMAL)), Frame(15, b"late", rsv=7), close=NORMAL)
    yield _case(
        "7 after a message",
        Frame(TEXT, b"last words"),
        Frame(CLOSE, close_payload(NORMAL)),
        answer=((TEXT, b"last words"),),
        close=NORMAL,
    )
    yield _case(
        "7 after a large message",
        Frame(BINARY, b"\1" * 90_000),
        Frame(CLOSE, close_payload(NORMAL)),
        answer=((BINARY, b"\1" * 90_000),),
        close=NORMAL,
    )


def _sizes() -> Iterator[Case]:
    yield _case("9 as large as allowed", Frame(BINARY, b"b" * LIMIT), answer=((BINARY, b"b" * LIMIT),))
    yield _case("9 larger", Frame(BINARY, b"b", length=LIMIT + 1), close=TOO_BIG)
    yield _case("9 largest length there is", Frame(BINARY, b"b", length=(1 << 63) - 1), close=TOO_BIG)
    half = LIMIT // 2
    yield _case(
        "9 as large as allowed in fragments",
        *_fragments(BINARY, b"b" * half, b"c" * half),
        answer=((BINARY, b"b" * half + b"c" * half),),
    )
    yield _case("9 larger in fragments", *_fragments(BINARY, b"b" * half, b"c" * half, b"d"), close=TOO_BIG)
    yield _case(
        "9 larger, announced by the second",
        Frame(TEXT, b"abc", fin=False),
        Frame(CONTINUATION, b"", length=(1 << 63) - 1),
        close=TOO_BIG,
    )


def _masking() -> Iterator[Case]:
    for opcode, kind in ((TEXT, "text"), (BINARY, "binary"), (PING, "ping"), (PONG, "pong"), (CLOSE, "close")):
        yield _case(f"10 {kind} masked as the other side's", Frame(opcode, b"", unlike=True), close=PROTOCOL_ERROR)
    yield _case(
        "10 the second frame masked as the other side's",
        Frame(TEXT, b"good"),
        Frame(TEXT, b"bad", unlike=True),
        answer=((TEXT, b"good"),),
        close=PROTOCOL_ERROR,
    )


def all_cases() -> list[Case]:
    """The table."""
    parts = (
        _framing,
        _pings,
        _reserved,
        _opcodes,
        _fragmentation,
        _utf8,
        _closing,
        _sizes,
        _masking,
    )
    return [case for part in parts for case in part()]
