"""Make unpacked binary packages run where they are, at whatever path that is.

A package expects to be unpacked at ``/`` and to have its maintainer scripts run. Here neither happens, so the
steps that matter are redone: absolute links become relative, the alternatives that ``postinst`` registers become
links, directories that ``ld.so.conf.d`` or a program's run path names go into LD_LIBRARY_PATH, and GCC specs find
their files relative to the compiler. Nothing written here contains the path of the tree, so it can still be moved.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Optional

from .elf import run_paths

_PROGRAM_FOLDERS = ("usr/bin", "usr/sbin", "bin", "sbin", "usr/games")
_SHARED_LIBRARY = re.compile(r"^lib[^/]*\.so(?:\.[0-9.]+)?$")

_WRAPPER = """\
#!/bin/sh
# {note}
self=$0
[ -L "$self" ] && self=$(readlink -f "$self")
case $self in */*) ;; *) self=$(command -v "$self") ;; esac
root=${{self%/*}}/../root
{settings}exec "$root/{program}" "$@"
"""


def mend_links(root: Path) -> None:
    """Absolute links to something inside the tree become relative; others stay as they are."""
    for path in list(_files(root)):
        if path.is_symlink():
            target = str(path.readlink())
            if target.startswith("/"):
                inside = find_inside(root, target)
                if inside is not None:
                    path.unlink()
                    path.symlink_to(os.path.relpath(inside, path.parent))


def find_inside(root: Path, target: str) -> Optional[Path]:
    """What the absolute path `target` means inside the tree: there, or on the other side of the merged /usr."""
    plain = target.lstrip("/")
    other = plain[4:] if plain.startswith("usr/") else "usr/" + plain
    for relative in (plain, other):
        candidate = root / relative
        if candidate.is_symlink() or candidate.exists():
            return candidate
    return None


def apply_alternatives(root: Path, script: str) -> list[str]:
    """Redo the ``update-alternatives --install`` calls of a postinst script; returns the links made.

    Only calls with literal paths are understood. The first package to register a link wins, which is enough: a
    tool's closure has one provider for each.
    """
    made = []
    joined = re.sub(r"\\\n", " ", script)
    for line in joined.splitlines():
        if "update-alternatives" not in line or "--install" not in line:
            continue
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            continue
        pairs = []
        for index, word in enumerate(words):
            if word in ("--install", "--slave") and index + 3 < len(words):
                pairs.append((words[index + 1], words[index + 3]))
        for link, target in pairs:
            inside = find_inside(root, target)
            path = root / link.lstrip("/")
            if inside is not None and link.startswith("/") and not (path.is_symlink() or path.exists()):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.symlink_to(os.path.relpath(inside, path.parent))
                made.append(link)
    return made


def library_folders(root: Path) -> list[str]:
    """Folders (relative to the tree) that the dynamic loader has to search, most usual first."""
    wanted: dict[str, None] = {}
    for top in ("usr/lib", "lib"):
        for folder in [*sorted((root / top).glob("*-linux-*")), root / top]:
            if folder.is_dir() and any(_SHARED_LIBRARY.match(path.name) for path in folder.iterdir()):
                wanted[str(folder.relative_to(root))] = None
    for line in _configured_folders(root):
        wanted.setdefault(line)
    for path in _files(root):
        if not path.is_symlink() and (path.stat().st_mode & 0o111 or ".so" in path.name):
            for folder_name in run_paths(path):
                inside = find_inside(root, folder_name) if folder_name.startswith("/") else None
                if inside is not None and inside.is_dir():
                    wanted.setdefault(str(inside.relative_to(root)))
    return list(wanted)


def _configured_folders(root: Path) -> Iterator[str]:
    for configuration in sorted((root / "etc/ld.so.conf.d").glob("*.conf")):
        for line in configuration.read_text("utf-8", "replace").splitlines():
            inside = find_inside(root, line.strip()) if line.startswith("/") else None
            if inside is not None and inside.is_dir():
                yield str(inside.relative_to(root))


def relocate_specs(root: Path) -> None:
    """GCC specs files name headers and libraries by absolute path; make them relative to the compiler.

    The driver sets GCC_EXEC_PREFIX (``…/usr/lib/gcc/``) before it reads specs, and the spec function ``getenv``
    joins it with what follows.
    """
    for path in _files(root):
        if path.suffix == ".specs" and not path.is_symlink():
            text = path.read_text("utf-8", "replace")
            changed = _relative_specs(root, text)
            if changed != text:
                path.write_text(changed, "utf-8")


def _relative_specs(root: Path, text: str) -> str:
    """Put every path into a call of ``getenv``, whole: a spec function's result ends the word it stands in."""
    done = ""
    while True:
        match = re.search(r"/usr/[a-z]+/[^\s%{};]*", text)
        if match is None:
            return done + text
        end = _word_end(text, match.start())
        path = text[match.start() : end]
        if find_inside(root, match.group(0)) is not None:
            # %s would look a bare name up in the library folders; a whole path needs no looking up.
            path = f"%:getenv(GCC_EXEC_PREFIX ../../{path[len('/usr/') :].removesuffix('%s')})"
        done += text[: match.start()] + path
        text = text[end:]


def _word_end(text: str, start: int) -> int:
    """Index behind the word at `start`: white space, ``;`` or a closing brace that is not the word's own."""
    depth = 0
    for index in range(start, len(text)):
        character = text[index]
        if character == "{":
            depth += 1
        elif character == "}" and depth:
            depth -= 1
        elif depth == 0 and (character in ";}" or character.isspace()):
            return index
    return len(text)


def find_program(root: Path, name: str) -> Optional[Path]:
    """The program in the tree, or None. A name with a slash is a path inside the tree."""
    if "/" in name:
        return root / name if os.access(root / name, os.X_OK) else None
    for folder in _PROGRAM_FOLDERS:
        path = root / folder / name
        if path.is_file() and os.access(path, os.X_OK):
            return path
    return None


def fill_in(root: Path, value: str) -> str:
    """Replace ``{folder:NAME}`` by ``{root}/…``, the folder that has the file NAME; unchanged if there is none."""

    def folder(match: re.Match[str]) -> str:
        found = next((path for path in _files(root) if path.name == match[1]), None)
        return match[0] if found is None else f"{{root}}/{found.parent.relative_to(root)}"

    return re.sub(r"\{folder:([^}]+)\}", folder, value)


def write_wrapper(
    path: Path, root: Path, program: Path, libraries: Iterable[str], environment: Mapping[str, str], note: str
) -> None:
    """A shell script that starts `program` with its own libraries; it finds the tree beside its own folder.

    LD_LIBRARY_PATH rather than an altered run path: a compiler's helpers are started by the compiler and need the
    same libraries. What they are joined with, the C library, is always the machine's.
    """
    settings = ""
    folders = ":".join(f"$root/{folder}" for folder in libraries)
    if folders:
        settings += f'LD_LIBRARY_PATH="{folders}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"\nexport LD_LIBRARY_PATH\n'
    for name, value in environment.items():
        settings += f'{name}="{value.replace("{root}", "$root")}"\nexport {name}\n'
    text = _WRAPPER.format(note=note, settings=settings, program=program.relative_to(root))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755)


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        for name in files:
            path = Path(folder, name)
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode) or stat.S_ISLNK(mode):
                yield path
        for name in folders:
            path = Path(folder, name)
            if path.is_symlink():
                yield path
