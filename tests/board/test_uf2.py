"""UF2 files, byte for byte as the format has them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sming_host.board.uf2 import boot2_checksum, check_boot2, convert, flash_contents, make_uf2
from sming_host.emulator.image import Segment, read_image
from sming_host.errors import UserError
from tests.board.programs import segments_of, write_elf

_FLASH = 0x10000000


@st.composite
def _segments(draw: st.DrawFn) -> list[Segment]:
    """Segments that do not overlap, in any order."""
    at = _FLASH + draw(st.integers(0, 9000))
    segments = []
    for _ in range(draw(st.integers(1, 5))):
        data = draw(st.binary(min_size=1, max_size=6000))
        segments.append(Segment(at, data))
        at += len(data) + draw(st.integers(0, 9000))
    return draw(st.permutations(segments))


@given(segments=_segments())
@settings(max_examples=60, deadline=None)
def test_every_byte_of_a_file(segments: list[Segment]) -> None:
    data = make_uf2(segments)
    assert len(data) % 512 == 0
    count = len(data) // 512
    flash: dict[int, int] = {}
    for number in range(count):
        block = data[512 * number : 512 * (number + 1)]
        first, second, flags, address, length, index, total, family = struct.unpack_from("<8I", block)
        assert (first, second, flags) == (0x0A324655, 0x9E5D5157, 0x2000)
        assert address % 256 == 0
        assert (length, index, total, family) == (256, number, count, 0xE48BFF56)
        assert block[32 + 256 : 508] == bytes(220)
        assert block[508:] == struct.pack("<I", 0x0AB16F30)
        for offset, byte in enumerate(block[32 : 32 + 256]):
            assert address + offset not in flash, "a page twice"
            flash[address + offset] = byte
    # All pages of every sector that is touched, and of no other
    wanted = {}
    for segment in segments:
        wanted.update({segment.address + offset: byte for offset, byte in enumerate(segment.data)})
    assert {address & ~0xFFF for address in flash} == {address & ~0xFFF for address in wanted}
    assert len(flash) % 4096 == 0
    assert flash == {address: wanted.get(address, 0xFF) for address in flash}


@given(segments=_segments())
@settings(max_examples=20, deadline=None)
def test_the_emulator_reads_the_same(tmp_path_factory: pytest.TempPathFactory, segments: list[Segment]) -> None:
    path = tmp_path_factory.mktemp("uf2") / "image.uf2"
    path.write_bytes(make_uf2(segments))
    assert flash_contents(read_image(path).segments) == flash_contents(segments)


@pytest.mark.parametrize("address", [_FLASH - 1, 0x20000000, _FLASH + (16 << 20) - 1])
def test_what_is_not_in_flash(address: int) -> None:
    with pytest.raises(UserError, match=f"{address:#x} are not in flash"):
        make_uf2([Segment(address, b"xy")])


def test_checksum_of_the_boot_stage() -> None:
    # CRC-32/MPEG-2 of the digits, a check value of catalogues of CRCs
    assert boot2_checksum(b"123456789") == 0x0376E6E7


def test_program_without_a_boot_stage(tmp_path: Path) -> None:
    boot2, code = segments_of("rp2040")
    check_boot2([boot2, code])
    for wrong in ([code], [Segment(boot2.address, b"\0" + boot2.data[1:]), code]):
        elf = write_elf("rp2040", tmp_path / "firmware.elf", wrong)
        with pytest.raises(UserError, match="the chip would not start it"):
            convert(elf, tmp_path / "firmware.uf2")
        assert [path.name for path in tmp_path.iterdir()] == ["firmware.elf"]
