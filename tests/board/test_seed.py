"""`flash` gives each ESP8266 a seed of its own, which nobody else gets to see."""

from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sming_host.board.images import make_image
from sming_host.board.plan import make_plan
from sming_host.board.seed import make_area, seed_file
from sming_host.build.soc import SOCS, Region
from tests.board.programs import segments_of, write_elf
from tests.board.rom import Rom

_SECRET_AT = 12 + 20 + len("seed") + 8
_ENVIRONMENT = {**os.environ, "ESPTOOL_CFGFILE": str(Path(__file__).parent / "esptool.cfg")}


def _region() -> Region:
    region = SOCS["esp8266"].seed
    assert region is not None
    return region


def _flash(rom: Rom, folder: Path, scratch: Path) -> tuple[int, bytes]:
    """Do what `flash` does, with a folder of its own for temporary files."""
    command = [sys.executable, "-m", "sming_host.board.command", "esp8266", str(folder), "flash"]
    done = subprocess.run(
        [*command, f"--port={rom.port}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=200,
        check=False,
        env={**_ENVIRONMENT, "TMPDIR": str(scratch)},
    )
    return done.returncode, done.stdout


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A folder with an image, and one for temporary files."""
    folder, scratch = tmp_path / "out", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()
    elf = write_elf("esp8266", folder / "firmware.elf", segments_of("esp8266", 60_000))
    make_image(SOCS["esp8266"], elf, folder / "firmware.bin")
    return folder, scratch


def test_place() -> None:
    """Behind the program, and before what the vendor's SDK keeps at the end of 1 MB of flash."""
    region = _region()
    irom = SOCS["esp8266"].memory[0]
    assert irom.start + irom.size - 0x40200000 == region.start
    assert region.start % 4096 == 0 and region.size == 2 * 4096
    assert region.start + region.size <= 0xFB000


def test_a_fresh_seed_each_time(folders: tuple[Path, Path]) -> None:
    folder, scratch = folders
    modes: list[int] = []

    def look(block: int) -> bool:
        modes.extend(stat.S_IMODE(path.stat().st_mode) for path in scratch.glob("sming-seed-*"))
        return False

    region = _region()
    secrets = []
    for _ in range(2):
        with Rom("esp8266", lose=look) as rom:
            status, output = _flash(rom, folder, scratch)
        assert status == 0, output
        assert output.count(b"Hash of data verified") == 2
        assert b"and a fresh random seed to 0xf9000" in output
        area = bytes(rom.flash[region.start : region.start + region.size])
        secret = area[_SECRET_AT : _SECRET_AT + 32]
        assert area == make_area(region.size, secret)
        for text in (secret, secret.hex().encode(), base64.b64encode(secret)):
            assert text not in output
        assert sorted(path.name for path in folder.iterdir()) == ["firmware.bin", "firmware.elf"]
        assert not any(secret in path.read_bytes() for path in folder.iterdir())
        assert not list(scratch.glob("sming-seed-*"))
        secrets.append(secret)
    assert secrets[0] != secrets[1]
    # While esptool had it
    assert modes and set(modes) == {0o600}


def test_a_seed_that_does_not_stay(folders: tuple[Path, Path]) -> None:
    with Rom("esp8266", worn=_region().start) as rom:
        status, output = _flash(rom, *folders)
    assert status == 1
    assert b"error: the flash does not hold what was sent" in output
    assert not list(folders[1].glob("sming-seed-*"))


def test_file_is_overwritten_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with seed_file(_region()) as path:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        kept = tmp_path / "link"
        os.link(path, kept)
        assert set(kept.read_bytes()) != {0}
    assert not path.exists()
    assert kept.read_bytes() == bytes(_region().size)
    with pytest.raises(KeyboardInterrupt), seed_file(_region()) as path:
        raise KeyboardInterrupt
    assert not path.exists()


def test_plans_say_what_becomes_of_it() -> None:
    erase = make_plan("esp8266", "erase-flash", Path("out"), Path("flash.bin"))
    assert "TLS is refused until `flash` writes one" in erase.text()
    assert "keep it to yourself" in make_plan("esp8266", "read-flash", Path("out"), Path("flash.bin")).text()
    other = make_plan("esp32c3", "erase-flash", Path("out"), Path("flash.bin"))
    assert "seed" not in other.text()
    assert make_plan("esp8266", "flash", Path("out"), Path("x")).data()["steps"][0]["seed"] == _region().start
