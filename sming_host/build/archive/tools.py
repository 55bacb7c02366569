"""Tools: binary packages with the libraries they need, unpacked into the cache and run from there."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from sming_host.named import expand_home, is_file

from . import machine, relocate
from .apt import Apt, Deb, versions
from .cache import (
    Entry,
    Progress,
    cache_root,
    explained,
    locked,
    log_fetch,
    print_progress,
    publish,
    require_room,
    sha256_of,
)
from .errors import ArchiveUnavailable, DownloadIncomplete, PackageMissing, RootInvalid, ToolBroken, disk_full
from .pins import ToolPin, tool_pin

# Unpacked binaries are 3 to 6 times their packages, and both are there for a moment.
_ROOM_FACTOR = 7
_ROOM_INDEX = 60_000_000
_SMOKE_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Tool:
    """A tool that is ready to run.

    `programs` maps each pinned program to an executable file; `versions` has the exact version of every package it
    was made from (empty for a tool of the machine's or the user's own, `origin` says which). `root` is the tree of
    the packages, or the prefix the user named, or None for the machine's programs.
    """

    name: str
    origin: str
    programs: Mapping[str, Path]
    versions: Mapping[str, str]
    root: Optional[Path]

    def program(self, name: str) -> Path:
        """Path of one of the pinned programs; KeyError for any other name."""
        return self.programs[name]

    @property
    def path(self) -> Path:
        """Folder with the programs, to be put in front of PATH; they need no further setting."""
        return next(iter(self.programs.values())).parent

    @property
    def env(self) -> dict[str, str]:
        """This process's environment with `path` first in PATH."""
        environment = dict(os.environ)
        environment["PATH"] = os.pathsep.join([str(self.path), environment.get("PATH", os.defpath)])
        return environment


def tool_package(name: str, *, root: Optional[str] = None, progress: Progress = print_progress) -> Tool:
    """The tool `name` of the table in `pins`, fetched on first use.

    In this order: the prefix that `root` or the tool's ``…_ROOT`` variable names; the machine's own programs, if the
    pin says ``host_first``; the cache; the package archive. Raises an `ArchiveError`.
    """
    pin = tool_pin(name)
    own = root or os.environ.get(pin.variable, "")
    if own:
        return _user_tool(pin, own)
    if pin.host_first:
        found = {program: _on_path(program) for program in pin.program_names}
        programs = {program: path for program, path in found.items() if path is not None}
        if len(programs) == len(pin.programs):
            return Tool(pin.name, "machine", programs, {}, None)
    return fetched_tool(pin, progress)


def tool_is_here(name: str, *, root: Optional[str] = None) -> bool:
    """Tell whether `tool_package` would return without fetching anything."""
    pin = tool_pin(name)
    if root or os.environ.get(pin.variable, ""):
        return True
    if pin.host_first and all(_on_path(program) for program in pin.program_names):
        return True
    return tool_entry(pin).exists()


def fetched_tool(pin: ToolPin, progress: Progress) -> Tool:
    """The tool from the cache or, failing that, from the archive, whatever else the machine has."""
    entry = tool_entry(pin)
    if not entry.exists():
        with locked(progress) as cache:
            if not entry.exists():
                _fetch(pin, entry, cache, progress)
    record = entry.load()
    programs: dict[str, Path] = {}
    for program in pin.program_names:
        wrapper = entry.path / "bin" / program
        recorded = record["programs"].get(program)
        real = entry.root / recorded[0] if recorded else None
        if real is None or not wrapper.is_file() or not real.is_file() or real.stat().st_size != recorded[1]:
            raise entry.corrupt(f"the program {program} is missing or altered")
        programs[program] = wrapper
    return Tool(pin.name, "archive", programs, record["packages"], entry.root)


def tool_entry(pin: ToolPin) -> Entry:
    """Where the tool is or will be; the distribution is in the name because a home may be shared by machines."""
    majors = "-".join(pin.majors) or "any"
    return Entry(cache_root() / "tools" / f"{pin.name}-{majors}-{machine.distribution()[0]}", "root")


