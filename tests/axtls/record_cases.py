"""Protected records that are not what they should be, in both roles."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Union

from tests.axtls.conftest import World
from tests.axtls.conversations import CONNECTED, Case, group
from tests.axtls.peers import Client, Server
from tests.axtls.tls12 import DATA, ETM, GOOD_EXTENSIONS, record

Any = Union[Client, Server]
AEAD = {"server": (0xC02B, 0xCCA9), "client": (0xC02B, 0xCCA9)}
CBC = (0xC013, 0xC027, 0xC028)


def _up(etm: bool, peer: Any) -> None:
    if isinstance(peer, Client):
        peer.handshake(extensions=(*GOOD_EXTENSIONS, ETM) if etm else GOOD_EXTENSIONS)
        assert peer.etm == etm
    else:
        peer.etm = etm
        peer.handshake()


def _spoiled(etm: bool, at: int, bit: int, length: int, peer: Any) -> None:
    def flip(data: bytearray) -> None:
        data[at] ^= 1 << bit

    _up(etm, peer)
    assert peer.seal is not None
    peer.raw(record(DATA, peer.seal.seal(DATA, b"x" * length, spoil=flip)))


def _padded(pad: int, length: int, peer: Any) -> None:
    _up(False, peer)
    assert peer.seal is not None
    peer.raw(record(DATA, peer.seal.seal(DATA, b"x" * length, pad=pad)))


def _short(etm: bool, length: int, peer: Any) -> None:
    _up(etm, peer)
    peer.raw(record(DATA, bytes(length)))


def _flip_ciphertext(etm: bool, at: int, peer: Any) -> None:
    _up(etm, peer)
    assert peer.seal is not None
    data = bytearray(peer.seal.seal(DATA, b"x" * 50))
    data[at] ^= 0x40
    peer.raw(record(DATA, bytes(data)))


def _replay(etm: bool, peer: Any) -> None:
    _up(etm, peer)
    assert peer.seal is not None
    data = record(DATA, peer.seal.seal(DATA, b"once"))
    peer.raw(data)
    assert peer.engine.input() == b"once"
    peer.raw(data)


def _skip(etm: bool, peer: Any) -> None:
    _up(etm, peer)
    assert peer.seal is not None
    peer.seal.seal(DATA, b"lost")
    peer.send(DATA, b"next")


def _other_type(etm: bool, peer: Any) -> None:
    _up(etm, peer)
    assert peer.seal is not None
    peer.raw(record(21, peer.seal.seal(DATA, b"\1\0")))


def _cases(role: str) -> Iterator[Case]:
    wrong = "bad_record_mac"
    for suite in AEAD[role]:
        for at in range(0, 66, 3):
            yield Case(f"{suite:04x}: bit of byte {at}", partial(_spoiled, False, at, at % 8, 50), wrong, suite)
        for length in (0, 1, 7, 8, 15, 16, 17, 23, 24, 100):
            yield Case(f"{suite:04x}: {length} bytes", partial(_short, False, length), wrong, suite)
    for suite in CBC:
        for etm in (False, True):
            for length in (*range(0, 97, 8), 17, 33, 63, 65, 1000):
                yield Case(f"{suite:04x} {etm}: {length} bytes", partial(_short, etm, length), wrong, suite)
            for at in range(-91, 0, 7):
                yield Case(f"{suite:04x} {etm}: ciphertext byte {at}", partial(_flip_ciphertext, etm, at), wrong, suite)
        # MAC-then-encrypt: a MAC and a padding that are wrong, at every position and with paddings of every length
        mac = {0xC013: 20, 0xC027: 32, 0xC028: 48}[suite]
        for at in range(mac):
            yield Case(f"{suite:04x}: MAC byte {at}", partial(_spoiled, False, 20 + at, at % 8, 20), wrong, suite)
        for pad in range(255 - (20 + mac + 1) % 16 - 240, 256, 16):
            if (20 + mac + pad + 1) % 16 == 0:
                yield Case(f"{suite:04x}: padding of {pad}", partial(_padded, pad, 20), CONNECTED, suite)
        for length in range(0, 40, 3):
            pad = 15 - (length + mac) % 16
            for at in {0, pad // 2, pad - 1}:
                if 0 <= at < pad:
                    position = length + mac + at
                    yield Case(
                        f"{suite:04x}: {length} bytes, padding byte {at} of {pad}",
                        partial(_spoiled, False, position, 3, length),
                        wrong,
                        suite,
                    )
        for too_long in (100, 200, 255):

            def lie(peer: Any, n: int = too_long, m: int = mac) -> None:
                def set_last(data: bytearray) -> None:
                    data[-1] = n

                _up(False, peer)
                assert peer.seal is not None
                peer.raw(record(DATA, peer.seal.seal(DATA, b"", spoil=set_last)))

            yield Case(f"{suite:04x}: padding beyond the record, {too_long}", lie, wrong, suite)
    for suite, etm in ((0xC02B, False), (0xCCA9, False), (0xC027, False), (0xC027, True)):
        yield Case(f"{suite:04x} {etm}: replayed", partial(_replay, etm), wrong, suite)
        yield Case(f"{suite:04x} {etm}: left out", partial(_skip, etm), wrong, suite)
        yield Case(f"{suite:04x} {etm}: other type", partial(_other_type, etm), wrong, suite)


@group("server")
def protected_records(world: World) -> Iterator[Case]:
    yield from _cases("server")


@group("client")
def protected_records_of_a_server(world: World) -> Iterator[Case]:
    yield from _cases("client")
