"""Text of the serial line: in frames, and without any from the ROM."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sming_host.board.console import Console, typed
from sming_host.bridge.frames import Decoder, encode

_PACKET = bytes([0x45, 0, 0, 20]) + bytes(range(256))


def _text(text: str) -> bytes:
    return encode(b"\n" + text.encode())


@given(
    texts=st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1), max_size=5), cut=st.integers(1, 7)
)
def test_text_in_frames_and_packets_between(texts: list[str], cut: int) -> None:
    """However the bytes come in, each text is given once, and no packet."""
    stream = b"".join(_text(text) + encode(_PACKET) for text in texts)
    console = Console()
    pieces = [stream[at : at + cut] for at in range(0, len(stream), cut)]
    assert "".join(console.feed(piece) for piece in pieces) == "".join(texts)


def test_what_the_rom_prints() -> None:
    console = Console()
    boot = "ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\n"
    assert console.feed(boot.encode()) == boot
    # At once, without waiting for the end of a frame
    assert console.feed(b"entry 0x40380000\r\n") == "entry 0x40380000\r\n"
    assert console.feed(_text("Hello\n")) == "Hello\n"


def test_text_is_shown_before_its_frame_ends() -> None:
    console = Console()
    assert console.feed(_text("partly")[:4]) == "pa"


def test_noise_of_the_wrong_speed() -> None:
    """What the ESP8266's ROM prints at 74880 bit/s is noise; the next frame is not lost."""
    console = Console()
    console.feed(bytes([0x12, 0xFE, 0x80, 0x41, 0x00]))
    assert console.feed(_text("Hello")) == "Hello"


def test_typed_text() -> None:
    assert list(Decoder().feed(typed("caf\u00e9\n"))) == [b"\ncaf\xc3\xa9\n"]
