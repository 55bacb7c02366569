"""The whole checkout, compiled once for many: CACHE_DIR between checkouts, distcc and ccache in front of gcc."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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


@contextmanager
def _distccd(folder: Path) -> Iterator[tuple[int, Path]]:
    """Run a distcc server on loopback; yield its port and its log."""
    daemon = archive.tool_package("distcc").program("distccd")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "log"
    log.touch()
    folder.chmod(0o777)
    log.chmod(0o666)
    command = [str(daemon), "--no-detach", "--daemon", "--listen", "127.0.0.1", "--port", str(port)]
    command += ["--allow", "127.0.0.1", "--jobs", "2", "--enable-tcp-insecure", "--log-file", str(log)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(port, process, log)
        yield port, log
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("distccd did not start: " + log.read_text("utf-8", errors="replace"))


def test_distcc_builds_the_same_bytes(plain: tuple[Path, Path], tmp_path: Path) -> None:
    first, _ = plain
    checkout = _another(first, tmp_path / "checkout")
    (tmp_path / "state").mkdir()
    with ExitStack() as stack:
        # Below the system's own folder: a daemon that root starts gives its rights away and could not enter ours.
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="distccd-"))) for _ in range(2)]
        daemons = [stack.enter_context(_distccd(folder)) for folder in folders]
        hosts = " ".join(f"127.0.0.1:{port}/2" for port, _ in daemons)
        # No compilation here: what a daemon cannot do is an error.
        environment = {"DISTCC_HOSTS": hosts, "DISTCC_FALLBACK": "0", "DISTCC_DIR": str(tmp_path / "state")}
        result = scons(checkout, *BUILD, "LAUNCHER=distcc", "-j4", env=environment).succeeded()
        done = [log.read_text("utf-8", errors="replace").count("COMPILE_OK") for _, log in daemons]
    assert min(done) > 0
    assert sum(done) == len(result.compiled)
    assert _products(checkout) == _products(first)


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
