"""Conversations with a client: what a server may do wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tests.axtls.conftest import World
from tests.axtls.conversations import CONNECTED, GOING_ON, SILENT, Case, group
from tests.axtls.native import Settings
from tests.axtls.peers import Server
from tests.axtls.server_hello_cases import ALL_TYPES
from tests.axtls.tls12 import (
    ALERT,
    CCS,
    CERTIFICATE,
    CERTIFICATE_REQUEST,
    DATA,
    EMS,
    ETM,
    FINISHED,
    HANDSHAKE,
    HELLO_REQUEST,
    NEW_TICKET,
    P256,
    RENEGOTIATION,
    SERVER_HELLO,
    SERVER_HELLO_DONE,
    SERVER_KEY_EXCHANGE,
    TICKET,
    extension,
    message,
    record,
    u8,
    u16,
    vec8,
    vec16,
)


def _hello(p: Server, **fields: object) -> None:
    p.hello(**fields)


@group("client")
def hello_lengths(world: World) -> Iterator[Case]:
    template = Server.__new__(Server)
    template.suite, template.server_random, template.etm = 0xC02B, bytes(32), False
    whole = template.hello_body(session_id=b"abc")
    bare = len(whole) - 2 - len(RENEGOTIATION) - len(EMS)

    def say(body: bytes, p: Server) -> None:
        p.take()
        p.say(SERVER_HELLO, body)

    for n in range(len(whole)):
        expected = "handshake_failure" if n == bare else "decode_error"
        yield Case(f"first {n} bytes", partial(say, whole[:n]), expected)
    for n in (1, 2, 50):
        yield Case(f"{n} bytes too many", partial(say, whole + bytes(n)), "decode_error")
    for length in (33, 255):
        yield Case(f"session id of {length}", partial(_hello, session_id=bytes(length)), "decode_error")

    def oversized(p: Server) -> None:
        p.take()
        p.raw(record(HANDSHAKE, b"\2\xff\xff\xff"))

    yield Case("longer than any", oversized, "decode_error")


@group("client")
def hello_values(world: World) -> Iterator[Case]:
    for version in (0x0000, 0x0300, 0x0301, 0x0302, 0x0304, 0xFFFF):
        yield Case(f"version {version:04x}", partial(_hello, version=version), "protocol_version")
    for suite in (0x0000, 0x00FF, 0x1301, 0xC00D, 0x5600, 0xFFFF):
        yield Case(f"suite {suite:04x}", partial(_hello, suite=suite), "illegal_parameter")
    yield Case(
        "a suite not offered", partial(_hello, suite=0xC02F), "illegal_parameter", prepare=lambda s: s.suites([0xC02B])
    )
    for compression in (1, 64, 255):
        yield Case(f"compression {compression}", partial(_hello, compression=compression), "illegal_parameter")
    for number in (1, 5, 15, 16, 18, 21, 28, 41, 43, 51, 0x0A0A, 0x3374, 0xFFFF):
        yield Case(
            f"extension {number} not offered",
            partial(_hello, extensions=[RENEGOTIATION, EMS, extension(number, b"")]),
            "unsupported_extension",
        )
    yield Case(
        "signature algorithms",
        partial(_hello, extensions=[RENEGOTIATION, extension(13, vec16(u16(0x0403)))]),
        "unsupported_extension",
    )
    for e in (RENEGOTIATION, EMS, TICKET, extension(11, vec8(b"\0")), extension(0)):
        yield Case(f"extension {e[:2].hex()} twice", partial(_hello, extensions=[e, e]), "illegal_parameter")
    for e in (EMS, TICKET, ETM, extension(0)):
        yield Case(
            f"extension {e[:2].hex()} not empty",
            partial(_hello, extensions=[RENEGOTIATION, e[:2] + vec16(b"\0")]),
            "decode_error",
        )
    yield Case("no renegotiation info", partial(_hello, extensions=[EMS]), "handshake_failure")
    yield Case(
        "no renegotiation info, allowed",
        lambda p: p.handshake(extensions=[EMS]),
        CONNECTED,
        prepare=lambda s: s.legacy(True),
    )
    yield Case(
        "renegotiation info not empty",
        partial(_hello, extensions=[EMS, extension(0xFF01, vec8(bytes(24)))]),
        "handshake_failure",
    )
    yield Case("encrypt-then-MAC for AEAD", partial(_hello, extensions=[RENEGOTIATION, EMS, ETM]), "illegal_parameter")
    yield Case(
        "point formats without uncompressed",
        partial(_hello, extensions=[RENEGOTIATION, extension(11, vec8(b"\1"))]),
        "illegal_parameter",
    )
    yield Case(
        "groups from a server",
        lambda p: p.handshake(extensions=[RENEGOTIATION, EMS, extension(10, vec16(u16(P256)))]),
        CONNECTED,
    )

    def small(settings: Settings) -> None:
        settings.fragments(1024)

    for code in (0, 1, 3, 4, 5):
        yield Case(
            f"fragment length {code}",
            partial(_hello, extensions=[RENEGOTIATION, EMS, extension(1, u8(code))]),
            "illegal_parameter",
            prepare=small,
        )
    yield Case(
        "fragment length and record limit",
        partial(_hello, extensions=[RENEGOTIATION, extension(1, b"\2"), extension(28, u16(900))]),
        "illegal_parameter",
        prepare=small,
    )
    for limit in (0, 63):
        yield Case(
            f"record limit {limit}",
            partial(_hello, extensions=[RENEGOTIATION, extension(28, u16(limit))]),
            "illegal_parameter",
            prepare=small,
        )
    yield Case(
        "empty fragment length",
        partial(_hello, extensions=[RENEGOTIATION, extension(1, b"")]),
        "decode_error",
        prepare=small,
    )
    yield Case(
        "long fragment length",
        partial(_hello, extensions=[RENEGOTIATION, extension(1, b"\2\2")]),
        "decode_error",
        prepare=small,
    )

    def beyond(p: Server) -> None:
        p.handshake(extensions=[RENEGOTIATION, EMS, extension(1, b"\2")])
        p.send(DATA, bytes(1025))

    yield Case("more than agreed on", beyond, "record_overflow", prepare=small)

    def protocols(settings: Settings) -> None:
        settings.protocol("h2", "mqtt")

    for name, body, expected in (
        ("unknown", vec16(vec8(b"spdy")), "illegal_parameter"),
        ("two", vec16(vec8(b"h2") + vec8(b"mqtt")), "illegal_parameter"),
        ("none", vec16(b""), "decode_error"),
        ("empty", vec16(vec8(b"")), "decode_error"),
        ("truncated", vec16(vec8(b"h2"))[:-1], "decode_error"),
        ("more", vec16(vec8(b"h2")) + b"\0", "decode_error"),
        ("nothing", b"", "decode_error"),
    ):
        yield Case(
            f"protocol: {name}",
            partial(_hello, extensions=[RENEGOTIATION, EMS, extension(16, body)]),
            expected,
            prepare=protocols,
        )
    yield Case(
        "protocol",
        lambda p: p.handshake(extensions=[RENEGOTIATION, EMS, extension(16, vec16(vec8(b"mqtt")))]),
        CONNECTED,
        prepare=protocols,
    )
    for suite in (0xC02B, 0xC02F, 0xC030, 0xCCA8, 0xCCA9, 0xC027, 0xC013, 0x009C, 0x003C):
        yield Case(f"suite {suite:04x}", lambda p: p.handshake(), CONNECTED, suite)
        yield Case(f"suite {suite:04x}, no EMS", lambda p: p.handshake(extensions=[RENEGOTIATION]), CONNECTED, suite)


def _start(p: Server) -> None:
    p.take()


STATES: tuple[tuple[str, Callable[[Server], None], tuple[int, ...]], ...] = (
    ("start", _start, (SERVER_HELLO,)),
    ("after ServerHello", lambda p: p.hello(), (CERTIFICATE,)),
    ("after Certificate", lambda p: p.until_certificate(), (SERVER_KEY_EXCHANGE,)),
    ("after ServerKeyExchange", lambda p: p.until_key_exchange(), (SERVER_HELLO_DONE, CERTIFICATE_REQUEST)),
    ("after our Finished", lambda p: p.until_client_finished(), ()),
    ("after ChangeCipherSpec", lambda p: p.until_ccs(), (FINISHED,)),
)


@group("client")
def order(world: World) -> Iterator[Case]:
    for name, reach, fine in STATES:
        for kind in ALL_TYPES:
            if kind in (*fine, HELLO_REQUEST):
                continue
            for body in (b"", bytes(40)):

                def out_of_turn(p: Server, r: Callable[..., object] = reach, k: int = kind, b: bytes = body) -> None:
                    r(p)
                    p.say(k, b)

                yield Case(f"{name}: message {kind}, {len(body)} bytes", out_of_turn, "unexpected_message")

        def data(p: Server, r: Callable[..., object] = reach) -> None:
            r(p)
            p.send(DATA, b"too early")

        yield Case(f"{name}: data", data, "unexpected_message")
        if name != "after our Finished":

            def ccs(p: Server, r: Callable[..., object] = reach) -> None:
                r(p)
                p.send(CCS, b"\1")

            yield Case(f"{name}: ChangeCipherSpec", ccs, "unexpected_message")

        def hello_request(p: Server, r: Callable[..., object] = reach) -> None:
            r(p)
            p.say(HELLO_REQUEST, b"")

        yield Case(f"{name}: HelloRequest", hello_request, GOING_ON)

        def long_hello_request(p: Server, r: Callable[..., object] = reach) -> None:
            r(p)
            p.say(HELLO_REQUEST, b"x")

        yield Case(f"{name}: HelloRequest with contents", long_hello_request, "decode_error")
    for name, reach, fine in (
        (
            "RSA, after Certificate",
            lambda p: p.until_certificate(),
            (SERVER_HELLO_DONE, CERTIFICATE_REQUEST, HELLO_REQUEST),
        ),
    ):
        for kind in ALL_TYPES:
            if kind not in fine:

                def rsa_order(p: Server, r: Callable[..., object] = reach, k: int = kind) -> None:
                    r(p)
                    p.say(k, bytes(40))

                yield Case(f"{name}: message {kind}", rsa_order, "unexpected_message", 0x009C)
    for kind in ALL_TYPES:
        if kind != HELLO_REQUEST:

            def late(p: Server, k: int = kind) -> None:
                p.handshake()
                p.send(HANDSHAKE, message(k, b""))

            yield Case(f"connected: message {kind}", late, "unexpected_message")

    def joined(p: Server) -> None:
        p.until_key_exchange()
        p.send(HANDSHAKE, message(SERVER_HELLO_DONE, b"") + b"\x14")

    yield Case("more after ServerHelloDone", joined, "unexpected_message")
    yield Case(
        "ServerHelloDone with contents",
        lambda p: (p.until_key_exchange(), p.say(SERVER_HELLO_DONE, b"x")),
        "decode_error",
    )

    def requests(count: int, p: Server) -> None:
        p.handshake()
        for _ in range(count):
            p.send(HANDSHAKE, message(HELLO_REQUEST, b""))
        p.take()
        assert (1, "no_renegotiation") in p.received.alerts

    yield Case("HelloRequest", partial(requests, 1), CONNECTED)
    yield Case("HelloRequest, four", partial(requests, 4), CONNECTED)
    yield Case("HelloRequest, five", partial(requests, 5), "unexpected_message")

    def flood(p: Server) -> None:
        p.take()
        p.raw(record(HANDSHAKE, message(HELLO_REQUEST, b"") * 17))

    yield Case("HelloRequest without end", flood, "unexpected_message")


@group("client")
def finished(world: World) -> Iterator[Case]:
    for bit in range(96):

        def flipped(p: Server, b: int = bit) -> None:
            p.until_ccs()
            p.finished(b)

        yield Case(f"bit {bit}", flipped, "decrypt_error", 0xCCA9)
    for length in (0, 1, 11, 13, 36):
        yield Case(f"{length} bytes", lambda p, n=length: (p.until_ccs(), p.say(FINISHED, bytes(n))), "decode_error")
    for value in (0, 2, 255):
        yield Case(
            f"ChangeCipherSpec {value}",
            lambda p, v=value: (p.until_client_finished(), p.send(CCS, u8(v))),
            "illegal_parameter",
        )
    yield Case("long ChangeCipherSpec", lambda p: (p.until_client_finished(), p.send(CCS, b"\1\1")), "decode_error")


@group("client")
def tickets(world: World) -> Iterator[Case]:
    def give(body: bytes, p: Server) -> None:
        p.until_client_finished(extensions=[RENEGOTIATION, EMS, TICKET])
        p.say(NEW_TICKET, body)

    def go_on(body: bytes, p: Server) -> None:
        give(body, p)
        p.change_cipher_spec()
        p.finished()

    for length in (0, 1, 200, 1024, 1025, 16000, 65535):
        yield Case(f"{length} bytes", partial(go_on, bytes(4) + vec16(bytes(length))), CONNECTED)
    good = bytes(4) + vec16(bytes(20))
    for n in range(len(good)):
        yield Case(f"first {n}", partial(give, good[:n]), "decode_error")
    yield Case("one more", partial(give, good + b"\0"), "decode_error")
    yield Case("not promised", lambda p: (p.until_client_finished(), p.say(NEW_TICKET, good)), "unexpected_message")

    def promised_only(p: Server) -> None:
        p.until_client_finished(extensions=[RENEGOTIATION, EMS, TICKET])
        p.change_cipher_spec()

    yield Case("promised and not given", promised_only, "unexpected_message")
    yield Case(
        "ticket not asked for",
        lambda p: p.hello(extensions=[RENEGOTIATION, EMS, TICKET]),
        "unsupported_extension",
        prepare=lambda s: s.use_tickets(False),
    )


@group("client")
def alerts(world: World) -> Iterator[Case]:
    for level in (0, 3, 255):
        yield Case(
            f"level {level}", lambda p, n=level: (p.take(), p.raw(record(ALERT, bytes([n, 10])))), "illegal_parameter"
        )
    for description in (10, 20, 40, 47, 80, 99, 255):
        yield Case(
            f"fatal {description}", lambda p, n=description: (p.take(), p.raw(record(ALERT, bytes([2, n])))), SILENT
        )
        yield Case(
            f"fatal {description}, later",
            lambda p, n=description: (p.handshake(), p.send(ALERT, bytes([2, n]))),
            SILENT,
        )
    yield Case("close_notify at once", lambda p: (p.take(), p.raw(record(ALERT, b"\1\0"))), SILENT)
    yield Case(
        "unrecognized_name as a warning",
        lambda p: (p.take(), p.raw(record(ALERT, b"\1\x70")), p.handshake()),
        CONNECTED,
    )