def _on_path(program: str) -> Optional[Path]:
    """Like shutil.which, also in the sbin folders beside PATH's bin folders, where daemons are."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    beside = [str(Path(folder).with_name("sbin")) for folder in folders if Path(folder).name == "bin"]
    found = shutil.which(program, path=os.pathsep.join(folders + beside))
    return None if found is None else Path(found)


def _user_tool(pin: ToolPin, value: str) -> Tool:
    prefix = expand_home(value, pin.variable)
    programs = {}
    for program in pin.program_names:
        candidates = [prefix / folder / program for folder in ("bin", "sbin", "")]
        found = [path for path in candidates if is_file(path) and os.access(path, os.X_OK)]
        if not found:
            raise RootInvalid(
                f"{pin.variable}={value}: there is no program {program} in its bin, in its sbin or in itself",
                f"Name the prefix of an installation that has {', '.join(pin.program_names)}.",
            )
        programs[program] = found[0].absolute()
    return Tool(pin.name, "user", programs, {}, prefix.absolute())


def _fetch(pin: ToolPin, entry: Entry, cache: Path, progress: Progress) -> None:
    started = time.monotonic()
    with explained(cache, f"fetching {pin.name}"):
        require_room(cache, _ROOM_INDEX, f"reading the package index for {pin.name}")
        apt = Apt(cache, "deb", progress, pin.variable)
        apt.update()
        folder = cache / "staging" / "download"
        try:
            debs = _download(pin, apt, folder, progress)
        except (ArchiveUnavailable, PackageMissing):
            # The archive may have moved on since the index was read.
            if not apt.refresh():
                raise
            debs = _download(pin, apt, folder, progress)
        size = sum(deb.size for deb in debs)
        require_room(cache, size * (_ROOM_FACTOR - 1), f"unpacking {pin.name}")
        staged = cache / "staging" / entry.path.name
        tree = staged / entry.tree
        tree.mkdir(parents=True)
        _unpack(debs, folder, tree)
        record = {
            "name": pin.name,
            "requested": list(pin.packages),
            "packages": dict(versions(debs)),
            "debs": {deb.filename: sha256_of(folder / deb.filename) for deb in debs},
            "distribution": machine.distribution()[0],
            "programs": _make_runnable(pin, staged, tree, versions(debs)),
        }
        shutil.rmtree(folder)
        _smoke(pin, staged, versions(debs))
        publish(staged, entry, record)
        log_fetch(cache, pin.name, size, time.monotonic() - started)


def _download(pin: ToolPin, apt: Apt, folder: Path, progress: Progress) -> list[Deb]:
    debs = apt.closure(pin.packages, pin.drop, alone=pin.alone)
    chosen = {deb.name: deb for deb in debs}
    main = chosen.get(pin.packages[0])
    if main is None:
        raise PackageMissing(f"apt lists no download for {pin.packages[0]}", f"Point {pin.variable}=… at the tool.")
    if pin.majors and major_of(main.version) not in pin.majors:
        raise PackageMissing(
            f"this machine's package archive has {main.name} {main.version}, but version "
            f"{' or '.join(pin.majors)} is wanted",
            f"Point {pin.variable}=… at the prefix of an installation of that version.",
        )
    size = sum(deb.size for deb in debs)
    others = f" with {len(debs) - 1} packages it needs" if len(debs) > 1 else ""
    progress(f"fetching {main.name} {main.version}{others} ({size / 1e6:.1f} MB) from this machine's package archive")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    require_room(folder, size * _ROOM_FACTOR, f"fetching {pin.name}")
    apt.download(debs, folder)
    for deb in debs:
        path = folder / deb.filename
        have = path.stat().st_size if path.is_file() else 0
        if have != deb.size:
            raise DownloadIncomplete(
                f"the download of {deb.filename} stopped after {have} of {deb.size} bytes",
                "Build again when the connection is stable. Nothing half-made was kept.",
            )
    return debs


def major_of(version: str) -> str:
    """First number of a Debian version: "3" of "3.7.9-2+deb12u7", "2" of "1:2.0.11-1"."""
    upstream = version.split(":", 1)[-1]
    return upstream.split("-", 1)[0].split("+", 1)[0].split(".", 1)[0].split("~", 1)[0]


def _unpack(debs: Sequence[Deb], folder: Path, tree: Path) -> None:
    def one(deb: Deb) -> subprocess.CompletedProcess[str]:
        command = ["dpkg-deb", "--extract", str(folder / deb.filename), str(tree)]
        return subprocess.run(command, capture_output=True, text=True, env=machine.plain_environment(), check=False)

    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for deb, result in zip(debs, pool.map(one, debs)):
            if "No space left" in result.stderr or "quota exceeded" in result.stderr:
                raise disk_full(tree.parent.parent.parent, f"unpacking {deb.filename}")
            if result.returncode != 0:
                raise DownloadIncomplete(
                    f"{deb.filename} cannot be unpacked: {(result.stderr.strip().splitlines() or ['?'])[-1]}",
                    "It was not kept; build again.",
                )
    for deb in debs:
        relocate.apply_alternatives(tree, _postinst(folder / deb.filename))
    relocate.mend_links(tree)
    relocate.relocate_specs(tree)


def _postinst(deb: Path) -> str:
    """The package's postinst script, "" if it has none."""
    command = ["dpkg-deb", "--info", str(deb), "postinst"]
    result = subprocess.run(
        command, capture_output=True, text=True, errors="replace", env=machine.plain_environment(), check=False
    )
    return result.stdout if result.returncode == 0 else ""


