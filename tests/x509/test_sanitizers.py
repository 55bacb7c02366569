"""All other tests of this folder once more, on a library built with address and undefined-behaviour sanitizers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sming_host.build.paths import find_home
from tests.support.apps import scons

LIBRARY = Path("out", "host", "bearssl-address-undefined", "host-api", "libsming-host.so")
# these call a compiler, and have sanitizers of their own
OTHERS = ("test_anchors.py", "test_sanitizers.py")


def test_all_tests_with_sanitizers() -> None:
    home = find_home()
    built = scons("SMING_SOC=host", "ENABLE_SSL=Bearssl", "SANITIZERS=address,undefined", "host-api")
    assert built.returncode == 0, built.stdout
    asan = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    environment = {
        **os.environ,
        "LD_PRELOAD": asan.stdout.strip(),
        "ASAN_OPTIONS": "detect_leaks=0",  # Python's own
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
        "SMING_HOST_LIBRARY": str(home / LIBRARY),
    }
    folder = Path(__file__).parent
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--capture=sys"]
    command += ["-m", "not slow", str(folder), *(f"--ignore={folder / name}" for name in OTHERS)]
    result = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, errors="replace")
    assert result.returncode == 0, (result.stdout + result.stderr)[-20_000:]
