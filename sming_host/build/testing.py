"""`test` and `check`: bring what the tests need into this Python environment, then become pytest."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import metadata

from sming_host.build.paths import Workspace
from sming_host.errors import UserError


def run_tests(workspace: Workspace, arguments: Sequence[str], *, everything: bool) -> None:
    """Run the quick tests, or all of them; does not return. `arguments` go to pytest."""
    if not (workspace.top / "tests").is_dir():
        raise UserError(f"there is no folder tests in {workspace.top}")
    started = time.monotonic()
    if install_test_packages():
        print(f"installing took {time.monotonic() - started:.0f} s, which is no part of the tests' time", flush=True)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    if not everything:
        command += ["-m", "not slow"]
    command += arguments
    os.chdir(workspace.top)
    sys.stdout.flush()
    os.execv(command[0], command)


def missing_test_packages() -> list[str]:
    """Return the pinned requirements of the `test` extra that this Python environment does not fulfil."""
    missing = []
    for line in metadata.requires("sming-host") or ():
        requirement, _, marker = line.partition(";")
        if "extra" not in marker or "test" not in marker:
            continue
        name, _, version = (part.strip() for part in requirement.partition("=="))
        try:
            fits = metadata.version(name) == version
        except metadata.PackageNotFoundError:
            fits = False
        if not fits:
            missing.append(f"{name}=={version}")
    return missing


def install_test_packages() -> bool:
    """Install what is missing; tell whether anything was."""
    missing = missing_test_packages()
    if not missing:
        return False
    print("downloading for the tests: " + ", ".join(missing), flush=True)
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *missing]
    if subprocess.run(command, check=False).returncode:
        raise UserError(
            "the packages that the tests need could not be installed",
            "See the message of pip above. By hand: pip install 'sming-host[test]'.",
        )
    return True
