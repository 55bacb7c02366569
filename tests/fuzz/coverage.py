"""What the corpora reach: `python -m tests.fuzz.coverage [TARGET…]`, after a `./scons fuzz`.

Builds the harnesses with gcc and COVERAGE=1, runs them over seeds, grown corpus and regressions, and prints the lines
reached in each folder of sources that a harness links.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from tests.fuzz.seeds import MAKERS, write_seeds
from tests.support.apps import ROOT, scons

# Source file: its lines, and whether they were reached
Lines = dict[str, dict[int, bool]]


def build(target: str) -> Path:
    """Build a harness for coverage; returns its program."""
    built = scons(f"APP=tests/fuzz/{target}", "SMING_SOC=host", "COVERAGE=1")
    if built.returncode:
        raise RuntimeError(built.stdout[-3000:])
    return ROOT / "out" / "host" / "bearssl-coverage" / target / "firmware"


def run(target: str, program: Path) -> None:
    """Run a harness over all inputs there are."""
    with tempfile.TemporaryDirectory() as seeds:
        write_seeds(target, program, Path(seeds))
        inputs = [
            Path(seeds),
            ROOT / "out" / "fuzz" / target / "corpus",
            ROOT / "tests" / "fuzz" / target / "regressions",
        ]
        existing = [str(path) for path in inputs if path.is_dir()]
        subprocess.run([str(program), *existing], cwd=ROOT, check=True, stderr=subprocess.DEVNULL)


def collect() -> Lines:
    """Read what the programs have written since the last forget()."""
    lines: Lines = defaultdict(dict)
    for data in sorted(ROOT.glob("out/lib/host-debug-coverage/**/*.gcda")):
        command = ["gcov", "--json-format", "--stdout", str(data.relative_to(ROOT))]
        output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for document in output.splitlines():
            for file in json.loads(document)["files"]:
                known = lines[file["file"].removeprefix("/proc/self/cwd/")]
                for line in file["lines"]:
                    number = int(line["line_number"])
                    known[number] = known.get(number, False) or line["count"] > 0
    return lines


def forget() -> None:
    """Remove the counts of earlier runs."""
    for data in ROOT.glob("out/**/*.gcda"):
        data.unlink()


def table(lines: Lines) -> list[str]:
    """One row for each folder of sources."""
    folders: dict[str, list[bool]] = defaultdict(list)
    for name, numbers in lines.items():
        if not name.startswith("/"):
            parts = name.split("/")
            start = parts.index("source") + 1 if "source" in parts else 0
            folders["/".join(parts[start:-1])] += numbers.values()
    return [
        f"  {folder:<48}{sum(reached):6} of {len(reached):6} lines {100 * sum(reached) / len(reached):5.1f} %"
        for folder, reached in sorted(folders.items())
        if sum(reached)
    ]


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(MAKERS):
        harness = build(name)
        forget()
        run(name, harness)
        print(name, *table(collect()), sep="\n")
