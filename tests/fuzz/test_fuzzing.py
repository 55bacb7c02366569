"""`./scons fuzz` as a user calls it: every harness for a minute, and what it says when it finds something."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.build.project import Project
from tests.fuzz.seeds import MAKERS
from tests.support.apps import ROOT

HARNESS = """\
#include <cstddef>
#include <cstdint>
#include <cstdlib>
extern "C" int LLVMFuzzerInitialize(int*, char***) { return 0; }
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
	uint8_t* exact = static_cast<uint8_t*>(malloc(size));
	for(size_t i = 0; i < size; ++i) {
		exact[i] = data[i];
	}
	// Reads beyond the end when the input is an opening bracket and nothing else
	static volatile bool brackets;
	brackets = size != 0 && exact[0] == '[' && exact[1] == ']';
	free(exact);
	return 0;
}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.write("tests/fuzz/brackets/app/harness.cpp", HARNESS)
    project.write("tests/fuzz/brackets/libfuzzer.options", "[libfuzzer]\nmax_len = 4\n")
    return project


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_harness_for_a_minute() -> None:
    """Findings stay in out/fuzz with the command that repeats them."""
    # Not by scons(): other test processes would wait for their builds as long as the harnesses run
    done = subprocess.run(
        [str(ROOT / "scons"), "fuzz", "SECONDS=60"],
        cwd=ROOT,
        env={**os.environ, "PWD": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=1700,
    )
    print("\n".join(line for line in done.stdout.splitlines() if line.endswith("/s")))
    assert done.returncode == 0 and "no findings" in done.stdout, done.stdout[-8000:]
    runs = dict(re.findall(r"^(\w+) +\d+ s +(\d+) runs.*/s$", done.stdout, re.MULTILINE))
    assert set(runs) == set(MAKERS) and all(int(count) > 1000 for count in runs.values()), runs


@pytest.mark.slow
def test_a_finding(project: Project) -> None:
    result = project.scons("fuzz", "SECONDS=60")
    result.refused("AddressSanitizer: heap-buffer-overflow", "findings in: brackets", "again: ./scons fuzz TARGET=")
    again = re.search(r"again: \./scons (fuzz) (TARGET=\S+) (ARGS=\S+)", result.output)
    assert again
    name = again.group(3).partition("=")[2]
    assert (project.folder / name).read_bytes() == b"["
    project.scons(*again.groups()).refused("AddressSanitizer: heap-buffer-overflow")
    # Mended, the same input is none any more
    project.write("tests/fuzz/brackets/app/harness.cpp", HARNESS.replace("size != 0", "size > 1"))
    assert "heap-buffer-overflow" not in project.scons(*again.groups()).succeeded().output
    assert "no findings" in project.scons("fuzz", "SECONDS=1").succeeded().output


def test_wrong_words(project: Project) -> None:
    project.scons("fuzz", "TARGET=bracket").refused("no such harness", "did you mean brackets?")
    project.scons("fuzz", "SECONDS=soon").refused("SECONDS=soon")
    project.scons("fuzz", "test").refused("fuzz stands alone")
    project.scons("SANITIZERS=fuzzer").refused("only clang has a fuzzer", "TOOLCHAIN=clang")
    project.scons("SMING_SOC=rp2040", "TOOLCHAIN=clang").refused()
