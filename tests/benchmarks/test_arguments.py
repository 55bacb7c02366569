"""What the benchmarks refuse before they measure for minutes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.apps import ROOT


@pytest.mark.parametrize(
    "words", ["build --jobs", "http_server --seconds", "tls_server --rounds", "tls_engines --rounds"]
)
@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_at_least_one(words: str, number: str) -> None:
    module, option = words.split()
    command = [sys.executable, "-m", f"benchmarks.{module}", f"{option}={number}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    assert f"argument {option}" in done.stderr
