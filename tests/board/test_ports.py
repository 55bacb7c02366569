"""Ports: found by USB id, asked for when several fit, and refused with what to do."""

from __future__ import annotations

import fcntl
import grp
import io
import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from sming_host.board.ports import Port, check_port, find_port
from sming_host.errors import UserError

_CP210X = Port("/dev/ttyUSB0", 0x10C4, 0xEA60, "CP2102 USB to UART Bridge Controller")
_CH340 = Port("/dev/ttyUSB1", 0x1A86, 0x7523)
_JTAG = Port("/dev/ttyACM0", 0x303A, 0x1001)
_PICO = Port("/dev/ttyACM1", 0x2E8A, 0x000A)
_MODEM = Port("/dev/ttyACM2", 0x12D1, 0x1506)
_BUILT_IN = Port("/dev/ttyS0")


@pytest.mark.parametrize("board", [_CP210X, _CH340, _JTAG, Port("/dev/ttyUSB2", 0x0403, 0x6001)])
def test_the_one_that_fits(board: Port) -> None:
    assert find_port("", "esp32c3", lambda: [_BUILT_IN, _MODEM, _PICO, board]) == board.device


def test_rp2040_by_its_vendor() -> None:
    assert find_port("", "rp2040", lambda: [_BUILT_IN, _CP210X, _PICO]) == _PICO.device


def test_com_port_wins(tmp_path: Path) -> None:
    port = tmp_path / "port"
    port.touch()
    assert find_port(str(port), "esp32", lambda: [_CP210X]) == str(port)
    assert find_port("socket://localhost:4000", "esp32", list) == "socket://localhost:4000"


def test_none_that_fits() -> None:
    with pytest.raises(UserError, match="no serial port looks like a board with esp32") as error:
        find_port("", "esp32", lambda: [_BUILT_IN, _MODEM])
    assert "/dev/ttyS0" in error.value.hint
    assert "/dev/ttyACM2 (12d1:1506)" in error.value.hint
    with pytest.raises(UserError) as error:
        find_port("", "esp32", list)
    assert "no serial port now" in error.value.hint


def test_several_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(UserError, match="several ports may be") as error:
        find_port("", "esp32", lambda: [_CP210X, _CH340])
    assert "/dev/ttyUSB0 (10c4:ea60) CP2102" in error.value.hint
    assert "/dev/ttyUSB1 (1a86:7523)" in error.value.hint


def test_several_on_a_terminal() -> None:
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return " 2\n"

    assert find_port("", "esp32", lambda: [_CP210X, _CH340], ask) == _CH340.device
    assert re.search(r"1  /dev/ttyUSB0.*\n2  /dev/ttyUSB1.*\nWhich one\? \[1-2\]", asked[0])
    for answer in ("3", "0", "", "x"):
        with pytest.raises(UserError, match="is not one of the ports"):
            find_port("", "esp32", lambda: [_CP210X, _CH340], partial(str.format, answer))


@pytest.fixture
def terminal() -> Iterator[str]:
    """A port that works."""
    master, slave = os.openpty()
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


def test_port_that_works(terminal: str) -> None:
    check_port(terminal)
    check_port("socket://localhost:4000")


def test_busy_port(terminal: str) -> None:
    descriptor = os.open(terminal, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(UserError, match=r"is busy\n.*fuser -v"):
        check_port(terminal)
    os.close(descriptor)
    check_port(terminal)


def test_port_without_permission(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Root may open everything, so the system's refusal is made up; the group is that of a real file."""
    port = tmp_path / "port"
    port.touch(0o660)

    def refuse(path: str, flags: int) -> int:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("os.open", refuse)
    monkeypatch.setattr("grp.getgrgid", lambda _: grp.struct_group(("dialout", "x", 20, [])))
    with pytest.raises(UserError, match=r"no permission\n.*group dialout: `sudo usermod -aG dialout \$USER`"):
        check_port(str(port))
    port.chmod(0o600)
    with pytest.raises(UserError, match="Only root may use it"):
        check_port(str(port))


def test_port_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no such port"):
        check_port(str(tmp_path / "port"))
