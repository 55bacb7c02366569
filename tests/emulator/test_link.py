"""The chips' end of the serial line, compiled for the host with sanitizers: RFC 1055 like the bridge, and noise."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from sming_host.bridge.frames import END, ESC, ESC_END, ESC_ESC, encode
from tests.support.apps import ROOT

_HAL = ROOT / "components" / "hal"


@pytest.fixture(scope="module")
def link(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("link") / "link"
    source = Path(__file__).with_name("native") / "link.c"
    flags = ["-std=c11", "-g", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"]
    includes = [f"-I{_HAL / 'include'}", f"-I{_HAL / 'chip' / 'include'}"]
    sources = [str(source), str(_HAL / "chip" / "link.c")]
    subprocess.run(["gcc", *flags, *includes, "-o", str(program), *sources], check=True, timeout=120)
    return program


def told(link: Path, pieces: Sequence[bytes]) -> list[str]:
    """Return what the receiver is told of pieces that arrive."""
    text = "".join(piece.hex() + "\n" for piece in pieces)
    done = subprocess.run([str(link)], input=text, capture_output=True, encoding="latin-1", timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_frames_in_any_pieces(link: Path) -> None:
    chance = random.Random(2)
    special = [END, ESC, ESC_END, ESC_ESC]
    packets = [
        bytes(
            [0x45, *(chance.choice(special) if chance.random() < 0.3 else chance.randrange(256) for _ in range(size))]
        )
        for size in (chance.randrange(1500) for _ in range(50))
    ]
    line = b"".join(map(encode, packets))
    pieces = []
    while line:
        size = chance.randrange(1, 400)
        pieces.append(line[:size])
        line = line[size:]
    assert told(link, pieces) == [f"packet {packet.hex()}" for packet in packets]


def test_frame_that_is_cut_off_after_an_escape(link: Path) -> None:
    """It ends with its END, and not within the next frame."""
    cut = bytes([0x45, 1, 2, ESC, END])
    whole = encode(b"\x45\x03")
    expected = ["packet 450102", "packet 4503"]
    assert told(link, [cut + whole]) == expected
    assert told(link, [cut[:-1], cut[-1:], whole]) == expected


def test_words_and_text(link: Path) -> None:
    """Words longer than any, numbers beyond all clocks, and text that nobody reads are dropped."""
    frames = [b"\x0btime=1700000000", b"\x0btime=" + b"9" * 25, b"\x0btime=" + b"1" * 500, b"\x0btime=", b"\x0btime=1x"]
    assert told(link, [b"".join(map(encode, frames))]) == ["time 1700000000"]
    lines = told(link, [encode(b"\x0a" + b"x" * 500), encode(b"\x0ahello")])
    assert "".join(line[5:] for line in lines) == "x" * 64 + "hello"


def test_noise(link: Path) -> None:
    chance = random.Random(3)
    noise = [
        bytes(chance.choice([END, ESC, 0x0A, 0x0B, 0x45, chance.randrange(256)]) for _ in range(200))
        for _ in range(300)
    ]
    lines = told(link, [*noise, bytes([END, END]), encode(b"\x45\x01\x02")])
    assert lines[-1].endswith("packet 450102")
