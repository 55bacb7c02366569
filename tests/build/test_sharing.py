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

# Every test may have to wait for whole checkouts that are compiled.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

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
    scons(checkout, *BUILD, f"CACHE_DIR={cache}", timeout=900).succeeded()
    return checkout, cache


def _another(first: Path, folder: Path) -> Path:
    """Return a second checkout with the same sources and nothing built."""
    return Path(shutil.copytree(first, folder, ignore=shutil.ignore_patterns("out", "__pycache__")))


def _give_keys(first: Path, second: Path) -> None:
    """Let a checkout have the key and the certificate of another one."""
    shutil.copytree(first / "out/ssl", second / "out/ssl")


def _assert_free_of_keys(cache: Path, text: str, *checkouts: Path) -> None:
    """No file of a cache has a private key in it. The text of a program is found, so they are not compressed."""
    kept = [path.read_bytes() for path in cache.rglob("*") if path.is_file()]
    assert any(text.encode() in data for data in kept)
    for checkout in checkouts:
        key = (checkout / "out/ssl/server.key.der").read_bytes()
        # The secret number itself stands behind the first 36 bytes, which are the same in all P-256 keys.
        assert len(key) == 138
        assert not any(key[36:68] in data for data in kept)


def test_second_checkout_compiles_nothing(plain: tuple[Path, Path], tmp_path: Path) -> None:
    """It has a key of its own, so the programs with a key are linked; everything else is taken."""
    first, cache = plain
    second = _another(first, tmp_path / "another name")
    result = scons(second, *BUILD, f"CACHE_DIR={cache}", timeout=900).succeeded()
    assert result.compiled == set()
    made = [step.split(" ", 1) for step in result.steps if not step.startswith("CACHE ")]
    assert [verb for verb, _ in made].count("EMBED") == 1
    linked = {name for verb, name in made if verb == "LINK"}
    assert len(linked) == len(made) - 1
    ours, theirs = _products(second), _products(first)
    assert ours.keys() == theirs.keys()
    key, other = ((checkout / "out/ssl/server.key.der").read_bytes() for checkout in (second, first))
    assert key != other
    different = {name for name in ours if ours[name] != theirs[name]}
    assert different == {*linked, "out/lib/host-debug/certificate/certificate.o"}
    for name in different:
        data = (second / name).read_bytes()
        assert key in data and other not in data, name
    _assert_free_of_keys(cache, "Listening on ", first, second)


def test_second_checkout_with_the_same_key(plain: tuple[Path, Path], tmp_path: Path) -> None:
    first, cache = plain
    second = _another(first, tmp_path / "another name")
    _give_keys(first, second)
    result = scons(second, *BUILD, f"CACHE_DIR={cache}", timeout=900).succeeded()
    assert result.compiled == set()
    assert _products(second) == _products(first)


def test_image_of_a_chip_is_linked_anew_with_another_key(tmp_path: Path) -> None:
    cache, first = tmp_path / "cache", copy_checkout(tmp_path / "one")
    second = _another(first, tmp_path / "two")
    wanted = ("SMING_SOC=rp2040", "ENABLE_SSL=Bearssl", "APP=HttpServer_ConfigNetwork", f"CACHE_DIR={cache}")
    assert scons(first, *wanted, timeout=900).succeeded().compiled
    result = scons(second, *wanted, timeout=900).succeeded()
    assert [step.split(" ")[0] for step in result.steps if not step.startswith("CACHE ")] == ["EMBED", "LINK", "IMAGE"]
    for checkout in (first, second):
        key = (checkout / "out/ssl/server.key.der").read_bytes()
        folder = checkout / "out/rp2040/bearssl/HttpServer_ConfigNetwork"
        assert key in (folder / "firmware.elf").read_bytes()
    _assert_free_of_keys(cache, " of this device", first, second)


def test_ccache_serves_another_checkout(plain: tuple[Path, Path], tmp_path: Path) -> None:
    first, _ = plain
    # Not compressed: the test looks for keys.
    environment = {"CCACHE_DIR": str(tmp_path / "ccache"), "CCACHE_NOCOMPRESS": "1"}
    results: list[Result] = []
    for name in ("one", "two"):
        checkout = _another(first, tmp_path / name)
        _give_keys(first, checkout)
        results.append(scons(checkout, *BUILD, "LAUNCHER=ccache", env=environment, timeout=900).succeeded())
        assert _products(checkout) == _products(first)
    ccache = archive.tool_package("ccache").program("ccache")
    counted = subprocess.run(
        [str(ccache), "--print-stats"], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    ).stdout
    counts = dict(line.split("\t") for line in counted.splitlines())
    hits = int(counts["direct_cache_hit"]) + int(counts["preprocessed_cache_hit"])
    # It leaves alone what imports a file, in either checkout.
    imports = int(counts["unsupported_code_directive"]) // 2
    assert imports < 5
    assert hits + imports >= len(results[1].compiled)
    _assert_free_of_keys(tmp_path / "ccache", "Listening on ", first)
