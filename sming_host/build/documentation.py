"""`docs`: bring Sphinx into this Python environment, then build the documentation without a warning."""

from __future__ import annotations

import subprocess
import sys

from sming_host.build.extras import install_packages
from sming_host.build.paths import Workspace
from sming_host.errors import UserError


def build_docs(workspace: Workspace) -> None:
    """Build docs/ into out/docs."""
    source = workspace.top / "docs"
    if not (source / "conf.py").is_file():
        raise UserError(f"there is no docs/conf.py in {workspace.top}", "It is this project's own documentation.")
    install_packages("docs", "the documentation")
    target = workspace.out / "docs"
    # -W: a warning is an error; --keep-going: show all of them.
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-j", "auto", "-b", "html"]
    command += ["-d", str(workspace.out / "docs-cache"), str(source), str(target)]
    if subprocess.run(command, cwd=workspace.top, check=False).returncode:
        raise UserError("the documentation has errors", "See the messages of Sphinx above.")
    print(workspace.name(target / "index.html"))
