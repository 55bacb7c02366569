"""Chips in unicorn boot from the very file that is flashed."""

from __future__ import annotations

import functools
import hashlib
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from sming_host.board.images import flash_image
from sming_host.emulator import start_chip
from sming_host.emulator.chip import require_unicorn
from sming_host.emulator.flashed import find_flashed
from sming_host.emulator.image import read_image
from sming_host.errors import UserError
from tests.emulator.chips import build_chip

_SOCS = ["esp32c3", "rp2040", pytest.param("esp32c2", marks=pytest.mark.slow)]


@functools.cache
def _program(soc: str) -> Path:
    return build_chip(soc, "Echo_Ssl")


def _flashed(data: bytes) -> dict[int, bytes]:
    """Return what an image puts where: address and bytes, read here once more by the rules of its format."""
    pieces = {}
    if data[0] == 0xE9:
        at = 24
        for _ in range(data[1]):
            address, length = struct.unpack_from("<II", data, at)
            pieces[address] = data[at + 8 : at + 8 + length]
            at += 8 + length
    else:
        for at in range(0, len(data), 512):
            address, length = struct.unpack_from("<II", data, at + 12)
            pieces[address] = data[at + 32 : at + 32 + length]
    return pieces


@pytest.mark.parametrize("soc", _SOCS)
def test_memory_is_the_image_byte_for_byte(soc: str) -> None:
    """What the emulator has in memory before the first instruction is what the file holds."""
    require_unicorn()
    from sming_host.emulator.chips.line import Line
    from sming_host.emulator.unicorn_process import make_chip

    program = _program(soc)
    ((_, path),) = flash_image(soc, program.parent)
    flashed = find_flashed(soc, program)
    assert flashed.image == path and flashed.symbols == program
    pieces = _flashed(path.read_bytes())
    assert sum(map(len, pieces.values())) > 150_000
    ours, theirs = socket.socketpair()
    with ours, theirs:
        chip = make_chip(soc, Line(theirs), None)
        chip.reset(read_image(path))
        for address, data in pieces.items():
            assert bytes(chip.uc.mem_read(address, len(data))) == data, hex(address)


@pytest.mark.parametrize(
    ("soc", "complaint"), [("esp32c3", "the checksum does not fit"), ("rp2040", "second boot stage has the checksum")]
)
def test_a_damaged_image_is_refused(soc: str, complaint: str, tmp_path: Path) -> None:
    program = _program(soc)
    ((_, path),) = flash_image(soc, program.parent)
    data = bytearray(path.read_bytes())
    data[100] ^= 0x10
    damaged = tmp_path / path.name
    damaged.write_bytes(data)
    with pytest.raises(UserError, match=complaint):
        start_chip(soc, damaged)


def test_a_damaged_hash_and_another_chips_image_are_refused(tmp_path: Path) -> None:
    program = _program("esp32c3")
    ((_, path),) = flash_image("esp32c3", program.parent)
    with pytest.raises(UserError, match="is an image for esp32c3, not for esp32c2"):
        start_chip("esp32c2", path)
    damaged = tmp_path / path.name
    damaged.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(UserError, match="the hash does not fit"):
        start_chip("esp32c3", damaged)


def test_without_its_image_a_program_is_not_run(tmp_path: Path) -> None:
    program = _program("rp2040")
    alone = tmp_path / "firmware.elf"
    alone.write_bytes(program.read_bytes())
    with pytest.raises(UserError, match=r"firmware\.uf2: there is no such file"):
        start_chip("rp2040", alone)


def test_run_prints_the_hash_of_the_image() -> None:
    program = _program("rp2040")
    ((_, path),) = flash_image("rp2040", program.parent)
    command = [sys.executable, "-m", "sming_host.emulator.run_chip", "rp2040", str(program)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        # Up and running: nothing of the emulator is left behind then
        while "Connected. Got IP" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert f"booted from {path}, SHA-256 {hashlib.sha256(path.read_bytes()).hexdigest()}\n" in lines
