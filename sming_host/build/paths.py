"""Where things are, and how they are named on a compiler's command line.

Every name that reaches a compiler is relative to the folder of the SConstruct: whatever lies elsewhere (the bundle of
an installed package, sources in the user's cache) is reached through a link in `out/source`. So objects, command
lines and cache signatures are the same in every checkout.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from sming_host.errors import UserError

PACKAGE = Path(__file__).resolve().parent.parent
OUT_HINT = "What the build makes goes to out/. Was it called as root before? Then make out/ yours with chown."


def find_home() -> Path:
    """Return the folder that holds `components/` and `samples/`: the checkout, or the bundle inside the wheel."""
    checkout = PACKAGE.parent
    return checkout if (checkout / "components").is_dir() else PACKAGE / "bundle"


class Workspace:
    """The folders of one run of the build."""

    def __init__(self, top: Path, home: Path) -> None:
        self.top = top.resolve()
        self.home = home.resolve()
        self.out = self.top / "out"
        self._links: list[tuple[Path, str]] = []
        if self.home != self.top:
            self.link("sming", self.home)

    @property
    def is_checkout(self) -> bool:
        """Tell whether the SConstruct is this project's own one."""
        return self.home == self.top

    @property
    def component_folders(self) -> list[Path]:
        """Return where components are looked for: the project's own ones win."""
        folders = dict.fromkeys((self.top / "components", self.home / "components"))
        return [folder for folder in folders if folder.is_dir()]

    def link(self, name: str, folder: Path) -> Path:
        """Make `out/source/<name>` lead to a folder outside of this one and return the link's path."""
        folder = folder.resolve()
        if folder == self.top or self.top in folder.parents:
            return folder
        link = self.out / "source" / name
        if not (link.is_symlink() and link.readlink() == folder):
            make_folder(link.parent)
            # Renamed over the old one, so that another build never finds it missing.
            with tempfile.TemporaryDirectory(dir=link.parent) as scratch:
                fresh = Path(scratch) / name
                fresh.symlink_to(folder, target_is_directory=True)
                fresh.replace(link)
        self._links.append((folder, f"out/source/{name}"))
        return link

    def name(self, path: Path) -> str:
        """Return a path as it is written on a command line: relative to the top folder where that is possible."""
        text = str(path)
        top = str(self.top)
        if text == top:
            return "."
        if text.startswith(top + os.sep):
            return text[len(top) + 1 :]
        for folder, link in self._links:
            if path == folder:
                return link
            if folder in path.parents:
                return f"{link}/{path.relative_to(folder)}"
        return text


def make_folder(folder: Path, hint: str = OUT_HINT) -> None:
    """Make a folder that files can be written into, or raise a UserError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder}: {error.strerror}", hint) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UserError(f"{folder}: no permission to write there", hint)


def keep_private(folder: Path) -> None:
    """Make a folder for what holds a private key: nobody but its owner gets in."""
    make_folder(folder)
    try:
        folder.chmod(0o700)
    except OSError as error:
        raise UserError(f"{folder}: {error.strerror}", OUT_HINT) from error


def short_hash(*texts: str) -> str:
    """Return eight hexadecimal digits that stand for some texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:8]
