"""Routes into an RP2040, with folders for its volume, a pseudo-terminal for its port and a program for picotool."""

from __future__ import annotations

import os
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sming_host.board import mass_storage, rp2040
from sming_host.board.images import make_image
from sming_host.board.mass_storage import INFO, copy, device_of, find_volume, is_volume, mounted_volumes, touch
from sming_host.board.plan import make_plan
from sming_host.build.soc import SOCS
from sming_host.emulator.image import read_image
from sming_host.errors import UserError
from tests.board.programs import segments_of, write_elf

_INFO = "UF2 Bootloader v2.0\nModel: Raspberry Pi RP2\nBoard-ID: RPI-RP2\n"
# Keeps what it is given in a file beside itself, and compares with it
_PICOTOOL = """\
#!{python}
import pathlib, shutil, sys
flash = pathlib.Path(__file__).with_name("flash")
word, *rest = sys.argv[1:]
with pathlib.Path(__file__).with_name("log").open("a") as log:
    print(word, file=log)
if word == "load":
    data = pathlib.Path(rest[0]).read_bytes()
    flash.write_bytes({damage})
elif word == "save":
    shutil.copy(flash, rest[-1])
elif word == "verify":
    sys.exit(flash.read_bytes() != pathlib.Path(rest[0]).read_bytes())
elif word == "erase":
    flash.write_bytes(b"")
elif word != "reboot":
    sys.exit(2)
"""


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A small image."""
    folder = tmp_path / "image"
    folder.mkdir()
    elf = write_elf("rp2040", folder / "firmware.elf", segments_of("rp2040", 100_000))
    make_image(SOCS["rp2040"], elf, folder / "firmware.uf2")
    return folder / "firmware.uf2"


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A boot loader's volume."""
    folder = tmp_path / "RPI RP2"
    folder.mkdir()
    (folder / INFO).write_text(_INFO, "ascii")
    return folder


class Loader:
    """Watches a volume as the boot ROM does: it goes once every block has come. `taken` is what it has got."""

    def __init__(self, volume: Path, size: int) -> None:
        self.taken = b""
        self._volume, self._size = volume, size
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Loader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._end.wait(0.02):
            for file in self._volume.glob("*.uf2"):
                if file.stat().st_size >= self._size:
                    self.taken = file.read_bytes()
                    (self._volume / INFO).unlink()
                    return


def test_volume_among_mounts(tmp_path: Path, volume: Path) -> None:
    other = tmp_path / "stick"
    other.mkdir()
    (other / INFO).write_text(_INFO.replace("RPI-RP2", "SAMD21"), "ascii")
    mounts = tmp_path / "mounts"
    name = str(volume).replace(" ", "\\040")
    mounts.write_text(f"proc /proc proc rw 0 0\n/dev/sda1 {other} vfat rw 0 0\n/dev/sdb1 {name} vfat rw 0 0\n", "utf-8")
    assert mounted_volumes(mounts) == [volume]
    assert mounted_volumes(tmp_path / "nothing") == []
    assert device_of(volume, mounts) == Path("/dev/sdb1")
    assert device_of(tmp_path, mounts) is None
    assert not is_volume(other)


def test_several_volumes(volume: Path) -> None:
    with pytest.raises(UserError, match="several boards wait in their boot loader"):
        find_volume(lambda: [volume, volume])
    assert find_volume(list) is None


def test_copy(volume: Path, image: Path) -> None:
    data = image.read_bytes()
    seen: list[tuple[int, int]] = []
    with Loader(volume, len(data)) as loader:
        copy(data, volume, lambda done, size: seen.append((done, size)))
    assert loader.taken == data
    assert seen[-1] == (len(data), len(data))
    assert len(seen) > 2


def test_boot_loader_that_has_not_taken_all(volume: Path, image: Path) -> None:
    with pytest.raises(UserError, match=r"still there after 0\.3 s: the boot loader has not taken all"):
        copy(image.read_bytes(), volume, gone_s=0.3)


def test_volume_that_goes_too_early(volume: Path, image: Path) -> None:
    """The cable is pulled: files can be written no longer."""

    def pull(done: int, size: int) -> None:
        (volume / INFO).unlink()
        raise OSError(5, "Input/output error")

    with pytest.raises(UserError, match=r"was lost after 65536 of \d+ bytes: Input/output error\nFlash is not whole"):
        copy(image.read_bytes(), volume, pull)


def test_volume_whose_device_has_gone(volume: Path, image: Path, tmp_path: Path) -> None:
    """The kernel may still know what was in the volume's files."""
    device = tmp_path / "sdb1"
    device.touch()

    def restart(done: int, size: int) -> None:
        if done == size:
            device.unlink()

    copy(image.read_bytes(), volume, restart, device=device)
    assert is_volume(volume)


def test_error_when_the_last_block_has_gone(volume: Path, image: Path) -> None:
    """The chip restarts before the file is closed: that is success."""
    data = image.read_bytes()

    def restart(done: int, size: int) -> None:
        if done == size:
            (volume / INFO).unlink()
            raise OSError(5, "Input/output error")

    copy(data, volume, restart)


