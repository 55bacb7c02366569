"""An ESP8266's random numbers: the chip's own code on the flash chip of the emulator, with and without a seed in it."""

from __future__ import annotations

import contextlib
import struct
import time
from pathlib import Path

import pytest

from sming_host.build.soc import SOCS, Region
from sming_host.emulator.chip_device import ChipDevice
from tests.emulator.chips import Kind, Site, build_peer, connect, make_site

_SIZE = 1 << 20
_NO_SEED = r"no valid seed for random numbers, so TLS is refused: '\./scons SMING_SOC=esp8266 flash' writes one"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_site(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def program(site: Site) -> Path:
    return build_peer(Kind("esp8266", "Bearssl"), site)


def _region() -> Region:
    region = SOCS["esp8266"].seed
    assert region is not None
    return region


def _records(flash: Path) -> list[tuple[int, bytes]]:
    """Return count of starts and secret of each record that is in the file's area and has one."""
    region = _region()
    area = flash.read_bytes()[region.start : region.start + region.size]
    found = []
    at = area.find(b"seed")
    while at >= 0:
        version, starts, secret = struct.unpack_from("<II32s", area, at + 4)
        if version == 1:
            found.append((starts, secret))
        at = area.find(b"seed", at + 1)
    return found


def _random(chip: ChipDevice) -> str:
    chip.expect("ready", 60)
    chip.send("random\n")
    return chip.expect(r"^random: (\w+)", 30)[1]


def _have_open(path: Path) -> list[str]:
    """The processes of this user that have a file open (proc(5))."""
    found = []
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if link.readlink() == path:
                found.append(link.parts[2])
    return found


def test_each_start_has_a_seed_of_its_own(program: Path, site: Site, tmp_path: Path) -> None:
    flash = tmp_path / "flash"
    with ChipDevice("esp8266", program, tmp_path / "1", flash=flash) as chip:
        numbers = [_random(chip)]
        assert connect(chip, site.identities["good"], tmp_path) == "accepted"
        assert "TLS is refused" not in chip.output
        records = _records(flash)
        assert _have_open(flash)
        chip.cut_power()
    deadline = time.monotonic() + 10
    while _have_open(flash) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _have_open(flash)
    assert flash.stat().st_size == _SIZE
    assert flash.stat().st_mode & 0o777 == 0o600
    for start in (2, 3):
        with ChipDevice("esp8266", program, tmp_path / str(start), flash=flash) as chip:
            numbers.append(_random(chip))
        records += _records(flash)
    # What was used is destroyed: at each time there is one record
    assert [starts for starts, _ in records] == [1, 2, 3]
    assert len({secret for _, secret in records}) == 3
    assert len(set(numbers)) == 3 and "none" not in numbers


def _refused(program: Path, site: Site, flash: Path, folder: Path) -> None:
    before = flash.read_bytes()
    with ChipDevice("esp8266", program, folder, flash=flash) as chip:
        chip.expect(_NO_SEED, 60)
        assert _random(chip) == "none"
        assert "not seeded" in connect(chip, site.identities["good"], folder)
    region = _region()
    after = flash.read_bytes()
    assert after[region.start : region.start + region.size] == before[region.start : region.start + region.size]


def test_without_a_seed_tls_is_refused(program: Path, site: Site, tmp_path: Path) -> None:
    """As a chip is after `erase-flash`, if a program is then written by other means."""
    flash = tmp_path / "flash"
    flash.write_bytes(b"\xff" * _SIZE)
    _refused(program, site, flash, tmp_path / "log")


def test_a_damaged_seed_is_refused(program: Path, site: Site, tmp_path: Path) -> None:
    flash = tmp_path / "flash"
    with ChipDevice("esp8266", program, tmp_path / "1", flash=flash) as chip:
        assert _random(chip) != "none"
    contents = bytearray(flash.read_bytes())
    ((_, secret),) = _records(flash)
    contents[contents.index(secret)] ^= 1
    flash.write_bytes(contents)
    _refused(program, site, flash, tmp_path / "2")
