"""What a chip's memory holds, and what does not fit."""

from __future__ import annotations

import json

import pytest

from sming_host.emulator.image import read_image
from tests.emulator.chips import build_chip
from tests.support.apps import scons


def test_summary_of_a_build() -> None:
    """Constants in flash are no variables, and neither is the room for heap and stack."""
    done = scons("SMING_SOC=esp8266", "ENABLE_SSL=Bearssl", "APP=Echo_Ssl", timeout=1200)
    assert done.returncode == 0, done.stdout
    (row,) = (line.split() for line in done.stdout.splitlines() if line.startswith("out/esp8266/"))
    text, data, bss = map(int, row[1:])
    assert text > 150_000 and data < 2_000 and 1_000 < bss < 16_000


def test_a_client_has_no_server_linked() -> None:
    for app, wanted in (("Echo_Ssl", False), ("tests/apps/ChipPeer", True)):
        symbols = read_image(build_chip("rp2040", app)).symbols
        assert any("createBrServer" in name for name in symbols) == wanted
        assert ("br_ssl_hs_server_run" in symbols) == wanted


@pytest.mark.slow
def test_what_does_not_fit_says_so() -> None:
    """The web server with two roles of TLS is too large for the smallest RAM that also holds the code."""
    done = scons("SMING_SOC=esp32c2", "ENABLE_SSL=Bearssl", "APP=HttpServer_ConfigNetwork", timeout=1200)
    assert done.returncode != 0
    assert "dram has 253952 bytes, " in done.stdout and " too few. The biggest objects:" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.slow
def test_size_by_region() -> None:
    """The table has every region of the chip with its limit; --json has the same."""
    words = ("SMING_SOC=esp8266", "ENABLE_SSL=Bearssl", "APP=Echo_Ssl", "size")
    shown = scons(*words, timeout=1200)
    assert shown.returncode == 0, shown.stdout
    table = {line.split()[0]: line.split()[1:] for line in shown.stdout.splitlines() if line.startswith("  ")}
    assert table["limit"] == ["81920", "32768", "954368"]
    assert int(table["bearssl"][2]) > 20_000
    data = scons(*words, "--json", "-s", timeout=600).stdout
    program = json.loads(data[data.index("[\n") :])[0]
    assert program["limits"]["dram"] == 81920
    assert program["used"]["dram"] == int(table["all"][0]) < 30_000
