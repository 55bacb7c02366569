"""Python packages that some targets need on top, installed into this environment on their first call.

They are the pinned optional dependencies ("extras") of this package: `test`, `docs`, `plot`.
"""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

from sming_host.errors import UserError


def missing_packages(extra: str) -> list[str]:
    """Return the pinned requirements of an extra that this Python environment does not fulfil."""
    missing = []
    for line in metadata.requires("sming-host") or ():
        requirement, _, marker = line.partition(";")
        if "extra" not in marker or marker.replace("'", '"').rpartition("==")[2].strip(' "') != extra:
            continue
        name, _, version = (part.strip() for part in requirement.partition("=="))
        try:
            fits = metadata.version(name) == version
        except metadata.PackageNotFoundError:
            fits = False
        if not fits:
            missing.append(f"{name}=={version}")
    return missing


def install_packages(extra: str, purpose: str) -> bool:
    """Install what is missing of an extra; tell whether anything was. `purpose` is for the message."""
    missing = missing_packages(extra)
    if not missing:
        return False
    print(f"downloading for {purpose}: {', '.join(missing)}", flush=True)
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *missing]
    if subprocess.run(command, check=False).returncode:
        raise UserError(
            f"the packages that {purpose} need could not be installed",
            f"See the message of pip above. By hand: pip install 'sming-host[{extra}]'.",
        )
    return True
