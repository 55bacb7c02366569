"""LAUNCHER=distcc with two real daemons on loopback builds the same bytes; distcc comes from the package archive."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from sming_host.build import archive
from tests.build.project import CHECKOUT, SCONSTRUCT, Project, scons

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Farm:
    """Two running daemons."""

    env: dict[str, str]
    logs: tuple[Path, Path]

    def counts(self) -> list[int]:
        """How many files each daemon has compiled."""
        return [log.read_text("utf-8", "replace").count("COMPILE_OK") for log in self.logs]


def free_port() -> int:
    """A TCP port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def daemon(distcc: archive.Tool, log: Path) -> Iterator[int]:
    """A distcc daemon of this user; yields its port."""
    port = free_port()
    # distccd by default takes only compilers that root has linked below /usr/lib/distcc.
    arguments = ["--daemon", "--no-detach", "--enable-tcp-insecure", "--jobs=2", "--verbose", "--log-stderr"]
    where = ["--listen=127.0.0.1", "--allow=127.0.0.1", f"--port={port}"]
    with log.open("wb") as output:
        process = subprocess.Popen([distcc.program("distccd"), *arguments, *where], stderr=output)
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, log.read_text("utf-8")
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    """Two daemons, and the environment in which a build uses both."""
    distcc = archive.tool_package("distcc")
    logs = (tmp_path / "one.log", tmp_path / "two.log")
    state = tmp_path / "state"
    state.mkdir()
    with daemon(distcc, logs[0]) as one, daemon(distcc, logs[1]) as two:
        env = {
            "PATH": distcc.env["PATH"],
            "DISTCC_HOSTS": f"127.0.0.1:{one}/2 127.0.0.1:{two}/2",
            "DISTCC_FALLBACK": "0",
            "DISTCC_DIR": str(state),
        }
        yield Farm(env, logs)


def compare(here: Path, there: Path, compiled: int, *, debug: bool) -> None:
    """All objects and the program are the same.

    distcc preprocesses here and compiles there; by then a macro's expansion stands on one line, so line tables (and
    nothing else but the build id made from them) of a debug build differ.
    """
    objects = sorted(path.relative_to(here) for path in (here / "out").rglob("*.o"))
    assert len(objects) == compiled
    for path in [*objects, Path("out/host/bearssl/thing/firmware")]:
        if debug:
            for folder in (here, there):
                subprocess.run(
                    ["strip", "--strip-debug", "--remove-section=.note.gnu.build-id", str(folder / path)], check=True
                )
        assert (here / path).read_bytes() == (there / path).read_bytes(), path


@pytest.mark.parametrize("mode", ["SMING_RELEASE=1", "SMING_RELEASE=0"])
def test_two_daemons_build_the_same_bytes(mode: str, tmp_path: Path, farm: Farm) -> None:
    projects = []
    for name in ("here", "there"):
        folder = tmp_path / name / "thing"
        folder.mkdir(parents=True)
        projects.append(Project(folder))
        for number in range(6):
            projects[-1].write(f"components/plain/src/more{number}.c", f"int more{number}(void);\n")
    here = projects[0].scons("ENABLE_SSL=Bearssl", mode).succeeded()
    there = projects[1].scons("ENABLE_SSL=Bearssl", mode, "LAUNCHER=distcc", "-j4", env=farm.env).succeeded()
    assert there.compiled == here.compiled
    counts = farm.counts()
    assert sum(counts) == len(here.compiled)
    assert min(counts) > 0
    compare(projects[0].folder, projects[1].folder, len(here.compiled), debug=mode.endswith("0"))


def test_two_daemons_build_a_sample(tmp_path: Path, farm: Farm) -> None:
    folders = [tmp_path / name / "thing" for name in ("here", "there")]
    for folder in folders:
        shutil.copytree(CHECKOUT / "samples/Basic_Ssl", folder)
        (folder / "SConstruct").write_text(SCONSTRUCT, "utf-8")
    wanted = ("ENABLE_SSL=Bearssl", "SMING_RELEASE=1")
    here = scons(folders[0], *wanted, timeout=900).succeeded()
    there = scons(folders[1], *wanted, "LAUNCHER=distcc", env=farm.env, timeout=900).succeeded()
    assert there.compiled == here.compiled
    assert sum(farm.counts()) == len(here.compiled) > 277
    compare(folders[0], folders[1], len(here.compiled), debug=False)
