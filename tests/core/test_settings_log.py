"""The format of settings in flash, with the power cut at every byte, under sanitizers."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.support.apps import ROOT

HAL = ROOT / "components" / "hal"


def test_power_cuts(tmp_path: Path) -> None:
    program = tmp_path / "settings_log"
    sources = [HAL / "flash" / "settings_log.c", HAL / "flash" / "crc32.c"]
    sources.append(ROOT / "tests" / "core" / "native" / "settings_log.c")
    flags = ["-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"]
    compiled = subprocess.run(
        ["cc", *flags, f"-I{HAL / 'include'}", *map(str, sources), "-o", str(program)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert compiled.returncode == 0, compiled.stderr
    run = subprocess.run([str(program), "60"], capture_output=True, text=True, timeout=240, check=False)
    match = re.fullmatch(r"(\d+) cuts, 0 failures\n", run.stdout)
    assert run.returncode == 0 and match, run.stdout[-2000:] + run.stderr[-2000:]
    assert int(match[1]) > 5000
