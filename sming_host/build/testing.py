"""`test` and `check`: bring what the tests need into this Python environment, then become pytest."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

from sming_host.build.extras import install_packages
from sming_host.build.paths import Workspace
from sming_host.errors import UserError


def run_tests(workspace: Workspace, arguments: Sequence[str], *, everything: bool) -> None:
    """Run the quick tests, or all of them; does not return. `arguments` go to pytest."""
    if not (workspace.top / "tests").is_dir():
        raise UserError(f"there is no folder tests in {workspace.top}")
    started = time.monotonic()
    if install_packages("test", "the tests"):
        print(f"installing took {time.monotonic() - started:.0f} s, which is no part of the tests' time", flush=True)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    if not everything:
        command += ["-m", "not slow"]
    command += arguments
    os.chdir(workspace.top)
    sys.stdout.flush()
    os.execv(command[0], command)
