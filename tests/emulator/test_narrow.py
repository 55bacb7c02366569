"""The ESP8266 can read flash and IRAM by words only. QEMU's core can do more, so a plugin looks."""

from __future__ import annotations

import bisect
import subprocess
from pathlib import Path

import pytest

from sming_host.emulator import start_chip
from sming_host.emulator.chip_device import ChipDevice
from sming_host.emulator.image import read_image
from tests.emulator.chips import build_chip, echo_port, openssl_server, wait_for_size
from tests.support.pki import self_signed

pytestmark = pytest.mark.slow

_SOURCE = Path(__file__).with_name("native") / "narrow.c"
_FROM, _TO = 0x40000000, 0x40400000
_SIZE = 3000


def _build(folder: Path) -> Path:
    plugin = folder / "narrow.so"
    flags = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden"]
    subprocess.run(["gcc", *flags, "-o", str(plugin), str(_SOURCE)], check=True)
    return plugin


def test_flash_is_read_by_words(tmp_path: Path) -> None:
    """A handshake, a page of text on the console, an echo: no instruction touches flash by bytes or half-words."""
    program = build_chip("esp8266", "Echo_Ssl")
    found = tmp_path / "found"
    option = f"{_build(tmp_path)},from={_FROM:#x},to={_TO:#x},out={found}"
    certificate, key = self_signed("device.test").write(tmp_path, "server")
    echoed = tmp_path / "echoed"
    data = bytes(range(250)) * (_SIZE // 250)
    with echo_port() as port, openssl_server(port, certificate, key, echoed) as server:
        assert server.stdin is not None
        with ChipDevice("esp8266", program, tmp_path, options=["-plugin", option]) as chip:
            chip.expect("connected to 10.0.2.2, ", 240)
            server.stdin.write(data)
            server.stdin.flush()
            wait_for_size(echoed, len(data), 120)
    assert echoed.read_bytes() == data, chip.failure("not what was sent")
    assert found.is_file(), "the plugin was not asked"
    names = sorted((address, name) for name, address in read_image(program).symbols.items() if _FROM <= address < _TO)
    places = []
    for line in found.read_text("utf-8").splitlines():
        instruction, address, count = line.split()
        at = bisect.bisect(names, (int(instruction, 16), "~")) - 1
        places.append(f"{names[at][1] if at >= 0 else '?'} at {instruction}: {count} times, last {address}")
    assert not places, "\n".join(places)


def test_the_plugin_finds_one(tmp_path: Path) -> None:
    """With an address range that has variables it must find something."""
    program = build_chip("esp8266", "Echo_Ssl")
    found = tmp_path / "found"
    option = f"{_build(tmp_path)},from=0x3ffe8000,to=0x3fffc000,out={found}"
    with start_chip("esp8266", program, options=["-plugin", option]) as chip:
        assert chip.serial.recv(1)
        chip.stop()
    assert found.read_text("utf-8")
