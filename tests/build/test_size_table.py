"""`size-table`: what fits where, what is left, and what does not fit."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from sming_host.build.chip_sizes import Sizes, read_outcome
from sming_host.build.size_table import write_table
from tests.build.project import CHECKOUT, scons

_OUTPUT = """[7/9] LINK out/esp32/axtls/Big/firmware.elf
/usr/bin/xtensa-lx106-elf-ld: out/esp32/axtls/Big/firmware.elf section `.text' will not fit in region `iram'
/usr/bin/xtensa-lx106-elf-ld: region `iram' overflowed by 1104 bytes
/usr/bin/xtensa-lx106-elf-ld: region `dram' overflowed by 16 bytes
collect2: error: ld returned 1 exit status
scons: *** [out/esp32/axtls/Big/firmware.elf] LINK out/esp32/axtls/Big/firmware.elf failed (exit status 1)
/usr/bin/xtensa-lx106-elf-ld: out/esp32/axtls/Other/firmware.elf section `.text' will not fit in region `iram'
/usr/bin/xtensa-lx106-elf-ld: region `iram' overflowed by 7 bytes
scons: *** [out/esp32/axtls/Other/firmware.elf] LINK out/esp32/axtls/Other/firmware.elf failed (exit status 1)
"""


def test_programs_that_do_not_fit() -> None:
    outcome = read_outcome(_OUTPUT)
    assert outcome.overflows == {
        "out/esp32/axtls/Big/firmware.elf": {"iram": 1104, "dram": 16},
        "out/esp32/axtls/Other/firmware.elf": {"iram": 7},
    }
    assert outcome.failed == ()


def test_other_failures_are_told_apart() -> None:
    outcome = read_outcome(_OUTPUT + "scons: *** [out/lib/x/core/a.o] CXX a.cpp failed (exit status 1)\n")
    assert outcome.failed == ("out/lib/x/core/a.o",)


def test_table_of_the_documentation(tmp_path: Path) -> None:
    rows = [
        Sizes("esp32", "Bearssl", "Big", flash=200_000, ram=210_000, heap=1234),
        Sizes("esp32", "Axtls", "Big", too_few={"iram": 1104}),
    ]
    write_table(tmp_path / "table.csv", rows)
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as file:
        head, row = csv.reader(file)
    assert head[:5] == ["chip", "sample", "Bearssl: flash", "Bearssl: RAM", "Bearssl: heap left"]
    assert row == ["esp32", "Big", "200,000", "210,000", "1,234", "iram 1104 bytes too few", "", ""]


@pytest.mark.parametrize("words", [["SMING_SOC=host"], ["ENABLE_SSL=0"]])
def test_what_it_is_not_about(words: list[str]) -> None:
    scons(CHECKOUT, *words, "size-table").refused("size-table is about", "Leave " + words[0].partition("=")[0])


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_chip_on_which_not_everything_fits() -> None:
    """The same figures for programs; the other applications are there although two are too large."""
    done = scons(CHECKOUT, "SMING_SOC=esp32c2", "ENABLE_SSL=Bearssl", "size-table", "--json", "-s", timeout=1500)
    text = done.succeeded().output
    rows = {row["application"]: row for row in json.loads(text[text.index("[\n") : text.rindex("]") + 1])}
    assert set(rows) == {folder.name for folder in (CHECKOUT / "samples").iterdir()}
    web = rows["HttpServer_ConfigNetwork"]
    assert web["flash"] is None and web["too_few"]["dram"] > 1000 and len(web["biggest"]) == 3
    # Without the server that it does not need it just fits
    assert rows["Basic_Ssl"]["too_few"] == {}
    server = rows["Server_Ssl"]
    assert server["too_few"] == {} and 16_000 < server["heap"] < 60_000
    assert 0 < 253_952 - server["ram"] - 8192 - server["heap"] < 10_000
    assert rows["Echo_Ssl"]["heap"] is None and rows["Echo_Ssl"]["flash"] > 150_000
