"""The harnesses over their seeds and over what was once found, under gcc's sanitizers: quick, and without clang."""

from __future__ import annotations

import configparser
import os
import subprocess
from pathlib import Path

import pytest

from tests.fuzz.recordings import ESTABLISHED
from tests.fuzz.seeds import MAKERS, write_seeds
from tests.support.apps import build_app

FOLDER = Path(__file__).parent
ENVIRONMENT = {**os.environ, "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}


def replay(program: Path, *arguments: str) -> str:
    """Run a harness over files; returns what it says. A finding ends it with a status of its own."""
    done = subprocess.run(
        [str(program), *arguments], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300
    )
    output = done.stdout.decode(errors="replace")
    assert done.returncode == 0, output[-8000:]
    return output


@pytest.fixture(scope="module", params=sorted(MAKERS))
def target(request: pytest.FixtureRequest) -> tuple[str, Path]:
    """A harness and its program."""
    name = str(request.param)
    ssl = "Axtls" if name.startswith("axtls") else "Bearssl"
    return name, build_app(f"tests/fuzz/{name}", ssl=ssl, SANITIZERS="address,undefined")


def test_every_harness_has_seeds_and_a_dictionary() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/app")}
    assert folders == set(MAKERS)
    for name in folders:
        options = configparser.ConfigParser()
        options.read_string((FOLDER / name / "libfuzzer.options").read_text("utf-8"))
        assert (FOLDER / name / options["libfuzzer"]["dict"]).is_file()


def test_corpus(target: tuple[str, Path], tmp_path: Path) -> None:
    name, program = target
    seeds = write_seeds(name, program, tmp_path)
    regressions = FOLDER / name / "regressions"
    inputs = [*seeds, *regressions.glob("*")]
    output = replay(program, "-v", str(tmp_path), *([str(regressions)] if regressions.is_dir() else []))
    print(output.splitlines()[-1])
    assert f"{len(inputs)} inputs in" in output
    if name in ("server", "client"):
        # A recording fits: it leads through the whole handshake again, and data is exchanged
        lines = output.splitlines()
        results = {line: lines[index + 1] for index, line in enumerate(lines[:-1]) if line.startswith(str(tmp_path))}
        refused = [path for path, result in results.items() if not result.startswith("\testablished")]
        expected = {"server": ["client-without-certificate"], "client": []}[name]
        assert [Path(path).name.rsplit("-", 1)[0] for path in refused] == expected, output
        assert len(results) == len(seeds) > len(refused) + ESTABLISHED


@pytest.mark.parametrize("name", ["server", "client"])
def test_damaged_recordings(name: str, tmp_path: Path) -> None:
    """Each of some recordings cut at many places, and with one octet changed in many."""
    program = build_app(f"tests/fuzz/{name}", SANITIZERS="address,undefined")
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for seed in write_seeds(name, program, tmp_path / "seeds")[:2]:
        data = seed.read_bytes()
        for at in range(0, len(data), max(1, len(data) // 60)):
            (damaged / f"{seed.name}-cut-{at}").write_bytes(data[:at])
            changed = data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]
            (damaged / f"{seed.name}-changed-{at}").write_bytes(changed)
    print(replay(program, str(damaged)).splitlines()[-1])


def test_finding_is_told(tmp_path: Path) -> None:
    """What is no input at all ends the replay with an error, and not in silence."""
    program = build_app("tests/fuzz/url", SANITIZERS="address,undefined")
    done = subprocess.run([str(program), str(tmp_path / "missing")], capture_output=True, text=True)
    assert done.returncode == 1 and "missing" in done.stderr
