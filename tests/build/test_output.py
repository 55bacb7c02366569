"""Output that cannot be written, or shown: a line says so, and no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.build.project import CHECKOUT, copy_checkout

FULL = "error: the output could not be written: No space left on device\n"


def _scons(folder: Path, *arguments: str, output: str, **environment: str) -> tuple[int, str]:
    """Return the exit status, and what was said on standard error."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with Path(output).open("w") as stream:
        done = subprocess.run(
            [sys.executable, "-m", "sming_host.started", "SCons", "-Q", *arguments],
            cwd=folder,
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
    return done.returncode, done.stderr


@pytest.mark.parametrize("target", ["help", "list-config"])
def test_full_device(target: str) -> None:
    assert _scons(CHECKOUT, target, output="/dev/full") == (1, FULL)


def test_encoding_without_the_characters(tmp_path: Path) -> None:
    written = tmp_path / "help"
    assert _scons(CHECKOUT, "help", output=str(written), PYTHONIOENCODING="ascii") == (0, "")
    assert written.read_text("ascii").startswith("usage: ./scons [VARIABLE=VALUE ?]")


def test_reader_that_goes_away_during_a_build(tmp_path: Path) -> None:
    folder = copy_checkout(tmp_path / "checkout")
    command = '"$0" -m sming_host.started SCons -Q ENABLE_SSL=0 SMING_SOC=host | head -n 1'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout.startswith("[1/")
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
