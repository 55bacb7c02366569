"""Conversations with a server: what a client may do wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.axtls.conftest import World
from tests.axtls.conversations import CONNECTED, GOING_ON, SILENT, Case, group
from tests.axtls.native import Settings
from tests.axtls.tls12 import (
    ALERT,
    CCS,
    CERTIFICATE,
    CERTIFICATE_VERIFY,
    CLIENT_HELLO,
    CLIENT_KEY_EXCHANGE,
    DATA,
    EMS,
    FINISHED,
    GOOD_EXTENSIONS,
    GROUPS,
    HANDSHAKE,
    P256,
    POINTS,
    RENEGOTIATION,
    SIGNATURES,
    SNI,
    X25519,
    Client,
    extension,
    message,
    numbers,
    record,
    sign,
    u8,
    u16,
    u24,
    vec8,
    vec16,
    vec24,
)
from tests.support.pki import Authority

ALL_TYPES = (0, 1, 2, 3, 4, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 99, 254, 255)


def _say(kind: int, body: bytes, peer: Client) -> None:
    peer.say(kind, body)


def _hello(peer: Client, **fields: object) -> None:
    peer.hello(**fields)


def _with(*extra: bytes, without: bytes = b"") -> tuple[bytes, ...]:
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
        yield Case(f"first {n} bytes", partial(_say, CLIENT_HELLO, whole[:n]), expected)
    for n in (1, 2, 100):
        yield Case(f"{n} bytes too many", partial(_say, CLIENT_HELLO, whole + bytes(n)), "decode_error")
    at = 2 + 32 + 4
    for suites in (b"", b"\0", b"\xc0\x2b\0"):
        body = whole[:at] + vec16(suites) + whole[at + 4 :]
        yield Case(f"{len(suites)} bytes of suites", partial(_say, CLIENT_HELLO, body), "decode_error")
    for length in (33, 64, 255):
        yield Case(f"session id of {length}", partial(_hello, session_id=bytes(length)), "decode_error")
    yield Case("longer than any", lambda p: p.raw(record(HANDSHAKE, b"\x01\xff\xff\xff")), "decode_error")
    yield Case("no compressions", partial(_hello, compressions=b""), "decode_error")
    yield Case("no null compression", partial(_hello, compressions=b"\1\x40"), "illegal_parameter")
    yield Case("many compressions", lambda p: p.handshake(compressions=bytes(range(255))), CONNECTED)
    yield Case("many suites", lambda p: p.handshake(suites=[*range(0x2000, 0x9000), 0xC02B]), CONNECTED)


@group("server")
def hello_values(world: World) -> Iterator[Case]:
    for version in (0x0000, 0x0200, 0x0300, 0x0301, 0x0302, 0x02FF):
        yield Case(f"version {version:04x}", partial(_hello, version=version), "protocol_version")
    for version in (0x0301, 0x0302):
        yield Case("fallback", partial(_hello, version=version, suites=[0xC02B, 0x5600]), "inappropriate_fallback")
    for version in (0x0304, 0x03FF, 0x0400, 0xFFFF):
        yield Case(f"version {version:04x}", lambda p, v=version: p.handshake(version=v), CONNECTED)
    yield Case("fallback to what we have", lambda p: p.handshake(suites=[0xC02B, 0x5600]), CONNECTED)
    for suites in ([0x0000], [0x1301, 0x1302], [0x00FF], [0xC02B + 0x1000], [0x0005]):
        yield Case(f"suites {suites}", partial(_hello, suites=suites), "handshake_failure")
    yield Case(
        "no groups in common",
        partial(_hello, extensions=[extension(10, vec16(u16(30))), SIGNATURES]),
        "handshake_failure",
    )
    yield Case(
        "certificate's curve is not allowed",
        partial(_hello, extensions=[extension(10, vec16(u16(X25519))), SIGNATURES]),
        "handshake_failure",
    )
    yield Case(
        "no signature in common",
        partial(_hello, extensions=[GROUPS, extension(13, vec16(numbers([0x0201, 0x0203, 0x0402])))]),
        "handshake_failure",
    )
    yield Case("no signature algorithms", partial(_hello, extensions=[GROUPS]), "handshake_failure")
    yield Case("no extensions, ECDHE", partial(_hello, extensions=None), "handshake_failure")
    yield Case("no extensions, RSA", lambda p: p.handshake(extensions=None), CONNECTED, 0x009C)
    yield Case("empty extensions, RSA", lambda p: p.handshake(extensions=()), CONNECTED, 0x009C)
    yield Case("no groups", lambda p: p.handshake(extensions=[SIGNATURES, EMS, RENEGOTIATION]), CONNECTED)
    yield Case(
        "renegotiation info SCSV",
        lambda p: p.handshake(suites=[0xC02B, 0x00FF], extensions=_with(without=RENEGOTIATION)),
        CONNECTED,
    )
    yield Case("no EMS", lambda p: p.handshake(extensions=_with(without=EMS)), CONNECTED)
    yield Case("no SNI", lambda p: p.handshake(extensions=_with(without=SNI)), CONNECTED)
    yield Case("no point formats", lambda p: p.handshake(extensions=_with(without=POINTS)), CONNECTED)
    for length in (1, 12, 255):
        yield Case(
            "renegotiation info of another handshake",
            partial(_hello, extensions=_with(extension(0xFF01, vec8(bytes(length))), without=RENEGOTIATION)),
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
            yield Case(f"extension {number}, first {n}", partial(_hello, extensions=[bad, *others]), "decode_error")
            yield Case(
                f"extension {number}, first {n}, last", partial(_hello, extensions=[*others, bad]), "decode_error"
            )
        more = extension(number, good + b"\0")
        yield Case(f"extension {number}, one more", partial(_hello, extensions=[more, *others]), "decode_error")
        fine = extension(number, good)
        if number != 11:
            yield Case(f"extension {number}", lambda p, e=[fine, *others]: p.handshake(extensions=e), CONNECTED)
        yield Case(f"extension {number} twice", partial(_hello, extensions=[fine, *others, fine]), "illegal_parameter")
    for number in (22, 23):
        others = [e for e in GOOD_EXTENSIONS if int.from_bytes(e[:2], "big") != number]
        bad = extension(number, b"\0")
        yield Case(f"extension {number} not empty", partial(_hello, extensions=[bad, *others]), "decode_error")


@group("server")
def extension_values(world: World) -> Iterator[Case]:
    for code in (0, 5, 255):
        yield Case(
            f"fragment length {code}", partial(_hello, extensions=_with(extension(1, u8(code)))), "illegal_parameter"
        )
    for code in range(1, 5):
        yield Case(
            f"fragment length {code}", lambda p, c=code: p.handshake(extensions=_with(extension(1, u8(c)))), CONNECTED
        )
    for limit in (0, 1, 63):
        yield Case(
            f"record limit {limit}", partial(_hello, extensions=_with(extension(28, u16(limit)))), "illegal_parameter"
        )
    for limit in (64, 16384, 16385, 65535):
        yield Case(
            f"record limit {limit}", lambda p, n=limit: p.handshake(extensions=_with(extension(28, u16(n)))), CONNECTED
        )
    yield Case(
        "point formats without uncompressed",
        partial(_hello, extensions=_with(extension(11, vec8(b"\1\2")), without=POINTS)),
        "illegal_parameter",
    )
    yield Case(
        "no point formats at all",
        partial(_hello, extensions=_with(extension(11, vec8(b"")), without=POINTS)),
        "decode_error",
    )
    for number, name in ((10, "groups"), (13, "signatures"), (16, "protocols"), (0, "names")):
        others = [e for e in GOOD_EXTENSIONS if int.from_bytes(e[:2], "big") != number]
        yield Case(f"no {name}", partial(_hello, extensions=[extension(number, vec16(b"")), *others]), "decode_error")
    yield Case(
        "empty protocol",
        partial(_hello, extensions=_with(extension(16, vec16(vec8(b"h2") + vec8(b""))))),
        "decode_error",
    )
    yield Case(
        "empty name",
        partial(_hello, extensions=_with(extension(0, vec16(b"\0" + vec16(b""))), without=SNI)),
        "decode_error",
    )
    yield Case(
        "two names",
        partial(_hello, extensions=_with(extension(0, vec16(2 * (b"\0" + vec16(b"a")))), without=SNI)),
        "illegal_parameter",
    )
    yield Case(
        "other type of name",
        partial(_hello, extensions=_with(extension(0, vec16(b"\1" + vec16(b"a"))), without=SNI)),
        "illegal_parameter",
    )
    yield Case(
        "very long name",
        partial(_hello, extensions=_with(extension(0, vec16(b"\0" + vec16(b"a" * 300))), without=SNI)),
        "unrecognized_name",
    )
    for count in (60, 1000, 30000):
        many = extension(13, vec16(numbers([0x0403] * count)))
        yield Case(
            f"{count} signature algorithms",
            lambda p, e=many: p.handshake(extensions=_with(e, without=SIGNATURES)),
            CONNECTED,
        )
        many = extension(10, vec16(numbers([*[0x0A0A] * count, P256])))
        yield Case(f"{count} groups", lambda p, e=many: p.handshake(extensions=_with(e, without=GROUPS)), CONNECTED)
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


@group("server")
def fragmentation(world: World) -> Iterator[Case]:
    for size in (1, 2, 3, 4, 5, 9, 40, 100):

        def split(p: Client, n: int = size) -> None:
            p.say(CLIENT_HELLO, p.hello_body(), pieces=[n] * 400)
            p.take()
            p.say(CLIENT_KEY_EXCHANGE, p.key_exchange_body(), pieces=[n] * 400)
            p.make_master()
            p.change_cipher_spec()
            p.say(FINISHED, p.verify_data(True), pieces=[n] * 400)
            p.take()
            p.check_server_finished()

        yield Case(f"records of {size}", split, CONNECTED)
    for kind, expected in ((CCS, "unexpected_message"), (DATA, "unexpected_message"), (20 + 4, "unexpected_message")):
        for cut in (1, 3, 4, 5, 50):

            def interleave(p: Client, k: int = kind, n: int = cut) -> None:
                p.raw(record(HANDSHAKE, message(CLIENT_HELLO, p.hello_body())[:n]) + record(k, b"\1"))

            yield Case(f"type {kind} after {cut} bytes", interleave, expected)
    for kind in (CCS, ALERT, HANDSHAKE):
        yield Case(f"empty record of type {kind}", lambda p, k=kind: p.raw(record(k, b"")), "unexpected_message")

        def late_empty(p: Client, k: int = kind) -> None:
            p.handshake()
            p.send(k, b"")

        yield Case(f"empty protected record of type {kind}", late_empty, "unexpected_message")

    def joined(p: Client, tail: bytes) -> None:
        p.raw(record(HANDSHAKE, message(CLIENT_HELLO, p.hello_body()) + tail))

    for tail in (b"\x10", message(CLIENT_KEY_EXCHANGE, vec8(bytes(32))), message(CLIENT_HELLO, b""), bytes(100)):
        yield Case(f"hello and {len(tail)} more in one record", lambda p, t=tail: joined(p, t), "unexpected_message")

    def after_finished(p: Client) -> None:
        p.until_ccs()
        p.send(HANDSHAKE, message(FINISHED, p.verify_data(True)) + b"\x01")

    yield Case("more after Finished", after_finished, "unexpected_message")

    def empty_data(p: Client, count: int) -> None:
        p.handshake()
        for _ in range(count):
            p.send(DATA, b"")

    yield Case("some empty data", lambda p: empty_data(p, 16), CONNECTED)
    yield Case("too much empty data", lambda p: empty_data(p, 17), "unexpected_message")


@group("server")
def record_headers(world: World) -> Iterator[Case]:
    for kind in (0, 1, 19, 24, 25, 71, 128, 255):
        yield Case(f"type {kind}", lambda p, k=kind: p.raw(record(k, b"\1\0\0\0")), "unexpected_message")

        def late(p: Client, k: int = kind) -> None:
            p.handshake()
            p.send(k, b"\1\0\0\0")

        yield Case(f"type {kind}, protected", late, "unexpected_message")
    for version in (0x0000, 0x0200, 0x0203, 0x0400, 0x7F00):
        yield Case(
            f"version {version:04x}", lambda p, v=version: p.raw(record(HANDSHAKE, bytes(9), v)), "protocol_version"
        )
    for version in (0x0300, 0x0301, 0x0302, 0x0304, 0x03FF):

        def first(p: Client, v: int = version) -> None:
            p.version = v
            p.hello()
            p.take()

        yield Case(f"first version {version:04x}", first, GOING_ON)

        def second(p: Client, v: int = version) -> None:
            p.until_hello_done()
            p.version = v
            p.key_exchange()

        yield Case(f"later version {version:04x}", second, "protocol_version")
    for length in (16385, 16384 + 2048, 65535):
        yield Case(f"{length} bytes, plain", lambda p, n=length: p.raw(b"\x16\3\3" + u16(n)), "record_overflow")

        def overflow(p: Client, n: int = length) -> None:
            p.handshake()
            p.raw(b"\x17\3\3" + u16(n))

        yield Case(f"{length} bytes, protected", overflow, "record_overflow" if length > 16384 + 2048 else CONNECTED)

    def too_much(p: Client, n: int) -> None:
        p.handshake()
        p.send(DATA, bytes(n))

    for suite in (0xC02B, 0xCCA9):
        yield Case("16385 bytes of plaintext", lambda p: too_much(p, 16385), "record_overflow", suite)
    # BearSSL's constant-time check takes the length for part of the padding
    yield Case("16385 bytes of plaintext, CBC", lambda p: too_much(p, 16385), "bad_record_mac", 0xC027)
    for code, limit in ((1, 512), (2, 1024), (3, 2048), (4, 4096)):

        def beyond(p: Client, c: int = code, n: int = limit) -> None:
            p.handshake(extensions=_with(extension(1, u8(c))))
            p.send(DATA, bytes(n + 1))

        yield Case(f"more than {limit} agreed on", beyond, "record_overflow")


def _start(p: Client) -> None:
    """Nothing was said."""


STATES = (
    ("start", _start, CLIENT_HELLO),
    ("after ServerHelloDone", lambda p: p.until_hello_done(), CLIENT_KEY_EXCHANGE),
    ("after ClientKeyExchange", lambda p: p.until_keys(), CCS + 1000),
    ("after ChangeCipherSpec", lambda p: p.until_ccs(), FINISHED),
)


@group("server")
def order(world: World) -> Iterator[Case]:
    for suite in (0xC02B, 0x009C):
        for name, reach, fine in STATES:
            for kind in ALL_TYPES:
                if kind == fine:
                    continue
                for body in (b"", bytes(40)):

                    def out_of_turn(
                        p: Client, r: Callable[..., object] = reach, k: int = kind, b: bytes = body
                    ) -> None:
                        r(p)
                        p.say(k, b)

                    yield Case(f"{name}: message {kind}, {len(body)} bytes", out_of_turn, "unexpected_message", suite)

            def data(p: Client, r: Callable[..., object] = reach) -> None:
                r(p)
                p.send(DATA, b"too early")

            yield Case(f"{name}: data", data, "unexpected_message", suite)
            if fine != CCS + 1000:

                def ccs(p: Client, r: Callable[..., object] = reach) -> None:
                    r(p)
                    p.change_cipher_spec()

                yield Case(f"{name}: ChangeCipherSpec", ccs, "unexpected_message", suite)
    for kind in ALL_TYPES:
        if kind != CLIENT_HELLO:

            def late(p: Client, k: int = kind) -> None:
                p.handshake()
                p.send(HANDSHAKE, message(k, b""))

            yield Case(f"connected: message {kind}", late, "unexpected_message")

    def twice(p: Client) -> None:
        p.handshake()
        p.send(CCS, b"\1")

    yield Case("connected: ChangeCipherSpec", twice, "unexpected_message")

    def plain_finished(p: Client) -> None:
        p.until_keys()
        p.send(CCS, b"\1")
        p.finished()

    yield Case("Finished in the clear", plain_finished, "bad_record_mac")


@group("server")
def change_cipher_spec(world: World) -> Iterator[Case]:
    def ccs(body: bytes, p: Client) -> None:
        p.until_keys()
        p.send(CCS, body)

    for value in (0, 2, 20, 255):
        yield Case(f"value {value}", partial(ccs, u8(value)), "illegal_parameter")
    for body in (b"\1\1", b"\1\0", b"\1" + bytes(100)):
        yield Case(f"{len(body)} bytes", partial(ccs, body), "decode_error")


@group("server")
def finished(world: World) -> Iterator[Case]:
    for bit in range(96):

        def flipped(p: Client, b: int = bit) -> None:
            p.until_ccs()
            p.finished(b)

        yield Case(f"bit {bit}", flipped, "decrypt_error")
    for length in (0, 1, 11, 13, 36, 1000):

        def sized(p: Client, n: int = length) -> None:
            p.until_ccs()
            p.say(FINISHED, bytes(n))

        yield Case(f"{length} bytes", sized, "decode_error")

    def of_server(p: Client) -> None:
        p.until_ccs()
        p.say(FINISHED, p.verify_data(False))

    yield Case("the server's", of_server, "decrypt_error")


#: Points of small order on Curve25519, and its twist (RFC 7748 §6.1): they give a secret of zeros.
SMALL_ORDER = [
    bytes(32),
    b"\1" + bytes(31),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
]
P256_ONLY = (SNI, extension(10, vec16(u16(P256))), POINTS, SIGNATURES, EMS, RENEGOTIATION)


@group("server")
def ecdhe(world: World) -> Iterator[Case]:
    def share(point: bytes, extensions: tuple[bytes, ...], p: Client) -> None:
        p.until_hello_done(extensions=extensions)
        p.say(CLIENT_KEY_EXCHANGE, point)

    for i, point in enumerate(SMALL_ORDER):
        yield Case(f"X25519, small order {i}", partial(share, vec8(point), GOOD_EXTENSIONS), "illegal_parameter")
    for length in (1, 31, 33, 65, 255):
        yield Case(
            f"X25519, {length} bytes", partial(share, vec8(b"\5" * length), GOOD_EXTENSIONS), "illegal_parameter"
        )
    good = b"\4" + bytes.fromhex(
        "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
    for name, point in (
        ("infinity", b"\0"),
        ("compressed", b"\3" + good[1:33]),
        ("hybrid", b"\6" + good[1:]),
        ("off the curve", good[:-1] + b"\0"),
        ("zeros", b"\4" + bytes(64)),
        ("too large", b"\4" + b"\xff" * 64),
        ("short", good[:-1]),
        ("long", good + b"\0"),
    ):
        yield Case(f"P-256, {name}", partial(share, vec8(point), P256_ONLY), "illegal_parameter")
    for name, body in (
        ("nothing", b""),
        ("empty", b"\0"),
        ("more", vec8(b"\5" * 32) + b"\0"),
        ("less", vec8(b"\5" * 32)[:-1]),
        ("huge", vec8(b"\5" * 255) + bytes(700)),
    ):
        yield Case(f"body: {name}", partial(share, body, GOOD_EXTENSIONS), "decode_error")
    yield Case("P-256", lambda p: p.handshake(extensions=P256_ONLY), CONNECTED)


@group("server")
def bleichenbacher(world: World) -> Iterator[Case]:
    """All that can be wrong with an encrypted premaster secret looks alike: the Finished message does not decrypt."""

    def attack(build: Callable[[bytearray], bytearray], p: Client) -> None:
        p.until_hello_done()
        p.premaster = b"\3\3" + bytes(46)
        assert p.certificate is not None
        public = p.certificate.public_key()
        assert isinstance(public, rsa.RSAPublicKey)
        n, e, size = public.public_numbers().n, public.public_numbers().e, public.key_size // 8
        block = bytearray(b"\0\2" + b"\x5a" * (size - 51) + b"\0" + p.premaster)
        encrypted = pow(int.from_bytes(build(block), "big"), e, n).to_bytes(size, "big")
        p.key_exchange(vec16(encrypted))
        p.change_cipher_spec()
        p.finished()

    def put(at: int, value: int, block: bytearray) -> bytearray:
        block[at] = value
        return block

    def fill(start: int, end: int, block: bytearray) -> bytearray:
        block[start : end if end else None] = b"\x5a" * len(block[start : end if end else None])
        return block

    def insert(at: int, block: bytearray) -> bytearray:
        """One byte more or less of premaster secret."""
        return (
            block[:2] + block[3:-48] + block[-49:-48] + block[-48:] + b"\0" if at else block[:2] + b"\x11" + block[2:-1]
        )

    yield Case("good", partial(attack, lambda b: b), CONNECTED, 0x009C)
    for suite in (0x009C, 0x003C):
        for name, build in (
            ("first byte", partial(put, 0, 1)),
            ("block type 1", partial(put, 1, 1)),
            ("block type 0", partial(put, 1, 0)),
            ("zero at once", partial(put, 2, 0)),
            ("zero in the first eight", partial(put, 9, 0)),
            ("zero right after", partial(put, 10, 0)),
            ("zero in the middle", partial(put, 100, 0)),
            ("zero one early", partial(put, -50, 0)),
            ("no zero", partial(put, -49, 1)),
            ("no zero at all", partial(fill, 2, 0)),
            ("all zero", lambda b: bytearray(len(b))),
            ("one byte longer", partial(insert, 0)),
            ("one byte shorter", partial(insert, 1)),
            ("random", lambda b: bytearray(b"\0" + os.urandom(len(b) - 1))),
        ):
            yield Case(name, partial(attack, build), "bad_record_mac", suite)
        for version in (0x0300, 0x0302, 0x0304):

            def wrong_version(p: Client, v: int = version) -> None:
                p.until_hello_done()
                p.key_exchange(vec16(p.encrypt_premaster(v)))
                p.change_cipher_spec()
                p.finished()

            yield Case(f"version {version:04x}", wrong_version, "bad_record_mac", suite)
        for name, change in (
            ("short ciphertext", lambda c: c[:-1]),
            ("long ciphertext", lambda c: c + b"\0"),
            ("leading zero", lambda c: b"\0" + c),
            ("one byte", lambda c: b"\5"),
            ("empty", lambda c: b""),
            ("zeros", lambda c: bytes(len(c))),
            ("larger than the modulus", lambda c: b"\xff" * len(c)),
        ):

            def wrong_size(p: Client, c: Callable[[bytes], bytes] = change) -> None:
                p.until_hello_done()
                p.key_exchange(vec16(c(p.encrypt_premaster())))
                p.change_cipher_spec()
                p.finished()

            yield Case(name, wrong_size, "bad_record_mac", suite)
    for name, change in (
        ("no length", lambda c: c),
        ("truncated", lambda c: vec16(c)[:-1]),
        ("more", lambda c: vec16(c) + b"\0"),
        ("nothing", lambda c: b""),
        ("half a length", lambda c: b"\1"),
    ):

        def wrong_body(p: Client, c: Callable[[bytes], bytes] = change) -> None:
            p.until_hello_done()
            p.say(CLIENT_KEY_EXCHANGE, c(p.encrypt_premaster()))

        yield Case(f"body: {name}", wrong_body, "decode_error", 0x009C)


@group("server")
def client_certificates(world: World) -> Iterator[Case]:
    identity = world.clients["ec256"]
    stranger = Authority("another root").issue("client", usages=(ExtendedKeyUsageOID.CLIENT_AUTH,))

    def asks(mode: int, settings: Settings) -> None:
        import time

        settings.client_auth(mode)
        settings.anchor(world.authority.der)
        settings.clock(int(time.time()))

    def go(
        p: Client,
        *,
        certificate: bytes = b"",
        key: object = identity.key,
        scheme: int = 0x0403,
        skip: str = "",
        spoil: int = -1,
        body: object = None,
    ) -> None:
        p.until_hello_done()
        if skip != "certificate":
            p.say(CERTIFICATE, certificate or vec24(vec24(identity.der)))
        p.key_exchange()
        if skip != "verify":
            signature = bytearray(sign(key, scheme, p.transcript))
            if spoil >= 0:
                signature[spoil] ^= 1
            p.say(CERTIFICATE_VERIFY, body if isinstance(body, bytes) else u16(scheme) + vec16(bytes(signature)))
        p.change_cipher_spec()
        p.finished()
        p.take()

    ask = partial(asks, 2)
    yield Case("good", go, CONNECTED, prepare=ask)
    for scheme in (0x0403, 0x0503, 0x0603):
        yield Case(f"scheme {scheme:04x}", partial(go, scheme=scheme), CONNECTED, prepare=ask)
    rsa_identity = world.clients["rsa2048"]
    for scheme in (0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806):
        yield Case(
            f"scheme {scheme:04x}",
            partial(go, scheme=scheme, key=rsa_identity.key, certificate=vec24(vec24(rsa_identity.der))),
            CONNECTED,
            prepare=ask,
        )
        yield Case(
            f"scheme {scheme:04x}, bad signature",
            partial(go, scheme=scheme, key=rsa_identity.key, certificate=vec24(vec24(rsa_identity.der)), spoil=100),
            "decrypt_error",
            prepare=ask,
        )
        yield Case(
            f"scheme {scheme:04x} for an EC key",
            partial(go, scheme=scheme, key=rsa_identity.key),
            "illegal_parameter",
            prepare=ask,
        )
    yield Case("another key", partial(go, key=world.servers["ec256"].key), "decrypt_error", prepare=ask)
    for at in (0, 4, 20, 60):
        yield Case(f"signature byte {at}", partial(go, spoil=at), "decrypt_error", prepare=ask)
    yield Case("no certificate", partial(go, skip="certificate"), "unexpected_message", prepare=ask)
    yield Case("no proof", partial(go, skip="verify"), "unexpected_message", prepare=ask)
    yield Case("empty list", partial(go, certificate=vec24(b"")), "handshake_failure", prepare=ask)
    yield Case(
        "proof without certificate", partial(go, certificate=vec24(b"")), "unexpected_message", prepare=partial(asks, 1)
    )
    yield Case("not asked for", go, "unexpected_message")
    yield Case(
        "not trusted", partial(go, certificate=vec24(vec24(stranger.der)), key=stranger.key), "unknown_ca", prepare=ask
    )
    der = identity.der
    for name, body, expected in (
        ("list too long", u24(len(der) + 4) + vec24(der), "decode_error"),
        ("list too short", u24(len(der)) + vec24(der), "decode_error"),
        ("more after the list", vec24(vec24(der)) + b"\0", "decode_error"),
        ("empty certificate", vec24(vec24(b"")), "decode_error"),
        ("no list", b"\0\0", "decode_error"),
        ("half a length", vec24(vec24(der) + b"\0"), "decode_error"),
        ("rubbish", vec24(vec24(bytes(100))), "bad_certificate"),
        ("one byte", vec24(vec24(b"\x30")), "bad_certificate"),
        ("truncated", vec24(vec24(der[:-1])), "bad_certificate"),
    ):
        yield Case(name, partial(go, certificate=body), expected, prepare=ask)
    for name, body in (
        ("nothing", b""),
        ("scheme only", u16(0x0403)),
        ("truncated", u16(0x0403) + u16(70) + bytes(60)),
        ("more", u16(0x0403) + vec16(bytes(70)) + b"\0"),
        ("huge", u16(0x0403) + vec16(bytes(3000))),
    ):
        yield Case(f"proof: {name}", partial(go, body=body), "decode_error", prepare=ask)
    for scheme in (0x0201, 0x0203, 0x0202, 0x0402, 0x0807, 0xFFFF, 0x0000):
        yield Case(
            f"proof with scheme {scheme:04x}",
            partial(go, body=u16(scheme) + vec16(bytes(70))),
            "illegal_parameter",
            prepare=ask,
        )
    yield Case("empty proof", partial(go, body=u16(0x0403) + vec16(b"")), "decrypt_error", prepare=ask)


@group("server")
def resumption(world: World) -> Iterator[Case]:
    def cached(settings: Settings) -> None:
        settings.cache(4)

    def ticketed(settings: Settings) -> None:
        settings.tickets()

    for length in range(0, 33, 4):
        yield Case(
            f"unknown session id of {length}",
            lambda p, n=length: p.handshake(session_id=os.urandom(n)),
            CONNECTED,
            prepare=cached,
        )
    for length in (0, 1, 16, 93, 94, 95, 200, 1000, 16000, 60000):
        extensions = _with(extension(35, os.urandom(length)))
        yield Case(f"rubbish ticket of {length}", partial(_resume_rubbish, extensions), CONNECTED, prepare=ticketed)
        yield Case(
            f"ticket of {length} for a server without", lambda p, e=extensions: p.handshake(extensions=e), CONNECTED
        )


def _resume_rubbish(extensions: tuple[bytes, ...], p: Client) -> None:
    p.until_ccs(extensions=extensions)
    p.finished()
    p.take()
    assert p.received.kinds()[-2:] == [4, FINISHED]


@group("server")
def alerts(world: World) -> Iterator[Case]:
    def late(body: bytes, p: Client) -> None:
        p.handshake()
        p.send(ALERT, body)

    for level in (0, 3, 255):
        yield Case(f"level {level}", lambda p, n=level: p.raw(record(ALERT, bytes([n, 10]))), "illegal_parameter")
        yield Case(f"level {level}, protected", partial(late, bytes([level, 10])), "illegal_parameter")
    for description in (10, 20, 40, 47, 80, 99, 255):
        yield Case(f"fatal {description}", lambda p, n=description: p.raw(record(ALERT, bytes([2, n]))), SILENT)
        yield Case(f"fatal {description}, protected", partial(late, bytes([2, description])), SILENT)
    yield Case("close_notify at once", lambda p: p.raw(record(ALERT, b"\1\0")), SILENT)
    yield Case("warnings", partial(late, b"\1\x5a" * 16), CONNECTED)
    yield Case("many warnings", partial(late, b"\1\x5a" * 17), "unexpected_message")
    yield Case("many warnings at once", lambda p: p.raw(record(ALERT, b"\1\x70" * 100)), "unexpected_message")

    def halves(p: Client) -> None:
        p.handshake()
        p.send(ALERT, b"\2")
        p.send(ALERT, b"\x28")

    yield Case("in two records", halves, SILENT)

    def half_and_data(p: Client) -> None:
        p.handshake()
        p.send(ALERT, b"\1")
        p.send(DATA, b"\x28")

    yield Case("cut short", half_and_data, "unexpected_message")

    def fatal_inside(p: Client) -> None:
        p.raw(record(HANDSHAKE, message(CLIENT_HELLO, p.hello_body())[:50]) + record(ALERT, b"\2\x28"))

    yield Case("fatal, between parts of a message", fatal_inside, SILENT)


@group("server")
def renegotiation(world: World) -> Iterator[Case]:
    def again(count: int, pieces: int, p: Client) -> None:
        p.handshake()
        for _ in range(count):
            whole = message(CLIENT_HELLO, p.hello_body())
            for at in range(0, len(whole), pieces):
                p.send(HANDSHAKE, whole[at : at + pieces])
        p.take()
        assert (1, "no_renegotiation") in p.received.alerts
        if count <= 4:
            p.send(DATA, b"on we go")
            assert p.engine.input() == b"on we go"

    for pieces in (1, 3, 100, 1000):
        yield Case(f"refused, {pieces} bytes a record", partial(again, 1, pieces), CONNECTED)
    yield Case("four times", partial(again, 4, 500), CONNECTED)
    yield Case("five times", partial(again, 5, 500), "unexpected_message")

    def data_inside(p: Client) -> None:
        p.handshake()
        p.send(HANDSHAKE, message(CLIENT_HELLO, p.hello_body())[:30])
        p.send(DATA, b"x")

    yield Case("data between its parts", data_inside, "unexpected_message")
