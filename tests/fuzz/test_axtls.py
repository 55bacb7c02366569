"""The axtls engine in both roles: scenes that must come through, random scripts, and libFuzzer for long."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fuzz import axtls_seeds
from tests.fuzz.axtls_seeds import HARNESSES
from tests.fuzz.seeds import write_seeds
from tests.fuzz.test_replay import FOLDER, replay
from tests.support.apps import ROOT, build_app, scons

RUNS = 1_000_000
"""Of libFuzzer, for each harness."""


@dataclass(frozen=True)
class Reached:
    """How far the executions of one process came."""

    executions: int
    past_hello_done: int
    connected: int
    resumed: int

    @classmethod
    def read(cls, output: str) -> Reached:
        words = r"executions (\d+), past ServerHelloDone (\d+), connected (\d+), resumed (\d+)"
        found = re.search(words, output)
        assert found, output[-3000:]
        return cls(*map(int, found.groups()))


@pytest.fixture(scope="module", params=HARNESSES)
def harness(request: pytest.FixtureRequest) -> tuple[str, Path]:
    """A harness and its program, with gcc's sanitizers."""
    name = str(request.param)
    return name, build_app(f"tests/fuzz/{name}", ssl="Axtls", SANITIZERS="address,undefined")


def test_scenes_come_through(harness: tuple[str, Path], tmp_path: Path) -> None:
    """Nothing is changed in them, so both ends connect; and what was recorded leads to the same end again."""
    name, program = harness
    write_seeds(name, program, tmp_path)
    lines = replay(program, "-v", str(tmp_path)).splitlines()
    results = {
        Path(line).name.rpartition("-")[0]: lines[number + 1].strip()
        for number, line in enumerate(lines[:-1])
        if line.startswith(str(tmp_path))
    }
    plain = {stem: result for stem, result in results.items() if stem.startswith("plain-")}
    assert len(plain) == axtls_seeds.SUITES
    assert set(plain.values()) == {"connected, past ServerHelloDone"}, plain
    unequal = {stem for stem, result in results.items() if results.get("raw-" + stem, result) != result}
    assert not unequal


def test_random_scripts(harness: tuple[str, Path], tmp_path: Path) -> None:
    """Without libFuzzer: the same ones each time."""
    name, program = harness
    axtls_seeds.random_scripts(name, tmp_path / "random", 2000)
    reached = Reached.read(replay(program, str(tmp_path)))
    assert reached.executions == 2000
    assert reached.past_hello_done > 500 and reached.connected > 200 and reached.resumed > 20


@pytest.mark.slow
@pytest.mark.timeout(4 * 3600)
def test_two_million_executions(tmp_path: Path) -> None:
    """No finding; in a quarter and more at least ServerHelloDone was sent (server) or answered (client)."""
    built = scons("fuzz", f"TARGET={','.join(HARNESSES)}", "SECONDS=1", timeout=1800)
    assert built.returncode == 0, built.stdout[-6000:]
    processes = []
    for name in HARNESSES:
        folder = tmp_path / name
        (folder / "corpus").mkdir(parents=True)
        program = ROOT / "out" / "host" / "axtls-address-fuzzer-undefined" / name / "firmware"
        command = [str(program), f"-runs={RUNS}", "-max_len=4096", f"-dict={FOLDER / 'server' / 'dictionary'}"]
        command += ["-timeout=60", f"-artifact_prefix={folder}/", str(folder / "corpus")]
        command.append(str(ROOT / "out" / "fuzz" / name / "seeds"))
        environment = {**os.environ, "UBSAN_OPTIONS": "halt_on_error=1", "ASAN_OPTIONS": "symbolize=0"}
        with (folder / "log").open("wb") as log:
            processes.append(subprocess.Popen(command, stdout=log, stderr=log, env=environment))
    try:
        statuses = [process.wait() for process in processes]
    finally:
        for process in processes:
            process.kill()
    total = 0
    for name, status in zip(HARNESSES, statuses):
        log_text = (tmp_path / name / "log").read_text("utf-8", "replace")
        assert status == 0, log_text[-6000:]
        reached = Reached.read(log_text)
        print(name, reached)
        assert reached.past_hello_done >= reached.executions / 4
        total += reached.executions
    assert total >= 2 * RUNS
