"""Programs as emulators read them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from sming_host.emulator.image import Image, Segment, read_image
from sming_host.errors import UserError


def _esp(extended: bool, *segments: Segment) -> bytes:
    data = struct.pack("<BBBBI", 0xE9, len(segments), 0, 0, 0x40380000)
    if extended:
        data += bytes(16)
    checksum = 0xEF
    for segment in segments:
        data += struct.pack("<II", segment.address, len(segment.data)) + segment.data
        for byte in segment.data:
            checksum ^= byte
    data += bytes(15 - len(data) % 16)
    return data + bytes([checksum])


@pytest.mark.parametrize("extended", [True, False])
def test_esp_image(extended: bool, tmp_path: Path) -> None:
    segments = (Segment(0x40100000, b"code"), Segment(0x3FFE8000, b"data" * 5))
    path = tmp_path / "image"
    path.write_bytes(_esp(extended, *segments))
    assert read_image(path) == Image(segments, 0x40380000, chip_id=0 if extended else None)


def test_esp_image_with_one_wrong_byte(tmp_path: Path) -> None:
    data = bytearray(_esp(True, Segment(0x3FC80000, b"data")))
    data[33] ^= 1
    path = tmp_path / "image"
    path.write_bytes(data)
    with pytest.raises(UserError, match="checksum"):
        read_image(path)


def test_uf2(tmp_path: Path) -> None:
    block = struct.pack("<8I", 0x0A324655, 0x9E5D5157, 0x2000, 0x10000100, 256, 0, 1, 0xE48BFF56)
    block += bytes(range(256)) + bytes(220) + struct.pack("<I", 0x0AB16F30)
    path = tmp_path / "image.uf2"
    path.write_bytes(block)
    assert read_image(path).segments == (Segment(0x10000100, bytes(range(256))),)
    path.write_bytes(block[:-1])
    with pytest.raises(UserError, match="cut off"):
        read_image(path)


def test_no_program(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("hello", "utf-8")
    with pytest.raises(UserError, match="no program for a chip"):
        read_image(path)
    with pytest.raises(UserError, match="Build the application"):
        read_image(tmp_path / "nothing")
