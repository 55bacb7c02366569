"""esptool itself writes to a simulated chip over a pseudo-terminal, and we believe only what it has verified."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sming_host.board.images import FORMATS, make_image
from sming_host.build.soc import SOCS
from tests.board.programs import ESP, segments_of, write_elf
from tests.board.rom import Rom
from tests.emulator.chips import build_chip
from tests.support.apps import scons

_ONE_QUICK = [pytest.param(soc, marks=[] if soc == "esp8266" else pytest.mark.slow) for soc in ESP]
_ENVIRONMENT = {**os.environ, "ESPTOOL_CFGFILE": str(Path(__file__).parent / "esptool.cfg")}
_APP = "tests/apps/ChipFiles"
_AGAIN = "flash again before the device is used"


def _image(soc: str, folder: Path, size: int = 60_000) -> bytes:
    elf = write_elf(soc, folder / "firmware.elf", segments_of(soc, size))
    make_image(SOCS[soc], elf, folder / "firmware.bin")
    return (folder / "firmware.bin").read_bytes()


def _command(soc: str, folder: Path, port: str, *words: str, patient: bool = True) -> tuple[int, str]:
    command = [sys.executable, "-m", "sming_host.board.command", soc, str(folder), *words, f"--port={port}"]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=200,
        check=False,
        env=_ENVIRONMENT if patient else None,
    )
    output = done.stdout.decode(errors="replace")
    assert "Traceback" not in output, output
    return done.returncode, output


@pytest.mark.parametrize("soc", ESP)
def test_flash(soc: str, tmp_path: Path) -> None:
    image = _image(soc, tmp_path)
    with Rom(soc) as rom:
        before = bytes(rom.flash)
        status, output = _command(soc, tmp_path, rom.port, "flash", "--speed=921600")
    assert status == 0, output
    assert "Hash of data verified" in output
    assert rom.stub_runs
    assert rom.speeds == [921600]
    at = FORMATS[soc].offset
    assert bytes(rom.flash[at : at + len(image)]) == image
    # Nothing else but the rest of the last sector
    end = at + len(image)
    end += -end % 4096
    assert rom.flash[:at] == before[:at]
    seed = SOCS[soc].seed
    if seed is None:
        assert rom.flash[end:] == before[end:]
    else:
        # What is written there: test_seed.py
        assert rom.flash[end : seed.start] == before[end : seed.start]
        assert rom.flash[seed.start + seed.size :] == before[seed.start + seed.size :]


def test_flash_as_it_is_typed() -> None:
    """The whole way: build, image, port, esptool."""
    program = build_chip("esp32c3", _APP, "0")
    with Rom("esp32c3") as rom:
        words = ("SMING_SOC=esp32c3", "ENABLE_SSL=0", f"APP={_APP}", "flash")
        done = scons(*words, f"COM_PORT={rom.port}", env=_ENVIRONMENT)
        other = scons(*words, "COM_PORT=/dev/no-port")
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("flash: done\n")
    image = (program.parent / "firmware.bin").read_bytes()
    assert bytes(rom.flash[: len(image)]) == image
    assert other.returncode == 1
    assert "COM_PORT=/dev/no-port: there is no such port" in other.stdout


def test_line_that_loses_one_byte(tmp_path: Path) -> None:
    """The chip's checksum finds it, and esptool sends that block again."""
    image = _image("esp32c3", tmp_path)
    with Rom("esp32c3", lose=lambda block: block == 1) as rom:
        status, output = _command("esp32c3", tmp_path, rom.port, "flash")
    assert status == 0, output
    assert bytes(rom.flash[: len(image)]) == image


@pytest.mark.parametrize("soc", _ONE_QUICK)
def test_line_that_loses_bytes(soc: str, tmp_path: Path) -> None:
    image = _image(soc, tmp_path)
    with Rom(soc, lose=lambda block: block >= 1) as rom:
        status, output = _command(soc, tmp_path, rom.port, "flash")
    assert status == 1
    assert "error: bytes were lost or changed on the way" in output
    assert "lower COM_SPEED" in output
    assert _AGAIN in output
    assert bytes(rom.flash[: len(image)]) != image


