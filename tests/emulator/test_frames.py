"""The serial line's frames, RFC 1055."""

from __future__ import annotations

import random

from sming_host.bridge.frames import END, ESC, ESC_END, ESC_ESC, Decoder, encode, is_packet

_SPECIAL = [END, ESC, ESC_END, ESC_ESC, 0x0A, 0x45]


def test_what_is_encoded_is_decoded() -> None:
    chance = random.Random(1)
    for _ in range(500):
        frames = [
            bytes(chance.choice(_SPECIAL) if chance.random() < 0.5 else chance.randrange(256) for _ in range(length))
            for length in (chance.randrange(1, 60) for _ in range(chance.randrange(6)))
        ]
        line = b"".join(map(encode, frames))
        step = chance.randrange(1, 9)
        decoder = Decoder()
        pieces = [line[at : at + step] for at in range(0, len(line), step)]
        assert [frame for piece in pieces for frame in decoder.feed(piece)] == frames


def test_kinds() -> None:
    assert is_packet(b"\x45rest") and is_packet(b"\x4f")
    assert not is_packet(b"\x0atext") and not is_packet(b"\x60")


def test_endless_noise_is_dropped() -> None:
    decoder = Decoder()
    assert not list(decoder.feed(b"\x01" * 100_000))
    assert list(decoder.feed(encode(b"text"))) == [b"text"]
