"""The seed of an ESP8266's random numbers: what `flash` writes is what the chip's own code renews, whatever happens."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from sming_host.board.seed import make_area
from sming_host.build.archive import source_package
from tests.support.apps import ROOT

_HAL = ROOT / "components" / "hal"
_BEARSSL: tuple[str, ...] = (
    "hash/sha2small.c",
    "mac/hmac.c",
    "codec/dec32be.c",
    "codec/enc32be.c",
    "hash/md5.c",
    "codec/dec32le.c",
)
_BEARSSL += ("codec/enc32le.c", "hash/sha1.c", "hash/dig_oid.c", "hash/dig_size.c")


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chip's code on flash that is modelled, with sanitizers."""
    program = tmp_path_factory.mktemp("device") / "device_seed"
    bearssl = source_package("bearssl")
    sources = [_HAL / "esp8266" / "device_seed.c", _HAL / "flash" / "settings_log.c", _HAL / "flash" / "crc32.c"]
    sources += [ROOT / "tests" / "hal" / "native" / "device_seed.c", *(bearssl / "src" / name for name in _BEARSSL)]
    flags = ["-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"]
    flags += ["-fno-sanitize-recover=all", f"-I{_HAL / 'include'}", f"-I{_HAL / 'esp8266'}"]
    flags += [f"-I{bearssl / 'inc'}", f"-I{bearssl / 'src'}", "-DBR_USE_URANDOM=0", "-DBR_USE_UNIX_TIME=0"]
    compiled = subprocess.run(
        ["cc", *flags, *map(str, sources), "-o", str(program)], capture_output=True, text=True, timeout=120, check=False
    )
    assert compiled.returncode == 0, compiled.stderr
    return program


@pytest.mark.parametrize(
    ("sector", "starts", "cuts"), [(512, 16, 1500), pytest.param(4096, 130, 13_000, marks=pytest.mark.slow)]
)
def test_power_cuts(device: Path, sector: int, starts: int, cuts: int, tmp_path: Path) -> None:
    """No cut loses the seed or brings a key again, and flash never tells a key that was in use."""
    area = tmp_path / "area"
    area.write_bytes(make_area(2 * sector, bytes(range(32))))
    command = [str(device), str(area), str(sector), str(starts)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    match = re.fullmatch(rf"{starts} starts, (\d+) cuts, 0 failures\n", run.stdout)
    assert run.returncode == 0 and match, run.stdout[-2000:] + run.stderr[-2000:]
    assert int(match[1]) > cuts
