"""Plans are what was agreed: `flash --dry-run` prints the checked-in ones, without a compiler and without a board."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sming_host.board.plan import make_plan
from sming_host.errors import UserError
from tests.board.programs import ALL
from tests.support.apps import scons

_PLANS = Path(__file__).parent / "plans"


@pytest.mark.parametrize("soc", ALL)
def test_flash_as_it_is_printed(soc: str) -> None:
    done = scons(f"SMING_SOC={soc}", "APP=Echo_Ssl", "flash", "--dry-run", env=_bare_environment())
    assert done.returncode == 0, done.stdout
    assert done.stdout == (_PLANS / f"{soc}.txt").read_text("utf-8")


def _bare_environment() -> dict[str, str]:
    """Neither compiler nor picotool: a plan must not depend on what this machine has."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(Path.home())}


def test_every_chip_has_a_plan() -> None:
    assert {path.stem for path in _PLANS.iterdir()} == set(ALL)


def test_several_targets_as_json() -> None:
    done = scons("SMING_SOC=esp32", "APP=Echo_Ssl", "flash", "erase-flash", "COM_SPEED=115200", "--dry-run", "--json")
    plans = json.loads(done.stdout)
    # Erased first, whatever the order of the words
    assert [plan["goal"] for plan in plans] == ["erase-flash", "flash"]
    (step,) = plans[1]["steps"]
    assert step == {
        "tool": "esptool",
        "action": "write_flash",
        "offset": 0x1000,
        "file": "out/esp32/bearssl/Echo_Ssl/firmware.bin",
        "speed": 115200,
        "verify": "the chip's MD5 of what it holds",
        "when": "",
        "seed": None,
        "note": "",
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["flash", "APP=Echo_Ssl"], "flash takes a board: say SMING_SOC=…"),
        (["SMING_SOC=esp32", "flash"], "flash takes one application"),
        (["SMING_SOC=esp32", "flash", "Echo_Ssl", "Basic_Ssl"], "not Echo_Ssl and Basic_Ssl"),
        (["SMING_SOC=esp32", "flash", "Echo_Ssl", "COM_SPEED=fast"], "COM_SPEED=fast: not a number"),
        (["SMING_SOC=esp32", "flash", "Echo_Ssl", "run"], "run cannot be combined with flash"),
        (["SMING_SOC=esp32", "read-flash", "COM_PORT=/dev/no-such-port"], "COM_PORT=/dev/no-such-port: there is no"),
    ],
)
def test_words_that_make_no_sense(words: list[str], message: str) -> None:
    done = scons(*words)
    assert done.returncode == 1
    assert message in done.stdout
    assert "Traceback" not in done.stdout


def test_host_has_no_flash() -> None:
    with pytest.raises(UserError, match="host has no flash"):
        make_plan("host", "flash", Path("out"), Path("flash.bin"))
