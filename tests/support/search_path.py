"""A PATH with nothing but some programs on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path


def only(programs: Iterable[str], folder: Path) -> str:
    """Make the folder, with links to these programs of the machine. Returns it as the value of PATH."""
    folder.mkdir()
    for name in programs:
        program = shutil.which(name)
        assert program, f"the test needs {name}"
        (folder / name).symlink_to(program)
    return str(folder)
