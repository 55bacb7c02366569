"""What a chip prints before it restarts arrives: the transmitter is not reset with bytes in it."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from sming_host.board.console import Console
from sming_host.emulator.chip import require_unicorn
from sming_host.emulator.chips.line import Line
from sming_host.emulator.image import read_image
from tests.emulator.chips import build_chip


def test_reset_loses_what_was_not_sent() -> None:
    here, there = socket.socketpair()
    with here, there:
        line = Line(there)
        for byte in b"seen":
            line.put(byte)
        assert line.sending() == 4
        line.available()
        assert line.sending() == 0
        for byte in b"lost":
            line.put(byte)
        line.reset()
        line.flush()
        assert here.recv(100) == b"seen"


@pytest.mark.parametrize("soc", ["esp32c3", pytest.param("rp2040", marks=pytest.mark.slow)])
def test_panic_is_told_to_its_end(soc: str) -> None:
    require_unicorn()
    from sming_host.emulator.unicorn_process import make_chip

    program = build_chip(soc, "tests/apps/ChipPanic", "0")
    image = read_image(program.with_name("firmware.uf2" if soc == "rp2040" else "firmware.bin"))
    here, there = socket.socketpair()
    with here, there:
        chip = make_chip(soc, Line(there), None)
        thread = threading.Thread(target=chip.run, args=(image,), daemon=True)
        thread.start()
        here.settimeout(60)
        received, deadline = b"", time.monotonic() + 100
        # Twice: the chip restarts
        while received.count(b"panic ahead") < 2 and time.monotonic() < deadline:
            received += here.recv(4096)
        here.shutdown(socket.SHUT_RDWR)
        thread.join(60)
    first = received.split(b"panic ahead")[1]
    assert "all of them are to be read\n" in Console().feed(first), first
