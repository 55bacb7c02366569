"""`fuzz`: the harnesses below tests/fuzz, built with clang's libFuzzer and run side by side for some seconds each.

A harness is an application with a function LLVMFuzzerTestOneInput. Beside its `app/` it may have `libfuzzer.options`
(an INI file, section [libfuzzer], as OSS-Fuzz has it) and `regressions/`, inputs that once were findings. Seeds are
made by tests/fuzz/seeds.py where that is. All that a run makes goes to out/fuzz/<harness>: `corpus` grows from run to
run, findings are kept as `crash-…`, `timeout-…`, `oom-…` or `leak-…`.
"""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from sming_host.build import archive
from sming_host.build.options import Settings, nearest
from sming_host.build.paths import Workspace
from sming_host.build.program import Application, is_application
from sming_host.build.toolchain import CLANG
from sming_host.errors import UserError

FOLDER = Path("tests", "fuzz")
# Between two lines of progress, in seconds.
_PACE = 10.0
# An input that takes longer (seconds) or more memory (MB) is a finding. The slowest of all known takes 0.5 s.
_LIMITS = ("-timeout=25", "-rss_limit_mb=1024")
# libFuzzer has a status of its own for each kind of finding; in all of them the input was kept.
_ARTIFACT = re.compile(r"Test unit written to (\S+)")
_PULSE = re.compile(r"^#(\d+)\s.*?cov: (\d+) ft: (\d+) corp: (\d+)", re.MULTILINE)


def fuzz_settings(settings: Settings) -> Settings:
    """Return the settings that harnesses are built with."""
    for name, value in (("TOOLCHAIN", CLANG), ("SANITIZERS", "address,fuzzer,undefined"), ("SMING_SOC", "host")):
        settings = settings.replace(name, value)
    return settings


def find_harnesses(names: str, workspace: Workspace) -> list[Application]:
    """Return the harnesses that TARGET names, all if it is empty."""
    top = workspace.top / FOLDER
    known = sorted(folder.name for folder in top.glob("*") if is_application(folder))
    if not known:
        raise UserError(f"there are no harnesses in {top}", "A harness is a folder there with app/*.cpp.")
    wanted = [name for name in names.replace(",", " ").split() if name] or known
    for name in wanted:
        if name not in known:
            raise UserError(f"TARGET={name}: no such harness{nearest(name, known)}", "Known: " + ", ".join(known))
    return [Application(name, top / name) for name in dict.fromkeys(wanted)]


def read_seconds(settings: Settings) -> int:
    """Return how long each harness is to run."""
    text = settings["SECONDS"]
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise UserError(f"SECONDS={text}: not a number of seconds")
    return int(text)


def fuzz_command(settings: Settings, workspace: Workspace, programs: list[Path]) -> list[str]:
    """Return the command that runs the harnesses once they are built (this module's main)."""
    symbolizer = archive.tool_package(CLANG, root=settings["CLANG_ROOT"] or None).program("llvm-symbolizer")
    own = settings["ARGS"]
    if own and len(programs) != 1:
        raise UserError("ARGS are for one harness; name it with TARGET=…")
    command = [sys.executable, "-m", __name__, str(workspace.top), str(read_seconds(settings)), str(symbolizer), own]
    return command + [str(program) for program in programs]


# libFuzzer's status after Ctrl-C.
_INTERRUPTED = 72


