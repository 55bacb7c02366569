"""Nothing that an attacker can time depends on secrets: looked at by valgrind, with a control that does depend."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.axtls import programs
from tests.axtls.conftest import World
from tests.axtls.native import SHIM

RSA = ("good", "first", "type", "early", "late", "long", "version", "none")
CBC_GOOD = ("good", "shortpad", "longpad")
CBC_BAD = ("mac", "maclast", "padfirst", "padlast", "padlength")
VALGRIND = shutil.which("valgrind") or "valgrind"


@pytest.fixture(scope="module")
def program(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Functions are counted by name, so they must stay apart
    return programs.build(SHIM / "timing.c", tmp_path_factory.mktemp("timing"), world, ("-O2", "-fno-inline"))


def instructions(program: Path, mode: str, variant: str, function: str) -> int:
    run = subprocess.run(
        [VALGRIND, "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--toggle-collect={function}",
         str(program), mode, variant],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    if mode != "leak":
        assert run.returncode == 0, run.stderr
    found = re.search(r"Collected : (\d+)", run.stderr)
    assert found
    return int(found[1])


def memcheck(program: Path, mode: str, variant: str) -> str:
    """What memcheck has to say about branches and indices that depend on undefined values."""
    run = subprocess.run(
        [VALGRIND, "-q", "--error-exitcode=9", str(program), mode, variant],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    return run.stderr


def test_rsa_secrets_are_not_looked_at(program: Path) -> None:
    for variant in RSA:
        assert memcheck(program, "rsa", variant) == "", variant


def test_rsa_takes_equally_long(program: Path) -> None:
    counts = {variant: instructions(program, "rsa", variant, "encrypted_step") for variant in RSA}
    assert len(set(counts.values())) == 1, counts


def test_cbc_takes_equally_long(program: Path) -> None:
    good = {variant: instructions(program, "cbc", variant, "cbc_open") for variant in CBC_GOOD}
    bad = {variant: instructions(program, "cbc", variant, "cbc_open") for variant in CBC_BAD}
    assert len(set(good.values())) == 1, good
    assert len(set(bad.values())) == 1, bad
    # Once the verdict is out, a good record's place and length are noted
    assert 0 <= good["good"] - bad["mac"] <= 8


def test_a_leak_is_noticed(program: Path) -> None:
    """The control: were it not seen, the tests above would mean nothing."""
    assert "leaky_compare" in memcheck(program, "leak", "early")
    counts = [instructions(program, "leak", variant, "leaky_compare") for variant in ("early", "late")]
    assert counts[1] - counts[0] > 40
