"""The whole checkout, compiled once for many: CACHE_DIR between checkouts, ccache in front of gcc."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sming_host.build import archive
from tests.build.project import Result, copy_checkout, scons

pytestmark = pytest.mark.slow

BUILD = ("SMING_SOC=host", "ENABLE_SSL=Bearssl")


def _products(checkout: Path) -> dict[str, str]:
    """Return the digest of every object, library and program."""
    found = {}
    for path in sorted((checkout / "out").rglob("*")):
        if path.is_file() and (path.suffix in (".o", ".a", ".so") or path.name == "firmware"):
            found[str(path.relative_to(checkout))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A checkout that was built by gcc alone, and the CACHE_DIR it has filled."""
    folder = tmp_path_factory.mktemp("plain")
    checkout, cache = copy_checkout(folder / "checkout"), folder / "cache"
    scons(checkout, *BUILD, f"CACHE_DIR={cache}").succeeded()
    return checkout, cache


def _another(first: Path, folder: Path) -> Path:
    """Return a second checkout with the same sources and nothing built."""
    return Path(shutil.copytree(first, folder, ignore=shutil.ignore_patterns("out", "__pycache__")))


def test_second_checkout_compiles_nothing(plain: tuple[Path, Path], tmp_path: Path) -> None:
    first, cache = plain
    second = _another(first, tmp_path / "another name")
    result = scons(second, *BUILD, f"CACHE_DIR={cache}").succeeded()
    assert result.compiled == set()
    assert {step.split(" ")[0] for step in result.steps} == {"CACHE"}
    assert _products(second) == _products(first)


def test_ccache_serves_another_checkout(plain: tuple[Path, Path], tmp_path: Path) -> None:
    first, _ = plain
    environment = {"CCACHE_DIR": str(tmp_path / "ccache")}
    results: list[Result] = []
    for name in ("one", "two"):
        checkout = _another(first, tmp_path / name)
        results.append(scons(checkout, *BUILD, "LAUNCHER=ccache", env=environment).succeeded())
        assert _products(checkout) == _products(first)
    ccache = archive.tool_package("ccache").program("ccache")
    counted = subprocess.run(
        [str(ccache), "--print-stats"], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    ).stdout
    counts = dict(line.split("\t") for line in counted.splitlines())
    hits = int(counts["direct_cache_hit"]) + int(counts["preprocessed_cache_hit"])
    assert hits >= len(results[1].compiled)