def _make_runnable(pin: ToolPin, staged: Path, tree: Path, exact: Mapping[str, str]) -> dict[str, Any]:
    """Write the wrappers; returns path and size of each real program for the quick check on every use."""
    libraries = relocate.library_folders(tree)
    note = f"{pin.packages[0]} {exact[pin.packages[0]]}"
    environment = {name: relocate.fill_in(tree, value) for name, value in pin.environment.items()}
    table: dict[str, Any] = {}
    for name in pin.programs:
        program = relocate.find_program(tree, name)
        if program is None:
            raise ToolBroken(
                f"package {pin.packages[0]} {exact[pin.packages[0]]} has no program {name}",
                f"Point {pin.variable}=… at the prefix of an installation that has it.",
            )
        relocate.write_wrapper(staged / "bin" / Path(name).name, tree, program, libraries, environment, note)
        table[Path(name).name] = [str(program.relative_to(tree)), program.stat().st_size]
    return table


def _smoke(pin: ToolPin, staged: Path, exact: Mapping[str, str]) -> None:
    """Run the tool once before anybody relies on it."""
    if not pin.smoke:
        return
    words = [word.replace("{root}", str(staged / "root")) for word in pin.smoke[1:]]
    folder = staged / "smoke"
    folder.mkdir()
    try:
        result = subprocess.run(
            [str(staged / "bin" / pin.smoke[0]), *words],
            cwd=folder,
            input=pin.smoke_input,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_SMOKE_TIMEOUT_S,
            check=False,
        )
        output = result.stdout.strip()
        works = pin.answer in output if pin.answer else result.returncode == 0 and not output
        said = [line for line in output.splitlines() if "error" in line] or output.splitlines()[-1:] or ["no output"]
        reason = f"exit status {result.returncode}: {said[0]}"
    except subprocess.TimeoutExpired:
        works, reason = False, f"no answer within {_SMOKE_TIMEOUT_S:.0f} s"
    shutil.rmtree(folder)
    if not works:
        raise ToolBroken(
            f"{pin.smoke[0]} of package {pin.packages[0]} {exact[pin.packages[0]]} does not run here ({reason})",
            f"It was not kept. Point {pin.variable}=… at the prefix of an installation that works.",
        )