@pytest.mark.parametrize(("soc", "real"), [("esp8266", "esp32"), ("esp32", "esp32c3"), ("esp32c3", "esp8266")])
def test_wrong_chip(soc: str, real: str, tmp_path: Path) -> None:
    _image(soc, tmp_path)
    with Rom(real) as rom:
        before = bytes(rom.flash)
        status, output = _command(soc, tmp_path, rom.port, "flash")
        assert bytes(rom.flash) == before
    assert status == 1
    assert "error: wrong chip: it is an ESP" in output
    assert "Nothing was written" in output


@pytest.mark.parametrize("soc", _ONE_QUICK)
def test_pulled_cable(soc: str, tmp_path: Path) -> None:
    _image(soc, tmp_path)
    with Rom(soc, cut_after=2) as rom:
        status, output = _command(soc, tmp_path, rom.port, "flash")
    assert rom.blocks == 2
    assert status == 1
    assert "error: the connection to the board was lost: was the cable pulled?" in output
    assert _AGAIN in output
    assert "Hash of data verified" not in output


def test_worn_flash(tmp_path: Path) -> None:
    image = _image("esp32c3", tmp_path)
    odd = next(at for at in range(20_000, 30_000) if image[at] & 1)
    with Rom("esp32c3", worn=odd) as rom:
        status, output = _command("esp32c3", tmp_path, rom.port, "flash")
    assert status == 1
    assert "error: the flash does not hold what was sent" in output


@pytest.mark.slow
def test_nobody_answers(tmp_path: Path) -> None:
    _image("esp32c3", tmp_path)
    rom = Rom("esp32c3")
    status, output = _command("esp32c3", tmp_path, rom.port, "flash", patient=False)
    rom._thread.start()
    rom.__exit__(None, None, None)
    assert status == 1
    assert "error: the chip does not answer" in output
    assert "BOOT" in output


def test_ctrl_c(tmp_path: Path) -> None:
    """Whoever interrupts it is told that flash is not whole, and esptool does not go on."""
    _image("esp32c3", tmp_path)
    reached, go_on = threading.Event(), threading.Event()

    def wait(block: int) -> bool:
        if block == 2:
            reached.set()
            go_on.wait(60)
        return False

    with Rom("esp32c3", lose=wait) as rom:
        command = [sys.executable, "-m", "sming_host.board.command", "esp32c3", str(tmp_path), "flash"]
        process = subprocess.Popen(
            [*command, f"--port={rom.port}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=_ENVIRONMENT,
        )
        assert reached.wait(60)
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=60)[0]
        blocks = rom.blocks
        go_on.set()
    assert process.returncode == 130
    assert "interrupted. What the flash holds now is not whole" in output
    assert "Traceback" not in output
    assert rom.blocks <= blocks + 1


def test_erase_and_read(tmp_path: Path) -> None:
    file = tmp_path / "flash.bin"
    with Rom("esp32c3") as rom:
        before = bytes(rom.flash)
        status, output = _command("esp32c3", tmp_path, rom.port, "read-flash", f"--file={file}")
        assert status == 0, output
        assert hashlib.sha256(file.read_bytes()).digest() == hashlib.sha256(before).digest()
        # Not over what was read before
        status, output = _command("esp32c3", tmp_path, rom.port, "read-flash", f"--file={file}")
        assert status == 1
        assert "FORCE=1 replaces it" in output
    with Rom("esp32c3") as rom:
        status, output = _command("esp32c3", tmp_path, rom.port, "erase-flash")
        assert status == 0, output
        assert set(rom.flash) == {0xFF}


def test_reading_over_a_bad_line_keeps_the_file(tmp_path: Path) -> None:
    file = tmp_path / "flash.bin"
    file.write_bytes(b"old")
    with Rom("esp32c3", lose=lambda block: block == 5) as rom:
        status, output = _command("esp32c3", tmp_path, rom.port, "read-flash", f"--file={file}", "--force")
    assert status == 1
    assert "error: bytes were lost or changed on the way" in output
    assert "Nothing was changed" in output
    assert _AGAIN not in output
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["flash.bin"]
