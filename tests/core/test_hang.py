"""A test that hangs ends, wherever it hangs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HANGS = """
import pytest

@pytest.mark.timeout(2)
def test_that_hangs() -> None:
    assert sum(range(10**12)), "no signal is looked at meanwhile"
"""


def test_hang_in_native_code(checkout: Path, tmp_path: Path) -> None:
    """As it would be in the device's code: the time-out's signal changes nothing there."""
    (tmp_path / "test_hangs.py").write_text(HANGS)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.conftest", "test_hangs.py"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(checkout)}, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert run.returncode == 1 and "test_that_hangs" in run.stderr, run.stdout + run.stderr
    assert "Timeout (0:00:02.4" in run.stderr
