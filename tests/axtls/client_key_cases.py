"""Conversations with a client: certificates, key exchange and requests of a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from cryptography.hazmat.primitives.serialization import Encoding

from tests.axtls.conftest import World
from tests.axtls.conversations import CONNECTED, GOING_ON, Case, group
from tests.axtls.peers import Server
from tests.axtls.server_cases import SMALL_ORDER
from tests.axtls.tls12 import (
    CERTIFICATE_REQUEST,
    P256,
    numbers,
    sign,
    u8,
    u16,
    u24,
    vec8,
    vec16,
    vec24,
)

_DER = Encoding.DER


def _chain(world: World, kind: str) -> list[bytes]:
    identity = world.servers[kind]
    return [identity.der, *(c.public_bytes(_DER) for c in identity.chain)]


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
