"""Build times beside ninja, on the same compile commands, both in one run.

    python -m benchmarks.build [--rounds N] [--out FOLDER]

In a copy of this checkout, with the package cache of the user: a cold build by SCons (all components, libraries,
programs) and the bare compilations by `ninja`, in turns and with the same number of jobs; then a build with nothing
to do, and one with one changed source, beside what its compilation, library and link take by themselves. Writes
build.json and build.svg. `ninja` is taken from PATH or from PyPI's package of that name (the `test` extra).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.arguments import positive
from benchmarks.plot import bar_chart

CHECKOUT = Path(__file__).resolve().parents[1]
BUILD = ("SMING_SOC=host", "ENABLE_SSL=Bearssl")
TOUCHED = Path("components/network/src/Url.cpp")


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=positive, default=3)
    parser.add_argument("--jobs", type=positive, default=2)
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sming-benchmark-") as scratch:
        result = measure(_copy_of_the_checkout(Path(scratch)), options.rounds, options.jobs)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "build.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    bars = [(name, float(result[name])) for name in ("scons_cold_s", "ninja_cold_s", "scons_null_s", "scons_touched_s")]
    (options.out / "build.svg").write_text(bar_chart("Build times, seconds", bars), "utf-8")
    print(json.dumps(result, indent=1))


def measure(top: Path, rounds: int, jobs: int) -> dict[str, Any]:
    """Return medians of all times, in seconds, and the two ratios that count."""
    scons_times, ninja_times, cpu, compilations = [], [], [0.0, 0.0], 0
    # Once before, so that both find a warm file cache and the sources.
    _scons(top, jobs, "compiledb")
    for _ in range(rounds):
        shutil.rmtree(top / "out")
        start = _cpu_of_children()
        scons_times.append(_scons(top, jobs))
        compilations = _write_ninja(top)
        middle = _cpu_of_children()
        ninja_times.append(_timed([_ninja(), "-j", str(jobs), "--quiet"], top))
        cpu = [cpu[0] + middle - start, cpu[1] + _cpu_of_children() - middle]
    null_times = [_scons(top, jobs) for _ in range(max(rounds, 3))]
    touched, alone = _touched(top, jobs, rounds)
    cold, ninja = statistics.median(scons_times), statistics.median(ninja_times)
    return {
        "compilations": compilations,
        "jobs": jobs,
        "scons_cold_s": round(cold, 2),
        "ninja_cold_s": round(ninja, 2),
        "cold_ratio": round(cold / ninja, 3),
        # Says more than the clock where other programs share the processors.
        "cold_cpu_ratio": round(cpu[0] / cpu[1], 3),
        "scons_null_s": round(statistics.median(null_times), 2),
        "scons_touched_s": round(touched, 2),
        "compile_archive_link_alone_s": round(alone, 2),
        "touched_overhead_s": round(touched - alone, 2),
        "runs": {"scons": scons_times, "ninja": ninja_times, "null": null_times},
    }


def _copy_of_the_checkout(scratch: Path) -> Path:
    """Copy this checkout as it is, without what git ignores, so that this checkout's out/ stays as it is."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout
    top = scratch / "checkout"
    for name in filter(None, listed.split("\0")):
        if (CHECKOUT / name).is_file():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, top / name)
    return top


def _environment() -> dict[str, str]:
    return {**os.environ, "PWD": "/proc/self/cwd"}


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _timed(command: list[str], top: Path) -> float:
    begin = time.monotonic()
    done = subprocess.run(
        command, cwd=top, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{shlex.join(command)} failed:\n{done.stdout[-4000:]}")
    return time.monotonic() - begin


def _scons(top: Path, jobs: int, *goals: str) -> float:
    return _timed([sys.executable, "-m", "SCons", "-Q", f"-j{jobs}", *BUILD, *goals], top)


def _ninja() -> str:
    beside = Path(sys.executable).parent / "ninja"
    found = shutil.which("ninja") or (str(beside) if beside.exists() else None)
    if found is None:
        sys.exit("no ninja: install ninja-build, or pip install ninja")
    return found


def _write_ninja(top: Path) -> int:
    """Write the compilations of compile_commands.json as a ninja file with outputs of its own; return their number."""
    rows = json.loads((top / "compile_commands.json").read_text("utf-8"))
    shutil.rmtree(top / "ninja", ignore_errors=True)
    (top / ".ninja_log").unlink(missing_ok=True)
    lines = ["rule run", " command = $command", ""]
    for row in rows:
        output = "ninja/" + row["output"]
        arguments = [output if argument == row["output"] else argument for argument in row["arguments"]]
        lines += [f"build {output}: run {row['file']}", " command = " + shlex.join(arguments).replace("$", "$$"), ""]
    (top / "build.ninja").write_text("\n".join(lines), "utf-8")
    return len(rows)


def _touched(top: Path, jobs: int, rounds: int) -> tuple[float, float]:
    """Change one source; return the time of the build and that of its own commands by themselves."""
    whole, alone = [], []
    for number in range(rounds):
        with (top / TOUCHED).open("a", encoding="utf-8") as source:
            source.write(f"\nint benchmark{number};\n")
        begin = time.monotonic()
        command = [sys.executable, "-m", "SCons", "-Q", f"-j{jobs}", *BUILD, "V=1"]
        done = subprocess.run(command, cwd=top, env=_environment(), capture_output=True, text=True, check=True)
        whole.append(time.monotonic() - begin)
        steps = re.findall(r"^\[\d+/\d+\] (.*)$", done.stdout, re.MULTILINE)
        if not any(str(TOUCHED) in step for step in steps):
            sys.exit(f"{TOUCHED} was not compiled:\n{done.stdout}")
        begin = time.monotonic()
        for step in steps:
            subprocess.run(shlex.split(step), cwd=top, env=_environment(), check=True)
        alone.append(time.monotonic() - begin)
    return statistics.median(whole), statistics.median(alone)


if __name__ == "__main__":
    main()
