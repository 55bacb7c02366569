"""`test` and `check`: bring what the tests need into this Python environment, then become pytest."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from sming_host.build.extras import install_packages
from sming_host.build.paths import Workspace
from sming_host.errors import UserError
from sming_host.named import exists
from sming_host.started import become

MOST_WORKERS = 8
"""More of them would wait for each other: there is one build folder, and one build in it at a time."""


def run_tests(workspace: Workspace, arguments: Sequence[str], *, everything: bool) -> None:
    """Run the quick tests, or all of them; does not return. `arguments` go to pytest."""
    if not (workspace.top / "tests").is_dir():
        raise UserError(f"there is no folder tests in {workspace.top}")
    check_files(workspace.top, arguments)
    started = time.monotonic()
    if install_packages("test", "the tests"):
        print(f"installing took {time.monotonic() - started:.0f} s, which is no part of the tests' time", flush=True)
    command = [sys.executable, "-m", "sming_host.started", "pytest", "-p", "no:cacheprovider"]
    if not everything:
        command += ["-m", "not slow", *workers(arguments)]
    command += arguments
    os.chdir(workspace.top)
    become(command)


def check_files(top: Path, arguments: Sequence[str]) -> None:
    """Raise a UserError for a file of tests that is not there: side by side, pytest's workers say nothing of it."""
    for before, word in zip(["", *arguments], arguments):
        # What follows an option may be its value
        if not word.startswith("-") and not before.startswith("-") and not exists(top / word.partition("::")[0]):
            raise UserError(f"ARGS: there is no {word}", "Tests are named by file or folder, as tests/ssl.")


def workers(arguments: Sequence[str]) -> list[str]:
    """Return pytest's options for the quick tests on two and more cores: files side by side, each file in order.

    Not where `arguments` choose otherwise (`-n`), want the terminal for themselves, or name single tests.
    """
    alone = ("-n", "-s", "--pdb", "--capture=no", "--collect-only", "--co")
    if any(word.startswith("-n") or word in alone or "::" in word for word in arguments):
        return []
    return ["-n", str(min(os.cpu_count() or 1, MOST_WORKERS)), "--dist", "loadfile"]
