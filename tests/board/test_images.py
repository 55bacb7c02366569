"""Flash images: what esptool, the ROM and the cache make of them."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sming_host.board.images import ESP8266_MAPPED, ESPTOOL, flash_image, image_name, make_image
from sming_host.board.uf2 import flash_contents
from sming_host.build.soc import SOCS
from sming_host.emulator.image import Segment, read_image
from sming_host.errors import UserError
from tests.board.programs import ALL, ESP, segments_of, write_elf
from tests.emulator.chips import QUICK, build_chip
from tests.support.apps import ROOT, scons

# Where the ROM looks: Espressif's documentation of each chip's boot loader
_BOOT_OFFSETS = {"esp8266": 0, "esp32": 0x1000, "esp32s2": 0x1000, "esp32s3": 0, "esp32c2": 0, "esp32c3": 0}


def _make(soc: str, folder: Path, segments: list[Segment]) -> Path:
    elf = write_elf(soc, folder / "firmware.elf", segments)
    image = folder / image_name(SOCS[soc])
    make_image(SOCS[soc], elf, image)
    return image


def _check(soc: str, elf: Path) -> None:
    """Check the image beside a program."""
    ((offset, path),) = flash_image(soc, elf.parent)
    program, image = read_image(elf), read_image(path)
    if soc == "rp2040":
        assert flash_contents(image.segments) == flash_contents(program.segments)
        return
    assert offset == _BOOT_OFFSETS[soc]
    assert image.entry == program.entry
    data = path.read_bytes()
    loaded = {segment.address: segment.data for segment in image.segments}
    mapped = ESP8266_MAPPED + offset
    for segment in program.segments:
        if soc == "esp8266" and segment.address >= ESP8266_MAPPED:
            # The cache shows flash from its start at this address
            at = segment.address - mapped
            assert data[at : at + len(segment.data)] == segment.data
            assert len(data) - at - len(segment.data) < 4
        else:
            # esptool joins neighbours
            start = max(address for address in loaded if address <= segment.address)
            within = segment.address - start
            assert loaded[start][within : within + len(segment.data)] == segment.data
    command = [*ESPTOOL, "--chip", soc, "image_info", "--version", "2", str(path)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.search(r"^Checksum: 0x\w+ \(valid\)$", output, re.MULTILINE), output
    if soc != "esp8266":
        assert f"Validation hash: {hashlib.sha256(data[:-32]).hexdigest()} (valid)" in output


@pytest.mark.parametrize("soc", ALL)
def test_image_of_a_small_program(soc: str, tmp_path: Path) -> None:
    _make(soc, tmp_path, segments_of(soc))
    _check(soc, tmp_path / "firmware.elf")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["firmware.elf", image_name(SOCS[soc])])


@pytest.mark.parametrize("soc", [pytest.param(soc, marks=[] if soc in QUICK else pytest.mark.slow) for soc in ALL])
def test_image_of_a_program_that_was_built(soc: str) -> None:
    _check(soc, build_chip(soc, "tests/apps/ChipFiles", "0"))


def test_esp8266_with_flash_for_the_image_and_no_more(tmp_path: Path) -> None:
    """What the ROM loads must end where the mapped code begins."""
    irom = SOCS["esp8266"].memory[0]
    room = irom.start - ESP8266_MAPPED
    code = [Segment(irom.start, b"code" * 10)]
    # Header of 8 bytes, 8 for each segment, the checksum ends 16
    most = room - 8 - 8 - 8 - 400 - 16
    ram = [Segment(0x40100000, b"iram" * 100), Segment(0x3FFE8000, b"d" * most)]
    assert len(_make("esp8266", tmp_path, ram + code).read_bytes()) == room + 40
    ram[1] = Segment(0x3FFE8000, b"d" * (most + 16))
    with pytest.raises(UserError, match=f"take {room + 16} bytes; there is room for {room}"):
        _make("esp8266", tmp_path, ram + code)


@pytest.mark.slow
@pytest.mark.parametrize("soc", ["esp8266", "rp2040"])
def test_image_with_a_key_is_not_cached(soc: str, tmp_path: Path) -> None:
    """What goes to flash has the key in it as its program has."""
    # A copy, for the sample itself is run by other tests
    app = shutil.copytree(ROOT / "samples" / "HttpServer_ConfigNetwork", tmp_path / "KeyInFlash")
    build_chip(soc, str(app))
    folder = ROOT / "out" / soc / "bearssl" / "KeyInFlash"
    made = [folder / "firmware.elf", folder / image_name(SOCS[soc])]
    for path in made:
        path.unlink()
    done = scons(f"SMING_SOC={soc}", "ENABLE_SSL=Bearssl", f"APP={app}", f"CACHE_DIR={tmp_path / 'cache'}")
    assert done.returncode == 0, done.stdout
    contents = {path.read_bytes() for path in made}
    assert len(contents) == 2
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file() and path.read_bytes() in contents]


def test_error_of_esptool_keeps_the_old_image(tmp_path: Path) -> None:
    image = tmp_path / "firmware.bin"
    image.write_bytes(b"old")
    elf = tmp_path / "firmware.elf"
    elf.write_bytes(b"no program")
    with pytest.raises(UserError, match="made no image"):
        make_image(SOCS["esp32c3"], elf, image)
    assert image.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("soc", ESP)
def test_same_program_same_image(soc: str, tmp_path: Path) -> None:
    """Nothing of the time or of a folder's name gets in."""
    made = []
    for name in ("a", "another"):
        (tmp_path / name).mkdir()
        made.append(_make(soc, tmp_path / name, segments_of(soc)).read_bytes())
    assert made[0] == made[1]


def test_no_image_yet(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"firmware\.uf2: there is no such file\n.*builds it"):
        flash_image("rp2040", tmp_path)
    with pytest.raises(UserError, match="host has no flash"):
        flash_image("host", tmp_path)
