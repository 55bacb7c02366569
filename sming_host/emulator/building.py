"""Build an application as its user does, from Python."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Optional, Union

from sming_host.build.paths import find_home, make_folder
from sming_host.errors import UserError
from sming_host.named import is_dir

SCRIPT = "from sming_host.build import application\n\napplication()\n"
"""The SConstruct of a project that has none."""

_LINES_SHOWN = 40
# A row of the build's summary: the executable, then the sizes of its sections.
_EXECUTABLE = re.compile(r"^(out/\w+/.+/firmware(?:\.elf)?) +\d+ +\d+ +\d+\b", re.MULTILINE)


def find_top(start: Path) -> Path:
    """Return the folder with the SConstruct that counts for `start`: itself or one above it; else this package's."""
    for folder in (start, *start.parents):
        if (folder / "SConstruct").is_file():
            return folder
    return _own_top()


def run_build(
    top: Path, *arguments: str, timeout: float = 600, env: Optional[Mapping[str, str]] = None
) -> subprocess.CompletedProcess[str]:
    """Run SCons in a folder and return what it printed; builds of several processes take turns."""
    with turn(top):
        return _run(top, arguments, timeout, env)


def build(
    application: Union[str, Path, None] = None,
    *,
    top: Optional[Path] = None,
    soc: str = "host",
    adapter: Optional[str] = None,
    variables: Optional[Mapping[str, str]] = None,
    copy_to: Optional[Path] = None,
    timeout: float = 600,
) -> Path:
    """Build an application for the host, or another `soc`, and return its executable.

    `application` is a sample's name or a folder; None is the project of `top` itself. `top` is the folder with the
    SConstruct (default: `find_top` of the working directory). `adapter` is a value of ENABLE_SSL, None what the
    application's SConscript says; `variables` are others of the build. `copy_to` is a folder for a copy of the
    executable and its files, which no later build replaces. A failed build is a UserError with the compiler's messages.
    """
    top = find_top(Path.cwd()) if top is None else top
    arguments = [f"SMING_SOC={soc}"]
    if application is not None:
        folder = Path(application)
        arguments.append(f"APP={folder.resolve() if is_dir(folder / 'app') else application}")
    if adapter is not None:
        arguments.append(f"ENABLE_SSL={adapter}")
    arguments += [f"{name}={value}" for name, value in (variables or {}).items()]
    with turn(top):
        done = _run(top, arguments, timeout, None)
        made = _EXECUTABLE.findall(done.stdout)
        if done.returncode != 0 or not made:
            shown = "\n".join(done.stdout.splitlines()[-_LINES_SHOWN:])
            raise UserError(f"scons {' '.join(arguments)} failed in {top}", shown)
        if len(made) > 1:
            raise UserError(f"{top} builds several applications: {', '.join(made)}", "Say which one.")
        program = top / str(made[0])
        if copy_to is None:
            return program
        copy_to.mkdir(parents=True, exist_ok=True)
        copied = copy_to / program.name
        # A chip's program has its images beside it
        for made_file in program.parent.glob("firmware*"):
            if made_file.suffix != ".map":
                shutil.copy2(made_file, copy_to / made_file.name)
        if (program.parent / "files").is_dir():
            shutil.copytree(program.parent / "files", copy_to / "files", dirs_exist_ok=True)
        return copied


def _own_top() -> Path:
    """The checkout, or for an installed package a folder in the user's cache."""
    # Imported here: it loads cffi.
    from sming_host.tls.library import build_folder

    top = build_folder()
    if top != find_home():
        make_folder(top)
        script = top / "SConstruct"
        if not script.is_file():
            script.write_text(SCRIPT, "utf-8")
    return top


@contextlib.contextmanager
def turn(top: Path) -> Iterator[None]:
    """Wait until no other process of ours builds in a folder. SCons' own lock ends with it, before a copy is made."""
    make_folder(top / "out")
    with (top / "out" / ".turn.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(
    top: Path, arguments: Sequence[str], timeout: float, env: Optional[Mapping[str, str]]
) -> subprocess.CompletedProcess[str]:
    launcher = top / "scons"
    # A checkout's launcher takes its own Python environment; elsewhere it is the one that runs this.
    command = [str(launcher)] if launcher.is_file() else [sys.executable, "-m", "SCons", "-Q"]
    try:
        return subprocess.run(
            [*command, *arguments],
            cwd=top,
            env={**(os.environ if env is None else env), "PWD": str(top)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UserError(f"the build in {top} did not end within {timeout:g} s") from error
