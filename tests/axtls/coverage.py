"""What tests and corpora together reach of components/axtls, by llvm-cov: `python -m tests.axtls.coverage [--write]`.

Runs the tests of tests/axtls with a library made by clang, and the harnesses of tests/fuzz over their seeds, over what
`./scons fuzz` has left in out/fuzz, over regressions and random scripts. Prints a row for each source; --write puts the
sum into components/axtls/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sming_host.build.archive import Tool, tool_package
from sming_host.build.extras import install_packages
from sming_host.errors import UserError
from tests.axtls import native
from tests.fuzz.axtls_seeds import HARNESSES, random_scripts
from tests.fuzz.seeds import write_seeds

ENGINE = native.COMPONENTS / "axtls" / "src"
README = native.COMPONENTS / "axtls" / "README.md"
FUZZ = native.HOME / "tests" / "fuzz"
OUT = native.OUT / "covered-fuzz"
#: They look at programs of their own.
LEFT_OUT = ("test_sanitizers.py", "test_timing.py", "test_application.py", "test_lx106.py", "test_coverage.py")
SENTENCE = re.compile(r"llvm-cov: [\d.]+ % of lines and [\d.]+ % of branches")


@dataclass(frozen=True)
class Share:
    covered: int
    count: int

    @property
    def percent(self) -> float:
        return 100 * self.covered / self.count if self.count else 100.0


@dataclass(frozen=True)
class Coverage:
    lines: Share
    branches: Share


def run_tests(profiles: Path) -> Path:
    """Run tests/axtls in processes of their own; returns the library that they ran."""
    environment = {**os.environ, "SMING_AXTLS_COVERAGE": "1", "LLVM_PROFILE_FILE": str(profiles / "tests-%p.profraw")}
    ignored = [f"--ignore=tests/axtls/{name}" for name in LEFT_OUT]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-m",
        "not slow",
        *ignored,
        "tests/axtls",
    ]
    done = subprocess.run(command, cwd=native.HOME, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout[-4000:] + done.stderr[-2000:])
    return native.build(sanitize=False, covered=True)


def build_harness(clang: Tool, name: str) -> Path:
    """Compile a harness with the engine, without the fuzzer."""
    folder, root = OUT / name, native.bearssl_root()
    parts = ("axtls", "core", "hal", "x509")
    include = [f"-I{native.COMPONENTS / part / 'include'}" for part in parts]
    include += ["-isystem", str(root / "inc"), f"-I{ENGINE}"]
    sources = [FUZZ / name / "app" / "harness.cpp", FUZZ / "common" / "replay.cpp"]
    sources += [path for path in sorted((FUZZ / "axtls").glob("*.cpp")) if path.name != "mutate.cpp"]
    headers = native.newest([native.COMPONENTS / "axtls", FUZZ / "axtls", FUZZ / "common"])
    with native.builds_alone():
        plus = str(clang.program("clang++"))
        ours = native.compile_all(sources, folder, ["-O1", "-std=c++17", *include], headers, plus)
        flags = ["-O1", "-std=c11", *include, *native.COVERAGE]
        engine = native.compile_all(
            sorted(ENGINE.glob("*.c")), folder / "engine", flags, headers, str(clang.program("clang"))
        )
        program = folder / name
        objects = [*ours, *engine, *sorted((native.OUT / "bearssl").glob("*.o"))]
        subprocess.run([plus, *native.COVERAGE, *map(str, objects), "-o", str(program)], check=True)
    return program


def run_harness(name: str, program: Path, profiles: Path) -> None:
    """Run it over all inputs there are."""
    with tempfile.TemporaryDirectory() as scratch:
        write_seeds(name, program, Path(scratch) / "seeds")
        random_scripts(name, Path(scratch) / "random", 2000)
        inputs = [Path(scratch), native.HOME / "out" / "fuzz" / name / "corpus", FUZZ / name / "regressions"]
        environment = {**os.environ, "LLVM_PROFILE_FILE": str(profiles / f"{name}.profraw")}
        existing = [str(path) for path in inputs if path.is_dir()]
        subprocess.run([str(program), *existing], env=environment, check=True, stderr=subprocess.DEVNULL)


def measure() -> dict[str, Coverage]:
    """One row for each source of the engine, and one named TOTAL."""
    clang = tool_package("clang")
    # Of programs that only make seeds
    os.environ["LLVM_PROFILE_FILE"] = os.devnull
    with tempfile.TemporaryDirectory() as name:
        profiles = Path(name)
        native.build(sanitize=False)
        objects = [run_tests(profiles)]
        for harness in HARNESSES:
            program = build_harness(clang, harness)
            run_harness(harness, program, profiles)
            objects.append(program)
        merged = profiles / "all.profdata"
        raw = [str(path) for path in profiles.glob("*.profraw")]
        subprocess.run([str(clang.program("llvm-profdata")), "merge", "-sparse", *raw, "-o", str(merged)], check=True)
        command = [
            str(clang.program("llvm-cov")),
            "export",
            "-summary-only",
            f"-instr-profile={merged}",
            str(objects[0]),
        ]
        command += [f"-object={path}" for path in objects[1:]]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows: dict[str, Coverage] = {}
    for file in json.loads(answer)["data"][0]["files"]:
        path = Path(file["filename"])
        if ENGINE in path.parents:
            summary = file["summary"]
            shares = [Share(summary[what]["covered"], summary[what]["count"]) for what in ("lines", "branches")]
            rows[str(path.relative_to(ENGINE))] = Coverage(*shares)
    rows["TOTAL"] = Coverage(
        Share(sum(row.lines.covered for row in rows.values()), sum(row.lines.count for row in rows.values())),
        Share(sum(row.branches.covered for row in rows.values()), sum(row.branches.count for row in rows.values())),
    )
    return rows


def write(total: Coverage) -> None:
    """Put the sum into the README."""
    text = README.read_text("utf-8")
    sentence = f"llvm-cov: {total.lines.percent:.1f} % of lines and {total.branches.percent:.1f} % of branches"
    replaced, count = SENTENCE.subn(sentence, text)
    if count != 1:
        raise RuntimeError(f"{README} does not say what llvm-cov has measured")
    README.write_text(replaced, "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the sum into the component's README")
    wanted = parser.parse_args()
    try:
        install_packages("test", "the tests")
    except UserError as error:
        sys.exit(f"error: {error}")
    rows = measure()
    for name, row in sorted(rows.items(), key=lambda item: item[0]):
        print(f"{name:32}{row.lines.percent:7.1f} % of{row.lines.count:5} lines", end="")
        print(f"{row.branches.percent:7.1f} % of{row.branches.count:5} branches")
    if wanted.write:
        write(rows["TOTAL"])


if __name__ == "__main__":
    main()
