"""Conversations with a client: what a server may do wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from cryptography.hazmat.primitives.serialization import Encoding

from tests.axtls.conftest import World
from tests.axtls.conversations import CONNECTED, GOING_ON, SILENT, Case, group
from tests.axtls.native import Settings
from tests.axtls.server_cases import ALL_TYPES, SMALL_ORDER
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
    Server,
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

_DER = Encoding.DER


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


@group("client")
def certificates(world: World) -> Iterator[Case]:
    leaf, middle = world.servers["ec256"].der, world.servers["ec256"].chain[0].public_bytes(_DER)

    def send(body: bytes, p: Server) -> None:
        p.hello()
        p.certificate(body)

    good = vec24(vec24(leaf) + vec24(middle))
    for n in range(0, len(good), 23):
        yield Case(f"first {n} bytes", partial(send, good[:n]), "decode_error")
    for name, body, expected in (
        ("empty list", vec24(b""), "decode_error"),
        ("empty certificate", vec24(vec24(b"")), "decode_error"),
        ("empty second certificate", vec24(vec24(leaf) + vec24(b"")), "decode_error"),
        ("more", good + b"\0", "decode_error"),
        ("list longer", u24(len(good)) + good[3:], "decode_error"),
        ("list shorter", u24(len(good) - 4) + good[3:], "decode_error"),
        ("rubbish", vec24(vec24(bytes(300))), "bad_certificate"),
        ("leaf cut", vec24(vec24(leaf[:-1]) + vec24(middle)), "bad_certificate"),
        ("leaf alone", vec24(vec24(leaf)), "unknown_ca"),
        ("intermediate only", vec24(vec24(middle)), "unsupported_certificate"),
        ("changed", vec24(vec24(leaf[:-1] + bytes([leaf[-1] ^ 1])) + vec24(middle)), "bad_certificate"),
        ("more than needed", vec24(vec24(leaf) + vec24(middle) * 12), GOING_ON),
        ("wrong key type", vec24(b"".join(vec24(c) for c in _chain(world, "rsa2048"))), "unsupported_certificate"),
    ):
        yield Case(name, partial(send, body), expected)


@group("client")
def key_exchange(world: World) -> Iterator[Case]:
    def send(change: Callable[..., bytes], p: Server) -> None:
        p.until_certificate()
        p.key_exchange(change(p))

    def cut(n: int, p: Server) -> bytes:
        return p.key_exchange_body()[:n]

    for n in range(100):
        yield Case(f"first {n} bytes", partial(send, partial(cut, n)), "decode_error")
    yield Case("one byte less", partial(send, lambda p: p.key_exchange_body()[:-1]), "decode_error")
    yield Case("one byte more", partial(send, lambda p: p.key_exchange_body() + b"\0"), "decode_error")
    yield Case("huge", partial(send, lambda p: p.key_exchange_body() + bytes(3000)), "decode_error")

    def flip(at: int, p: Server) -> bytes:
        body = bytearray(p.key_exchange_body())
        body[at] ^= 4
        return bytes(body)

    for at in range(4, 36):
        yield Case(f"share byte {at} changed", partial(send, partial(flip, at)), "decrypt_error")
    for at in range(-60, 0, 3):
        yield Case(f"signature byte {at} changed", partial(send, partial(flip, at)), "decrypt_error")
    for kind in (0, 1, 2, 4, 255):
        yield Case(
            f"curve type {kind}",
            partial(send, lambda p, k=kind: p.key_exchange_body(u8(k) + p.parameters()[1:])),
            "illegal_parameter",
        )
    for number in (0, 19, 25, 30, 256, 0x0A0A, 0xFFFF):
        yield Case(
            f"group {number}",
            partial(send, lambda p, n=number: p.key_exchange_body(b"\3" + u16(n) + p.parameters()[3:])),
            "illegal_parameter",
        )
    yield Case(
        "group and point differ",
        partial(send, lambda p: p.key_exchange_body(b"\3" + u16(P256) + p.parameters()[3:])),
        "illegal_parameter",
    )
    for length in (1, 31, 33, 65, 255):
        yield Case(
            f"point of {length}",
            partial(send, lambda p, n=length: p.key_exchange_body(b"\3\0\x1d" + vec8(b"\5" * n))),
            "illegal_parameter",
        )
    yield Case("no point", partial(send, lambda p: p.key_exchange_body(b"\3\0\x1d\0")), "decode_error")
    for scheme in (0x0201, 0x0203, 0x0402, 0x0807, 0x0000, 0xFFFF, 0x0401, 0x0804):
        yield Case(
            f"scheme {scheme:04x}",
            partial(send, lambda p, s=scheme: p.parameters() + u16(s) + vec16(bytes(70))),
            "illegal_parameter",
        )
    yield Case("empty signature", partial(send, lambda p: p.parameters() + u16(0x0403) + vec16(b"")), "decrypt_error")

    def other_randoms(p: Server) -> bytes:
        parameters = p.parameters()
        return parameters + u16(p.scheme) + vec16(sign(p.key, p.scheme, bytes(64) + parameters))

    yield Case("signed for another connection", partial(send, other_randoms), "decrypt_error")

    def bad_point(point: bytes, number: int, p: Server) -> None:
        p.until_certificate()
        p.key_exchange(p.key_exchange_body(b"\3" + u16(number) + vec8(point)))
        p.hello_done()

    for i, point in enumerate(SMALL_ORDER):
        yield Case(f"X25519, small order {i}", partial(bad_point, point, 29), "illegal_parameter")
    for name, point in (
        ("zeros", b"\4" + bytes(64)),
        ("too large", b"\4" + b"\xff" * 64),
        ("hybrid", b"\6" + bytes(64)),
    ):
        yield Case(f"P-256, {name}", partial(bad_point, point, P256), "illegal_parameter")
    for scheme in (0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806):

        def with_scheme(p: Server, s: int = scheme) -> None:
            p.until_certificate()
            p.key_exchange(p.key_exchange_body(scheme=s))
            p.hello_done()
            p.take()
            p.change_cipher_spec()
            p.finished()

        yield Case(f"scheme {scheme:04x}", with_scheme, CONNECTED, 0xC02F)
        for at in (-1, -128, -250):

            def bad(p: Server, s: int = scheme, n: int = at) -> None:
                p.until_certificate()
                body = bytearray(p.key_exchange_body(scheme=s))
                body[n] ^= 1
                p.key_exchange(bytes(body))

            yield Case(f"scheme {scheme:04x}, byte {at}", bad, "decrypt_error", 0xC02F)

    def p256(p: Server) -> None:
        p.group = P256
        p.handshake()

    yield Case("P-256", p256, CONNECTED)


@group("client")
def certificate_request(world: World) -> Iterator[Case]:
    good = (
        vec8(b"\1\x40")
        + vec16(numbers((0x0403, 0x0401)))
        + vec16(vec16(world.authority.certificate.subject.public_bytes()))
    )

    def ask(body: bytes, p: Server) -> None:
        p.until_key_exchange()
        p.say(CERTIFICATE_REQUEST, body)

    def on(body: bytes, p: Server) -> None:
        ask(body, p)
        p.hello_done()
        p.take()
        p.change_cipher_spec()
        p.finished()

    for n in range(len(good)):
        yield Case(f"first {n} bytes", partial(ask, good[:n]), "decode_error")
    yield Case("one more", partial(ask, good + b"\0"), "decode_error")
    yield Case("no types", partial(ask, vec8(b"") + good[3:]), "decode_error")
    yield Case("no algorithms", partial(ask, vec8(b"\1") + vec16(b"") + vec16(b"")), "decode_error")
    yield Case("odd algorithms", partial(ask, vec8(b"\1") + vec16(b"\4\3\4") + vec16(b"")), "decode_error")

    def twice(p: Server) -> None:
        ask(good, p)
        p.say(CERTIFICATE_REQUEST, good)

    yield Case("nothing to give", partial(on, good), CONNECTED)
    yield Case("no names", partial(on, vec8(b"\1\x40") + vec16(u16(0x0403)) + vec16(b"")), CONNECTED)
    yield Case("many names", partial(on, vec8(b"\1\x40") + vec16(u16(0x0403)) + vec16(bytes(65535))), CONNECTED)
    yield Case(
        "before ServerKeyExchange",
        lambda p: (p.until_certificate(), p.say(CERTIFICATE_REQUEST, good)),
        "unexpected_message",
    )
    yield Case("twice", twice, "unexpected_message")


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


def _chain(world: World, kind: str) -> list[bytes]:
    identity = world.servers[kind]
    return [identity.der, *(c.public_bytes(_DER) for c in identity.chain)]
