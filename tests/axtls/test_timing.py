"""Nothing that an attacker can time depends on secrets: by valgrind and by a statistic, with controls that leak."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.axtls import native, programs
from tests.axtls.conftest import World
from tests.axtls.native import SHIM
from tests.support.valgrind import Valgrind, valgrind

RSA = ("good", "first", "type", "early", "late", "long", "version", "none")
CBC_GOOD = ("good", "shortpad", "longpad")
CBC_BAD = ("mac", "maclast", "padfirst", "padlast", "padlength")
COMPARE = ("early", "late", "equal")
# What is measured, and how often
DUDECT = {
    "cbc-padding": 300_000,
    "cbc-padding-length": 300_000,
    "cbc-good": 300_000,
    "rsa-type": 100_000,
    "rsa-early-end": 100_000,
    "rsa-version": 100_000,
    "compare": 1_000_000,
}
LIMIT = 10.0


@dataclass(frozen=True)
class Subject:
    """A program and what looks at it."""

    program: Path
    valgrind: Valgrind


@pytest.fixture(scope="module")
def watcher(tmp_path_factory: pytest.TempPathFactory) -> Valgrind:
    return valgrind(tmp_path_factory.mktemp("symbols"))


@pytest.fixture(scope="module")
def program(world: World, watcher: Valgrind, tmp_path_factory: pytest.TempPathFactory) -> Subject:
    # Functions are counted by name, so they must stay apart
    flags = ("-O2", "-fno-inline", *watcher.compiler_flags)
    return Subject(programs.build(SHIM / "timing.c", tmp_path_factory.mktemp("timing"), world, flags), watcher)


@pytest.fixture(scope="module")
def traceable(world: World, watcher: Valgrind, tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """As memcheck can follow it: with -fivopts a loop's public bounds are compared with the secret added to both."""
    flags = ("-O2", "-fno-inline", "-fno-ivopts", *watcher.compiler_flags)
    folder = tmp_path_factory.mktemp("traceable")
    own = ["ssl/ssl_rec_cbc.c", "mac/hmac_ct.c"]
    return Subject(programs.build(SHIM / "timing.c", folder, world, flags, own_bearssl=own), watcher)


def instructions(subject: Subject, mode: str, variant: str, function: str) -> int:
    run = subprocess.run(
        [*subject.valgrind.command, "--tool=callgrind", "--callgrind-out-file=/dev/null",
         f"--toggle-collect={function}", str(subject.program), mode, variant],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    if mode != "leak":
        assert run.returncode == 0, run.stderr
    found = re.search(r"Collected : (\d+)", run.stderr)
    assert found
    return int(found[1])


def memcheck(subject: Subject, mode: str, variant: str) -> str:
    """What memcheck has to say about branches and indices that depend on undefined values."""
    run = subprocess.run(
        [*subject.valgrind.command, "-q", "--error-exitcode=9", str(subject.program), mode, variant],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert mode == "leak" or run.returncode in (0, 9), run.stderr
    return run.stderr


def test_rsa_secrets_are_not_looked_at(traceable: Subject) -> None:
    for variant in RSA:
        assert memcheck(traceable, "rsa", variant) == "", variant


def test_cbc_secrets_are_not_looked_at(traceable: Subject) -> None:
    """But for the verdict itself, the last step of BearSSL's check, which is no secret any more."""
    source = (native.bearssl_root() / "src/ssl/ssl_rec_cbc.c").read_text("utf-8").splitlines()
    for variant in CBC_GOOD + CBC_BAD:
        said = memcheck(traceable, "cbc", variant)
        places = re.findall(r"at 0x[0-9A-F]+: (\w+) \((\S+):(\d+)\)", said)
        assert [place[:2] for place in places] == [("cbc_decrypt", "ssl_rec_cbc.c")], said
        assert source[int(places[0][2]) - 1].strip() == "if (!good) {"


def test_compared_secrets_are_not_looked_at(traceable: Subject) -> None:
    for variant in COMPARE:
        assert memcheck(traceable, "compare", variant) == "", variant


def test_rsa_takes_equally_long(program: Subject) -> None:
    counts = {variant: instructions(program, "rsa", variant, "encrypted_step") for variant in RSA}
    assert len(set(counts.values())) == 1, counts


def test_cbc_takes_equally_long(program: Subject) -> None:
    good = {variant: instructions(program, "cbc", variant, "cbc_open") for variant in CBC_GOOD}
    bad = {variant: instructions(program, "cbc", variant, "cbc_open") for variant in CBC_BAD}
    assert len(set(good.values())) == 1, good
    assert len(set(bad.values())) == 1, bad
    # Once the verdict is out, a good record's place and length are noted
    assert 0 <= good["good"] - bad["mac"] <= 8


def test_comparing_takes_equally_long(program: Subject) -> None:
    counts = {variant: instructions(program, "compare", variant, "tls_equal") for variant in COMPARE}
    assert len(set(counts.values())) == 1, counts


def test_a_leak_is_noticed(program: Subject, traceable: Subject) -> None:
    """The control: were it not seen, the tests above would mean nothing."""
    assert "leaky_compare" in memcheck(traceable, "leak", "early")
    counts = [instructions(program, "leak", variant, "leaky_compare") for variant in ("early", "late")]
    assert counts[1] - counts[0] > 40


@pytest.fixture(scope="module")
def statistic(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return programs.build(SHIM / "dudect.c", tmp_path_factory.mktemp("dudect"), world)


def welch(statistic: Path, subject: str, samples: int) -> float:
    """The largest |t| of Welch's test between two classes of secrets, see native/dudect.c."""
    run = subprocess.run([str(statistic), subject, str(samples)], capture_output=True, text=True, check=True)
    return float(run.stdout)


@pytest.mark.slow
@pytest.mark.parametrize(("subject", "samples"), DUDECT.items())
def test_times_do_not_depend_on_secrets(statistic: Path, subject: str, samples: int) -> None:
    """In the words of dudect's authors, 10 is definitely no constant time. Another program may come between once."""
    found = []
    for _ in range(3):
        found.append(welch(statistic, subject, samples))
        if found[-1] < LIMIT:
            break
    print(subject, found)
    assert found[-1] < LIMIT, found


@pytest.mark.slow
@pytest.mark.parametrize("subject", ["leaky-compare", "leaky-cbc"])
def test_a_dependency_is_noticed(statistic: Path, subject: str) -> None:
    """The control, with a fraction of the samples, and far beyond the limit."""
    found = welch(statistic, subject, 20000)
    print(subject, found)
    assert found > 5 * LIMIT
