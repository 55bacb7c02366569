"""Conversations with a server: what a client's hello may have wrong."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.axtls.conftest import World
from tests.axtls.conversations import CONNECTED, Case, group
from tests.axtls.peers import Client
from tests.axtls.tls12 import (
    CLIENT_HELLO,
    EMS,
    GOOD_EXTENSIONS,
    GROUPS,
    HANDSHAKE,
    P256,
    POINTS,
    RENEGOTIATION,
    SIGNATURES,
    SNI,
    X25519,
    extension,
    numbers,
    record,
    u8,
    u16,
    vec8,
    vec16,
)

ALL_TYPES = (0, 1, 2, 3, 4, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 99, 254, 255)


def say(kind: int, body: bytes, peer: Client) -> None:
    peer.say(kind, body)


def hello(peer: Client, **fields: object) -> None:
    peer.hello(**fields)


def good_with(*extra: bytes, without: bytes = b"") -> tuple[bytes, ...]:
    return (*(e for e in GOOD_EXTENSIONS if e != without), *extra)


@group("server")
def hello_lengths(world: World) -> Iterator[Case]:
    """Each prefix of a ClientHello, and more than there should be."""
    template = Client.__new__(Client)
    template.suite, template.client_random = 0xC02B, bytes(32)
    whole = template.hello_body(session_id=b"abc")
    bare = template.hello_body(session_id=b"abc", extensions=None)
    for n in range(len(whole)):
        expected = "handshake_failure" if n == len(bare) else "decode_error"
        yield Case(f"first {n} bytes", partial(say, CLIENT_HELLO, whole[:n]), expected)
    for n in (1, 2, 100):
        yield Case(f"{n} bytes too many", partial(say, CLIENT_HELLO, whole + bytes(n)), "decode_error")
    at = 2 + 32 + 4
    for suites in (b"", b"\0", b"\xc0\x2b\0"):
        body = whole[:at] + vec16(suites) + whole[at + 4 :]
        yield Case(f"{len(suites)} bytes of suites", partial(say, CLIENT_HELLO, body), "decode_error")
    for length in (33, 64, 255):
        yield Case(f"session id of {length}", partial(hello, session_id=bytes(length)), "decode_error")
    yield Case("longer than any", lambda p: p.raw(record(HANDSHAKE, b"\x01\xff\xff\xff")), "decode_error")
    yield Case("no compressions", partial(hello, compressions=b""), "decode_error")
    yield Case("no null compression", partial(hello, compressions=b"\1\x40"), "illegal_parameter")
    yield Case("many compressions", lambda p: p.handshake(compressions=bytes(range(255))), CONNECTED)
    yield Case("many suites", lambda p: p.handshake(suites=[*range(0x2000, 0x9000), 0xC02B]), CONNECTED)


@group("server")
def hello_values(world: World) -> Iterator[Case]:
    for version in (0x0000, 0x0200, 0x0300, 0x0301, 0x0302, 0x02FF):
        yield Case(f"version {version:04x}", partial(hello, version=version), "protocol_version")
    for version in (0x0301, 0x0302):
        yield Case("fallback", partial(hello, version=version, suites=[0xC02B, 0x5600]), "inappropriate_fallback")
    for version in (0x0304, 0x03FF, 0x0400, 0xFFFF):
        yield Case(f"version {version:04x}", lambda p, v=version: p.handshake(version=v), CONNECTED)
    yield Case("fallback to what we have", lambda p: p.handshake(suites=[0xC02B, 0x5600]), CONNECTED)
    for suites in ([0x0000], [0x1301, 0x1302], [0x00FF], [0xC02B + 0x1000], [0x0005]):
        yield Case(f"suites {suites}", partial(hello, suites=suites), "handshake_failure")
    yield Case(
        "no groups in common",
        partial(hello, extensions=[extension(10, vec16(u16(30))), SIGNATURES]),
        "handshake_failure",
    )
    yield Case(
        "certificate's curve is not allowed",
        partial(hello, extensions=[extension(10, vec16(u16(X25519))), SIGNATURES]),
        "handshake_failure",
    )
    yield Case(
        "no signature in common",
        partial(hello, extensions=[GROUPS, extension(13, vec16(numbers([0x0201, 0x0203, 0x0402])))]),
        "handshake_failure",
    )
    yield Case("no signature algorithms", partial(hello, extensions=[GROUPS]), "handshake_failure")
    yield Case("no extensions, ECDHE", partial(hello, extensions=None), "handshake_failure")
    yield Case("no extensions, RSA", lambda p: p.handshake(extensions=None), CONNECTED, 0x009C)
    yield Case("empty extensions, RSA", lambda p: p.handshake(extensions=()), CONNECTED, 0x009C)
    yield Case("no groups", lambda p: p.handshake(extensions=[SIGNATURES, EMS, RENEGOTIATION]), CONNECTED)
    yield Case(
        "renegotiation info SCSV",
        lambda p: p.handshake(suites=[0xC02B, 0x00FF], extensions=good_with(without=RENEGOTIATION)),
        CONNECTED,
    )
    yield Case("no EMS", lambda p: p.handshake(extensions=good_with(without=EMS)), CONNECTED)
    yield Case("no SNI", lambda p: p.handshake(extensions=good_with(without=SNI)), CONNECTED)
    yield Case("no point formats", lambda p: p.handshake(extensions=good_with(without=POINTS)), CONNECTED)
    for length in (1, 12, 255):
        yield Case(
            "renegotiation info of another handshake",
            partial(hello, extensions=good_with(extension(0xFF01, vec8(bytes(length))), without=RENEGOTIATION)),
            "handshake_failure",
        )


#: number → good contents; every prefix of them is wrong, and so is every extra byte
PARSED = {
    0: vec16(b"\0" + vec16(b"server.example")),
    1: b"\2",
    10: vec16(numbers((X25519, P256))),
    11: vec8(b"\0\1"),
    13: vec16(numbers((0x0403, 0x0804))),
    16: vec16(vec8(b"h2") + vec8(b"http/1.1")),
    28: u16(4000),
    0xFF01: vec8(b""),
}


@group("server")
def extension_lengths(world: World) -> Iterator[Case]:
    for number, good in PARSED.items():
        others = [e for e in GOOD_EXTENSIONS if int.from_bytes(e[:2], "big") != number]
        for n in range(len(good)):
            bad = extension(number, good[:n])
            yield Case(f"extension {number}, first {n}", partial(hello, extensions=[bad, *others]), "decode_error")
            yield Case(
                f"extension {number}, first {n}, last", partial(hello, extensions=[*others, bad]), "decode_error"
            )
        more = extension(number, good + b"\0")
        yield Case(f"extension {number}, one more", partial(hello, extensions=[more, *others]), "decode_error")
        fine = extension(number, good)
        if number != 11:
            yield Case(f"extension {number}", lambda p, e=[fine, *others]: p.handshake(extensions=e), CONNECTED)
        yield Case(f"extension {number} twice", partial(hello, extensions=[fine, *others, fine]), "illegal_parameter")
    for number in (22, 23):
        others = [e for e in GOOD_EXTENSIONS if int.from_bytes(e[:2], "big") != number]
        bad = extension(number, b"\0")
        yield Case(f"extension {number} not empty", partial(hello, extensions=[bad, *others]), "decode_error")


@group("server")
def extension_values(world: World) -> Iterator[Case]:
    for code in (0, 5, 255):
        yield Case(
            f"fragment length {code}", partial(hello, extensions=good_with(extension(1, u8(code)))), "illegal_parameter"
        )
    for code in range(1, 5):
        yield Case(
            f"fragment length {code}",
            lambda p, c=code: p.handshake(extensions=good_with(extension(1, u8(c)))),
            CONNECTED,
        )
    for limit in (0, 1, 63):
        yield Case(
            f"record limit {limit}",
            partial(hello, extensions=good_with(extension(28, u16(limit)))),
            "illegal_parameter",
        )
    for limit in (64, 16384, 16385, 65535):
        yield Case(
            f"record limit {limit}",
            lambda p, n=limit: p.handshake(extensions=good_with(extension(28, u16(n)))),
            CONNECTED,
        )
    yield Case(
        "point formats without uncompressed",
        partial(hello, extensions=good_with(extension(11, vec8(b"\1\2")), without=POINTS)),
        "illegal_parameter",
    )
    yield Case(
        "no point formats at all",
        partial(hello, extensions=good_with(extension(11, vec8(b"")), without=POINTS)),
        "decode_error",
    )
    for number, name in ((10, "groups"), (13, "signatures"), (16, "protocols"), (0, "names")):
        others = [e for e in GOOD_EXTENSIONS if int.from_bytes(e[:2], "big") != number]
        yield Case(f"no {name}", partial(hello, extensions=[extension(number, vec16(b"")), *others]), "decode_error")
    yield Case(
        "empty protocol",
        partial(hello, extensions=good_with(extension(16, vec16(vec8(b"h2") + vec8(b""))))),
        "decode_error",
    )
    yield Case(
        "empty name",
        partial(hello, extensions=good_with(extension(0, vec16(b"\0" + vec16(b""))), without=SNI)),
        "decode_error",
    )
    yield Case(
        "two names",
        partial(hello, extensions=good_with(extension(0, vec16(2 * (b"\0" + vec16(b"a")))), without=SNI)),
        "illegal_parameter",
    )
    yield Case(
        "other type of name",
        partial(hello, extensions=good_with(extension(0, vec16(b"\1" + vec16(b"a"))), without=SNI)),
        "illegal_parameter",
    )
    yield Case(
        "very long name",
        partial(hello, extensions=good_with(extension(0, vec16(b"\0" + vec16(b"a" * 300))), without=SNI)),
        "unrecognized_name",
    )
    for count in (60, 1000, 30000):
        many = extension(13, vec16(numbers([0x0403] * count)))
        yield Case(
            f"{count} signature algorithms",
            lambda p, e=many: p.handshake(extensions=good_with(e, without=SIGNATURES)),
            CONNECTED,
        )
        many = extension(10, vec16(numbers([*[0x0A0A] * count, P256])))
        yield Case(f"{count} groups", lambda p, e=many: p.handshake(extensions=good_with(e, without=GROUPS)), CONNECTED)
    for count in (10, 1000, 10000):
        unknown = [extension(0x2000 + i) for i in range(count)]
        yield Case(
            f"{count} unknown extensions",
            lambda p, e=unknown: p.handshake(extensions=[*e, *GOOD_EXTENSIONS]),
            CONNECTED,
        )
    for length in (1, 500, 1800, 17000, 60000):
        yield Case(
            f"padding of {length}",
            lambda p, n=length: p.handshake(extensions=[extension(21, bytes(n)), *GOOD_EXTENSIONS]),
            CONNECTED,
        )
