"""Conversations with a server: key exchange, certificates, sessions, alerts, renegotiation."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.axtls.conftest import World
from tests.axtls.conversations import CONNECTED, SILENT, Case, group
from tests.axtls.native import Settings
from tests.axtls.peers import Client
from tests.axtls.server_hello_cases import good_with
from tests.axtls.tls12 import (
    ALERT,
    CERTIFICATE,
    CERTIFICATE_VERIFY,
    CLIENT_HELLO,
    CLIENT_KEY_EXCHANGE,
    DATA,
    EMS,
    FINISHED,
    GOOD_EXTENSIONS,
    HANDSHAKE,
    P256,
    POINTS,
    RENEGOTIATION,
    SIGNATURES,
    SNI,
    extension,
    message,
    record,
    sign,
    u16,
    u24,
    vec8,
    vec16,
    vec24,
)
from tests.support.pki import Authority

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
        extensions = good_with(extension(35, os.urandom(length)))
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