@pytest.fixture
def port() -> Iterator[tuple[str, int]]:
    """A pseudo-terminal and this side's end of it."""
    master, slave = os.openpty()
    yield os.ttyname(slave), slave
    os.close(master)
    os.close(slave)


def test_touch_sets_1200_baud(port: tuple[str, int]) -> None:
    name, slave = port
    touch(name)
    assert termios.tcgetattr(slave)[4:6] == [termios.B1200, termios.B1200]
    with pytest.raises(UserError, match="cannot be opened"):
        touch(name + "x")


def test_running_board_is_touched_and_flashed(
    port: tuple[str, int],
    volume: Path,
    image: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The volume shows up once the port was opened at 1200 baud, as on a board."""
    name, slave = port
    data = image.read_bytes()

    def volumes() -> list[Path]:
        return [volume] if termios.tcgetattr(slave)[4] == termios.B1200 else []

    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(mass_storage.find_volume, "__defaults__", (volumes, 0))
    with Loader(volume, len(data)) as loader:
        rp2040.run_plan(make_plan("rp2040", "flash", image.parent, Path("flash.bin")), name)
    assert loader.taken == data
    assert f"asking the board at {name}" in capsys.readouterr().out


def test_flash_and_erase_over_the_volume(volume: Path, image: Path) -> None:
    """The whole command, with COM_PORT as the folder."""
    with Loader(volume, image.stat().st_size) as loader:
        status, output = _command(image, "flash", f"--port={volume}")
    assert status == 0, output
    assert loader.taken == image.read_bytes()
    (volume / INFO).write_text(_INFO, "ascii")
    for file in volume.glob("*.uf2"):
        file.unlink()
    with Loader(volume, 4 << 20) as loader:
        status, output = _command(image, "erase-flash", f"--port={volume}")
    assert status == 0, output
    path = image.parent / "erase.uf2"
    path.write_bytes(loader.taken)
    segments = read_image(path).segments
    assert len(segments) == (2 << 20) // 256
    assert {segment.data for segment in segments} == {b"\xff" * 256}


def test_folder_that_is_no_volume(tmp_path: Path, image: Path) -> None:
    status, output = _command(image, "flash", f"--port={tmp_path}")
    assert status == 1
    assert "is not the volume of an RP2040's boot loader" in output


@pytest.mark.parametrize("goal", ["flash", "erase-flash"])
def test_no_board_says_how_to_start_the_boot_loader(goal: str, image: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its button is the only way into a board whose program has no USB port, or that was never flashed."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(mass_storage.find_volume, "__defaults__", (list, 0))
    monkeypatch.setattr("serial.tools.list_ports.comports", list)
    with pytest.raises(UserError, match="no serial port looks like a board with rp2040") as error:
        rp2040.run_plan(make_plan("rp2040", goal, image.parent, Path("flash.bin")), "")
    assert "Hold the board's BOOTSEL button while it is plugged in" in error.value.hint
    assert "mount it and name the folder with COM_PORT=…" in error.value.hint
    assert "no serial port now" in error.value.hint


def test_reading_takes_picotool(image: Path, volume: Path) -> None:
    status, output = _command(image, "read-flash", f"--file={image.parent / 'flash.bin'}", f"--port={volume}")
    assert status == 1
    assert "takes picotool, and there is none on PATH" in output


def _command(image: Path, *words: str, path: str = "/nowhere") -> tuple[int, str]:
    command = [sys.executable, "-m", "sming_host.board.command", "rp2040", str(image.parent), *words]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
        text=True,
        env={**os.environ, "PATH": path},
    )
    assert "Traceback" not in done.stdout, done.stdout
    return done.returncode, done.stdout


@pytest.mark.parametrize("damage", [False, True])
def test_picotool(damage: bool, tmp_path: Path, image: Path) -> None:
    """What picotool reads back decides."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "picotool"
    text = _PICOTOOL.format(python=sys.executable, damage="data[:-1]" if damage else "data")
    program.write_text(text, "utf-8")
    program.chmod(0o755)
    # No board at any port: it may wait in its boot loader
    status, output = _command(image, "flash", path=str(folder))
    log = folder / "log"
    if damage:
        assert status == 1
        assert "the flash does not hold what was sent: picotool verify failed" in output
        assert log.read_text().split() == ["load", "verify"]
        return
    assert status == 0, output
    assert log.read_text().split() == ["load", "verify", "reboot"]
    file = tmp_path / "flash.bin"
    status, output = _command(image, "read-flash", f"--file={file}", path=str(folder))
    assert status == 0, output
    assert file.read_bytes() == image.read_bytes()
    assert not list(tmp_path.glob(".flash*"))
    status, output = _command(image, "erase-flash", path=str(folder))
    assert status == 0, output
    assert (folder / "flash").read_bytes() == b""
