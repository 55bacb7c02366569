"""Conversations with a server: records and messages that are cut, mixed, out of turn, or wrong at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tests.axtls.conftest import World
from tests.axtls.conversations import CONNECTED, GOING_ON, Case, group
from tests.axtls.peers import Client
from tests.axtls.server_hello_cases import ALL_TYPES, good_with
from tests.axtls.tls12 import (
    ALERT,
    CCS,
    CLIENT_HELLO,
    CLIENT_KEY_EXCHANGE,
    DATA,
    FINISHED,
    HANDSHAKE,
    extension,
    message,
    record,
    u8,
    u16,
    vec8,
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
            p.handshake(extensions=good_with(extension(1, u8(c))))
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
