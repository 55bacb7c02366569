"""`docs`: bring Sphinx into this Python environment, then build the documentation without a warning."""

from __future__ import annotations

import shutil
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
    target, cache = workspace.out / "docs", workspace.out / "docs-cache"
    # -W: a warning is an error; --keep-going: show all of them.
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-j", "auto", "-b", "html"]
    command += ["-d", str(cache), str(source), str(target)]
    if subprocess.run(command, cwd=workspace.top, check=False).returncode:
        # A page that is not read again would not be warned of again
        shutil.rmtree(cache, ignore_errors=True)
        raise UserError("the documentation has errors", "See the messages of Sphinx above.")
    print(workspace.name(target / "index.html"))
