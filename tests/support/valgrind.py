"""valgrind, the machine's or fetched, and the symbols of loader and C library that memcheck cannot do without."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sming_host.build.archive import PackageMissing, Tool, machine, tool_package

_DEBUG = Path("/usr/lib/debug")


@dataclass(frozen=True)
class Valgrind:
    """How to use it: the command to put a program behind, and gcc's flags when that program is compiled and linked."""

    command: tuple[str, ...]
    compiler_flags: tuple[str, ...]


def valgrind(folder: Path) -> Valgrind:
    """Make it ready; `folder` is for links to symbols, if needed.

    Where the machine's loader has no symbols, programs are linked with a C library that was fetched together with its
    symbols: those of the machine's own build may be in no archive any more.
    """
    tool = tool_package("valgrind")
    command, flags = [str(tool.program("valgrind"))], _header_flags(tool)
    loader = _loader()
    if not has_symbols(loader):
        root = tool_package("libc6").root
        assert root is not None
        fetched = _inside(root, loader)
        flags += [f"-Wl,--dynamic-linker={fetched}", f"-Wl,-rpath,{fetched.resolve().parent}"]
        for name in (fetched.name, "libc.so.6"):
            _link_symbols(root, fetched.resolve().parent / name, folder)
        command.append(f"--extra-debuginfo-path={folder}")
    return Valgrind(tuple(command), tuple(flags))


def has_symbols(loader: Path) -> bool:
    """Whether valgrind finds them by itself: in the file, or where libc6-dbg has them."""
    return ".symtab" in _readelf("--section-headers", loader) or (_DEBUG / _by_build_id(loader)).is_file()


def _header_flags(tool: Tool) -> list[str]:
    if tool.root is None:
        return []
    return ["-isystem", str(tool.root / ("usr/include" if tool.origin == "archive" else "include"))]


def _loader() -> Path:
    """ld.so as programs name it."""
    found = re.search(r"program interpreter: (\S+)\]", _readelf("--program-headers", Path("/bin/sh")))
    assert found, "/bin/sh is not linked dynamically"
    return Path(found[1])


def _inside(root: Path, path: Path) -> Path:
    """The same file in an unpacked package, on either side of the merged /usr."""
    for candidate in (root / path.relative_to("/"), root / "usr" / path.relative_to("/")):
        if candidate.is_file():
            return candidate
    raise PackageMissing(f"{root} has no {path}", "Point LIBC6_ROOT=… at a tree with libc6 and libc6-dbg unpacked.")


def _link_symbols(root: Path, library: Path, folder: Path) -> None:
    """Below the extra folder valgrind looks for a debug link's name in the library's own folder, not for build-ids."""
    library = library.resolve()
    symbols = root / _DEBUG.relative_to("/") / _by_build_id(library)
    if not symbols.is_file():
        raise PackageMissing(
            f"{root} has no symbols that fit {library}: libc6 and libc6-dbg there are of two builds",
            "Remove that folder and try again later, or point LIBC6_ROOT=… at a tree with both from one build.",
        )
    name = re.search(r"\]\s+(\S+\.debug)\s*$", _readelf("--string-dump=.gnu_debuglink", library), re.MULTILINE)
    assert name, f"{library} does not say where its symbols are"
    link = folder / library.relative_to("/").parent / name[1]
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(symbols)


def _by_build_id(library: Path) -> Path:
    found = re.search(r"Build ID: ([0-9a-f]{2})([0-9a-f]+)", _readelf("--notes", library))
    assert found, f"{library} has no build-id"
    return Path(".build-id", found[1], f"{found[2]}.debug")


def _readelf(option: str, path: Path) -> str:
    # Behind the name in a debug link is its checksum, which is no text
    run = subprocess.run(
        ["readelf", "--wide", option, str(path)],
        capture_output=True, text=True, errors="replace", check=True, env=machine.plain_environment(),
    )  # fmt: skip
    return run.stdout
