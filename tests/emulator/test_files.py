"""Files on emulated chips: the image of the application's folder, and settings that outlive restarts and power cuts.

What "a power cut" is here: the emulator is killed, and a new one begins with the flash file that it has left.
"""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest

from sming_host.emulator.chip_device import ChipDevice
from sming_host.errors import UserError
from tests.emulator.chips import QUICK, build_chip

_APP = "tests/apps/ChipFiles"
_IMAGE = {"empty": 0, "hello.txt": 20, "pages/index.html": 13, "pattern.bin": 5003}
_READ_ONLY = -7
# Those with a part of flash for settings.
_WRITES = ("rp2040",)
_SLOW = [pytest.param(soc, marks=pytest.mark.slow) for soc in (*QUICK, "esp32", "esp32s2") if soc not in _WRITES]


def _files(chip: ChipDevice) -> dict[str, int]:
    chip.send("list\n")
    chip.expect("end of list", 30)
    lines = chip.output[: chip.output.rindex("end of list")].rpartition("mounted")[2].rpartition("end of list")[2]
    rows = [line.split() for line in lines.splitlines() if line.startswith("file ")]
    return {row[1]: int(row[2]) for row in rows}


def _ask(chip: ChipDevice, command: str, answer: str) -> None:
    chip.send(f"{command}\n")
    chip.expect(f"^{answer}\r?$", 30)


@pytest.mark.parametrize("soc", [*_WRITES, *_SLOW])
def test_image(soc: str, tmp_path: Path) -> None:
    """What stands in the application's folder is read, as text, by a stream, and through a list."""
    program = build_chip(soc, _APP, "0")
    with ChipDevice(soc, program, tmp_path) as chip:
        # Nothing is there before it is mounted.
        chip.expect("before mount: -1", 60)
        chip.expect("mounted", 30)
        assert _files(chip) == _IMAGE
        _ask(chip, "show hello.txt", "hello.txt: Hello from the image")
        _ask(chip, "show pages/index.html", "pages/index.html: <h1>page</h1>")
        _ask(chip, "show empty", "empty: ")
        _ask(chip, "show ../hello.txt", "../hello.txt: no such file")
        _ask(chip, "pattern pattern.bin", "pattern 5003 bytes, 0 wrong")
        _ask(chip, "delete hello.txt", f"delete {_READ_ONLY}")
        if soc not in _WRITES:
            _ask(chip, "set hello.txt new", f"set {_READ_ONLY} the file cannot be written to")
            _ask(chip, "append text", f"append {_READ_ONLY}")
            _ask(chip, "show hello.txt", "hello.txt: Hello from the image")


@pytest.mark.parametrize("soc", _WRITES)
def test_settings_outlive_restart_and_power_cut(soc: str, tmp_path: Path) -> None:
    program = build_chip(soc, _APP, "0")
    flash = tmp_path / "flash"
    with ChipDevice(soc, program, tmp_path / "1", flash=flash) as chip:
        chip.expect("^mounted", 60)
        _ask(chip, "set hello.txt mine", "set 4 no error")
        _ask(chip, "set wifi/name My network", "set 10 no error")
        _ask(chip, "append one ", "append 4 0")
        _ask(chip, "append two", "append 3 0")
        _ask(chip, "set gone text", "set 4 no error")
        _ask(chip, "rename gone", "rename 0")
        chip.send("restart\n")
        chip.expect("before mount: -1", 60)
        _ask(chip, "show hello.txt", "hello.txt: mine")
        chip.cut_power()
    with ChipDevice(soc, program, tmp_path / "2", flash=flash) as chip:
        chip.expect("^mounted", 60)
        written = {"hello.txt": 4, "wifi/name": 10, "log": 7, "renamed": 4}
        assert _files(chip) == {**_IMAGE, **written}
        _ask(chip, "show wifi/name", "wifi/name: My network")
        _ask(chip, "show log", "log: one two")
        _ask(chip, "show renamed", "renamed: text")
        # What hides a file of the image goes, and that one is seen again.
        _ask(chip, "delete hello.txt", "delete 0")
        _ask(chip, "show hello.txt", "hello.txt: Hello from the image")
        _ask(chip, "delete log", "delete 0")
        _ask(chip, "show log", "log: no such file")


def _cut_again_and_again(soc: str, folder: Path, cuts: int) -> None:
    """A file is written all the time; after each cut it is whole, and not older than what was last told."""
    program = build_chip(soc, _APP, "0")
    chances = random.Random(cuts)
    saved = 0
    for cut in range(cuts):
        with ChipDevice(soc, program, folder / str(cut), flash=folder / "flash") as chip:
            chip.expect("^mounted", 60)
            chip.send("check\n")
            state = chip.expect(r"^counter (\d+) (\w+)", 30)
            assert state[2] == ("good" if cut else "none"), chip.failure("torn")
            assert int(state[1]) >= saved, chip.failure(f"{saved} was saved")
            chip.send("count\n")
            chip.expect(r"^saved \d+", 30)
            time.sleep(chances.random())
            chip.cut_power()
            chip.stop()
            # Whole lines only; of the last ones some may have been lost with the emulator.
            saved = max(int(number) for number in re.findall(r"^saved (\d+)\r?\n", chip.output, re.MULTILINE))


@pytest.mark.parametrize("soc", _WRITES)
def test_power_cuts(soc: str, tmp_path: Path) -> None:
    _cut_again_and_again(soc, tmp_path, 3)


@pytest.mark.slow
@pytest.mark.parametrize("soc", _WRITES)
def test_many_power_cuts(soc: str, tmp_path: Path) -> None:
    _cut_again_and_again(soc, tmp_path, 40)


def test_flash_that_is_not_written(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_bytes(b"")
    with pytest.raises(UserError, match="esp32c3 does not write to flash"):
        ChipDevice("esp32c3", program, tmp_path, flash=tmp_path / "flash")
