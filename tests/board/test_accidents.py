"""What goes wrong around a board: other boards, files that are in the way, programs that end too early."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sming_host.board import mass_storage, rp2040
from sming_host.board.images import make_image
from sming_host.board.mass_storage import INFO, copy
from sming_host.board.plan import make_plan
from sming_host.board.ports import Port, check_port, find_port
from sming_host.build.soc import SOCS
from sming_host.emulator.serial_line import open_port
from sming_host.errors import UserError
from tests.board import rom as roms
from tests.board.programs import segments_of, write_elf
from tests.board.rom import Chip, Rom


def _image(soc: str, folder: Path) -> Path:
    elf = write_elf(soc, folder / "firmware.elf", segments_of(soc, 20_000))
    image = folder / ("firmware.uf2" if soc == "rp2040" else "firmware.bin")
    make_image(SOCS[soc], elf, image)
    return image


def _start(soc: str, folder: Path, *words: str, output: int = subprocess.PIPE) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sming_host.board.command", soc, str(folder), *words]
    # What nohup has the tests ignore would be ignored by what they start, unless there is a handler
    before = signal.signal(signal.SIGHUP, lambda *_: None)
    try:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGHUP, before)


def _run(soc: str, folder: Path, *words: str) -> tuple[int, str]:
    process = _start(soc, folder, *words)
    output, errors = process.communicate(timeout=120)
    assert "Traceback" not in output + errors, output + errors
    return process.returncode, output + errors


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A boot loader's volume."""
    folder = tmp_path / "RPI-RP2"
    folder.mkdir()
    (folder / INFO).write_text("Board-ID: RPI-RP2\n", "ascii")
    return folder


@pytest.fixture
def terminal() -> Iterator[str]:
    """The name of a pseudo-terminal."""
    master, slave = os.openpty()
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


def test_chip_that_esptool_does_not_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would only warn, and go on."""
    _image("esp32c3", tmp_path)
    monkeypatch.setitem(roms.CHIPS, "stranger", Chip(None, 77))
    # Nothing gets into flash in any case
    with Rom("stranger", lose=lambda block: True) as rom:
        status, output = _run("esp32c3", tmp_path, "flash", f"--port={rom.port}")
    assert status == 1
    assert "error: wrong chip: it is none that esptool knows" in output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_ended_from_outside(number: signal.Signals, tmp_path: Path) -> None:
    """esptool does not go on alone, and what that means is said."""
    _image("esp32c3", tmp_path)
    reached, go_on = threading.Event(), threading.Event()

    def wait(block: int) -> bool:
        reached.set()
        go_on.wait(60)
        return False

    with Rom("esp32c3", lose=wait) as rom:
        process = _start("esp32c3", tmp_path, "flash", f"--port={rom.port}")
        try:
            assert reached.wait(60)
            process.send_signal(number)
            _, errors = process.communicate(timeout=60)
        finally:
            go_on.set()
            process.kill()
    assert process.returncode == 128 + number
    assert "What the flash holds now is not whole" in errors
    # The first block is the last one that came
    assert rom.blocks <= 2


def test_nobody_reads_what_is_printed(tmp_path: Path) -> None:
    _image("esp32c3", tmp_path)
    reader, writer = os.pipe()
    os.close(reader)
    with Rom("esp32c3") as rom:
        process = _start("esp32c3", tmp_path, "flash", f"--port={rom.port}", output=writer)
        os.close(writer)
        errors = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert "Traceback" not in errors
    assert "error: " in errors


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_reading_into_a_folder(force: tuple[str, ...], tmp_path: Path, terminal: str) -> None:
    """Refused before all of flash was read."""
    status, output = _run("esp32c3", tmp_path, "read-flash", f"--file={tmp_path}", f"--port={terminal}", *force)
    assert status == 1
    assert f"error: {tmp_path} is no file" in output


def test_folder_that_cannot_be_made(tmp_path: Path, terminal: str) -> None:
    (tmp_path / "file").touch()
    name = f"--file={tmp_path}/file/flash.bin"
    status, output = _run("esp32c3", tmp_path, "read-flash", name, f"--port={terminal}")
    assert status == 1
    assert "error: " in output


def test_what_was_read_is_for_its_owner(tmp_path: Path) -> None:
    """There may be keys and passwords in flash."""
    file = tmp_path / "a folder" / "flash.bin"
    with Rom("esp32c3") as rom:
        status, output = _run("esp32c3", tmp_path, "read-flash", f"--file={file}", f"--port={rom.port}")
    assert status == 0, output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_port_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for path in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(UserError, match="is no serial port"):
            check_port(str(path))


def test_monitor_and_flash_exclude_each_other(terminal: str) -> None:
    line = open_port(terminal, 115200)
    try:
        with pytest.raises(UserError, match="is busy"):
            check_port(terminal)
    finally:
        line.close()
    check_port(terminal)


def test_answer_that_only_looks_like_a_number() -> None:
    ports = [Port("/dev/ttyUSB0", 0x10C4, 0xEA60), Port("/dev/ttyUSB1", 0x10C4, 0xEA60)]
    with pytest.raises(UserError, match="² is not one of the ports"):
        find_port("", "esp32", lambda: ports, lambda question: "²")


def test_board_that_is_named_and_another_one_in_its_boot_loader(
    tmp_path: Path, volume: Path, terminal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """COM_PORT is what is flashed: the other board keeps what it has."""
    _image("rp2040", tmp_path)
    mine = tmp_path / "RPI-RP2 1"
    touched = threading.Event()

    def touch(port: str) -> None:
        assert port == terminal
        mine.mkdir()
        (mine / INFO).write_text("Board-ID: RPI-RP2\n", "ascii")
        touched.set()

    def volumes() -> list[Path]:
        return [volume, mine] if touched.is_set() else [volume]

    def take(data: bytes, to: Path, progress: object) -> None:
        taken.append(to)

    taken: list[Path] = []
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(rp2040, "all_ports", lambda: [Port(terminal, 0x2E8A, 0x000A)])
    monkeypatch.setattr(mass_storage, "touch", touch)
    monkeypatch.setattr(mass_storage, "mounted_volumes", volumes)
    monkeypatch.setattr(mass_storage.find_volume, "__defaults__", (volumes, 0))
    monkeypatch.setattr(mass_storage, "copy", take)
    rp2040.run_plan(make_plan("rp2040", "flash", tmp_path, Path("flash.bin")), terminal)
    assert taken == [mine]


def test_small_image_and_pulled_cable(tmp_path: Path, volume: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A volume that goes in the middle of the first piece is no restart."""
    data = _image("rp2040", tmp_path).read_bytes()
    assert len(data) < 64 << 10

    def pull(descriptor: int) -> None:
        (volume / INFO).unlink()
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", pull)
    with pytest.raises(UserError, match="Flash is not whole now"):
        copy(data, volume)


def test_volume_that_cannot_be_written_to(tmp_path: Path, volume: Path) -> None:
    (volume / "firmware.uf2").mkdir()
    with pytest.raises(UserError, match=r"cannot be written to: .*\nNothing was written"):
        copy(b"\0" * 512, volume)