@dataclass
class Run:
    """One harness while it runs."""

    name: str
    program: Path
    top: Path
    seconds: int

    @property
    def folder(self) -> Path:
        return self.top / "out" / "fuzz" / self.name

    @property
    def log(self) -> Path:
        return self.folder / "fuzz.log"

    @property
    def source(self) -> Path:
        return self.top / FOLDER / self.name

    def prepare(self) -> list[str]:
        """Make the seeds; return libFuzzer's command."""
        corpus, seeds, regressions = self.folder / "corpus", self.folder / "seeds", self.source / "regressions"
        shutil.rmtree(seeds, ignore_errors=True)
        for folder in (corpus, seeds):
            folder.mkdir(parents=True, exist_ok=True)
        if (self.top / FOLDER / "seeds.py").is_file():
            module = ".".join((*FOLDER.parts, "seeds"))
            made = subprocess.run(
                [sys.executable, "-m", module, self.name, str(self.program), str(seeds)],
                cwd=self.top,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            if made.returncode:
                raise UserError(f"the seeds of {self.name} could not be made", made.stdout.strip()[-3000:])
        command = [str(self.program), f"-max_total_time={self.seconds}", f"-artifact_prefix={self.folder}/", *_LIMITS]
        command += [*self._own_options(), "-print_final_stats=1"]
        return command + [str(folder) for folder in (corpus, seeds, regressions) if folder.is_dir()]

    def _own_options(self) -> list[str]:
        parser = configparser.ConfigParser()
        parser.read(self.source / "libfuzzer.options", "utf-8")
        if not parser.has_section("libfuzzer"):
            return []
        options = dict(parser.items("libfuzzer"))
        if "dict" in options:
            options["dict"] = str(self.source / options["dict"])
        return [f"-{name}={value}" for name, value in options.items()]

    def execute(self, environment: dict[str, str], say: threading.Lock) -> bool:
        """Run to the end; return False if something was found."""
        command = self.prepare()
        started = time.monotonic()
        with self.log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=self.top, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
            while True:
                try:
                    status: Optional[int] = process.wait(_PACE)
                except subprocess.TimeoutExpired:
                    status = None
                with say:
                    print(self._progress(time.monotonic() - started, status is not None), flush=True)
                if status is not None:
                    break
        if status and status != _INTERRUPTED:
            with say:
                self._report(status)
        return status in (0, _INTERRUPTED)

    def _progress(self, seconds: float, ended: bool) -> str:
        pulses = _PULSE.findall(self.log.read_text("utf-8", "replace"))
        runs, coverage, features, inputs = pulses[-1] if pulses else ("0", "0", "0", "0")
        line = f"{self.name:<13}{seconds:5.0f} s{int(runs):10} runs{int(coverage):7} edges{int(features):7} features"
        line += f"{int(inputs):6} inputs"
        return f"{line}  {int(runs) / max(seconds, 1):.0f}/s" if ended else line

    def _report(self, status: int) -> None:
        text = self.log.read_text("utf-8", "replace")
        print(text[-6000:])
        kept = _ARTIFACT.findall(text)
        print(f"FINDING in {self.name} (status {status}); the whole log is {self.log.relative_to(self.top)}")
        for path in kept:
            name = os.path.relpath(path, self.top)
            print(f"  input kept as {name}\n  again: ./scons fuzz TARGET={self.name} ARGS={shlex.quote(name)}")


def _environment(symbolizer: str) -> dict[str, str]:
    return {
        **os.environ,
        "ASAN_OPTIONS": f"external_symbolizer_path={symbolizer}:detect_stack_use_after_return=1",
        "UBSAN_OPTIONS": f"halt_on_error=1:print_stacktrace=1:external_symbolizer_path={symbolizer}",
    }


def main(arguments: list[str]) -> int:
    """Run harnesses: TOP SECONDS SYMBOLIZER ARGS PROGRAM…; with ARGS, libFuzzer gets just these."""
    top, seconds, symbolizer, own, *programs = arguments
    environment = _environment(symbolizer)
    if own:
        os.chdir(top)
        return subprocess.run([programs[0], *shlex.split(own)], env=environment).returncode
    runs = [Run(Path(name).parent.name, Path(name), Path(top), int(seconds)) for name in programs]
    say = threading.Lock()
    with ThreadPoolExecutor(max_workers=len(os.sched_getaffinity(0))) as pool:
        good = list(pool.map(lambda run: run.execute(environment, say), runs))
    found = [run.name for run, well in zip(runs, good) if not well]
    print("findings in: " + ", ".join(found) if found else "no findings")
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except UserError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        # The harnesses have got it, too; what they have found so far is kept
        print("interrupted", file=sys.stderr)
        sys.exit(130)
