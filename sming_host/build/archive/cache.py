"""The user's package cache: where it is, how entries get into it, and whether they are still what they were.

Layout below `cache_root()`::

    sources/<name>-<version>-<sha8>/   tree/ package.json manifest.json
    tools/<name>-<distribution>/       root/ bin/ package.json manifest.json
    apt/<kind>/                        private apt state (lists, configuration)
    staging/                           what is being made right now; emptied whenever the lock is taken
    lock                               held by whoever fetches; readers never take it
    fetched.jsonl                      one line for every download: what, bytes, seconds

An entry is made whole in ``staging/`` and then renamed, so another process sees all of it or nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from sming_host.named import is_dir

from .errors import CacheCorrupt, CacheUnwritable, disk_full, from_os_error

Progress = Callable[[str], None]
"""Receives one finished line of text without newline."""

PACKAGE_FILE = "package.json"
MANIFEST_FILE = "manifest.json"
FORMAT = 1
_CHUNK = 1 << 20


def print_progress(line: str) -> None:
    """The default `Progress`: stderr, so that stdout stays for what a command produces."""
    print(line, file=sys.stderr, flush=True)


def cache_root() -> Path:
    """``$XDG_CACHE_HOME/sming-host`` or ``~/.cache/sming-host``; not made here.

    A relative XDG_CACHE_HOME is ignored, as the XDG Base Directory Specification asks.
    """
    configured = os.environ.get("XDG_CACHE_HOME", "")
    if configured and Path(configured).is_absolute():
        return Path(configured) / "sming-host"
    try:
        return Path.home() / ".cache" / "sming-host"
    except RuntimeError:
        raise CacheUnwritable(
            "there is no place for the package cache: neither XDG_CACHE_HOME nor HOME is set",
            "Set XDG_CACHE_HOME to a directory that this user may write.",
        ) from None


@contextlib.contextmanager
def explained(path: Path, what: str) -> Iterator[None]:
    """Turn a full disk or a missing permission below `path` into its typed error; let everything else pass."""
    try:
        yield
    except OSError as error:
        typed = from_os_error(error, path, what)
        if typed is None:
            raise
        raise typed from error


@contextlib.contextmanager
def locked(progress: Progress) -> Iterator[Path]:
    """Hold the cache's one lock; yields the cache root with an empty ``staging/``.

    One lock for all fetches: they share the private apt state and the network, so there is nothing to win from
    more, and one lock cannot deadlock. What a killed process left in ``staging/`` goes now, because nobody else
    can be at work there.
    """
    root = cache_root()
    with explained(root, "preparing it"):
        root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("waiting for another build that is filling the package cache")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        staging = root / "staging"
        with explained(root, "preparing it"):
            if staging.exists():
                shutil.rmtree(staging)
            staging.mkdir()
        try:
            yield root
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    finally:
        os.close(descriptor)


def require_room(path: Path, needed: int, what: str) -> None:
    """Raise DiskFull early when the disk below `path` has fewer than `needed` bytes for this user."""
    free = shutil.disk_usage(path).free
    if free < needed:
        raise disk_full(path, what, needed, free)


def sha256_of(path: Path) -> str:
    """Hex digest of a file's content."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while True:
            block = stream.read(_CHUNK)
            if not block:
                return digest.hexdigest()
            digest.update(block)


@dataclass(frozen=True)
class Entry:
    """One published package: a directory with the package's record, its manifest and the tree itself."""

    path: Path
    tree: str

    @property
    def root(self) -> Path:
        """The unpacked files."""
        return self.path / self.tree

    def exists(self) -> bool:
        """Also true for a damaged entry: `load` says what is wrong with it."""
        return is_dir(self.path)

    def load(self) -> dict[str, Any]:
        """The record; raises CacheCorrupt when it cannot be read or belongs to another format."""
        return self._json(PACKAGE_FILE)

    def corrupt(self, what: str) -> CacheCorrupt:
        """The error for this entry. It is not repaired behind the user's back: the edit may be theirs."""
        return CacheCorrupt(
            f"cached package {self.path} is damaged: {what}",
            f"Remove it with: rm -rf '{self.path}'  — the next build fetches it again. "
            "To keep changes of your own, copy the tree away first and point the package's …_ROOT variable at it.",
        )

    def verify(self, full: bool = False) -> None:
        """Compare the tree with the manifest; raises CacheCorrupt at the first difference.

        The quick form looks at names, sizes and modification times, and hashes only files whose time changed;
        `full` hashes every file.
        """
        manifest = self._json(MANIFEST_FILE)["files"]
        seen = 0
        for relative, status in _walk(self.root):
            recorded = manifest.get(relative)
            if recorded is None:
                raise self.corrupt(f"{self.tree}/{relative} does not belong to it")
            seen += 1
            self._compare(relative, status, recorded, full)
        if seen != len(manifest):
            present = {relative for relative, _ in _walk(self.root)}
            missing = sorted(set(manifest) - present)
            raise self.corrupt(f"{self.tree}/{missing[0]} is missing")

    def _compare(self, relative: str, status: os.stat_result, recorded: list[Any], full: bool) -> None:
        path = self.root / relative
        name = f"{self.tree}/{relative}"
        if stat.S_ISLNK(status.st_mode):
            if recorded[0] != "link" or str(path.readlink()) != recorded[1]:
                raise self.corrupt(f"{name} is a different link")
            return
        size, mtime, digest = recorded
        if status.st_size != size:
            raise self.corrupt(f"{name} has {status.st_size} bytes instead of {size}")
        if (full or status.st_mtime_ns != mtime) and sha256_of(path) != digest:
            raise self.corrupt(f"{name} has other content than the package")

    def _json(self, name: str) -> dict[str, Any]:
        try:
            data = json.loads((self.path / name).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise self.corrupt(f"{name} cannot be read ({error})") from error
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise self.corrupt(f"{name} is not in format {FORMAT}")
        return data


def _walk(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Every file and link below `root`, with its path relative to it; directories do not count."""
    pending = [""]
    while pending:
        prefix = pending.pop()
        try:
            listing = os.scandir(root / prefix)
        except FileNotFoundError:
            continue
        with listing:
            for item in listing:
                relative = prefix + item.name
                if item.is_dir(follow_symlinks=False):
                    pending.append(relative + "/")
                else:
                    yield relative, item.stat(follow_symlinks=False)


def publish(staged: Path, entry: Entry, record: Mapping[str, Any]) -> None:
    """Write record and manifest into `staged` and move it to its place in one step."""
    files: dict[str, list[Any]] = {}
    size = 0
    for relative, status in _walk(staged / entry.tree):
        path = staged / entry.tree / relative
        if stat.S_ISLNK(status.st_mode):
            files[relative] = ["link", str(path.readlink())]
        else:
            files[relative] = [status.st_size, status.st_mtime_ns, sha256_of(path)]
            size += status.st_size
    data = {"format": FORMAT, "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "size": size, **record}
    manifest = {"format": FORMAT, "files": files}
    (staged / MANIFEST_FILE).write_text(json.dumps(manifest, sort_keys=True), "utf-8")
    (staged / PACKAGE_FILE).write_text(json.dumps(data, indent=2, sort_keys=True) + "\n", "utf-8")
    entry.path.parent.mkdir(parents=True, exist_ok=True)
    staged.rename(entry.path)


def log_fetch(root: Path, name: str, size: int, seconds: float) -> None:
    """Count a download, so that tests can report downloads apart from their own time."""
    line = {"name": name, "bytes": size, "seconds": round(seconds, 3), "at": round(time.time(), 3)}
    with (root / "fetched.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")


def entries() -> list[Entry]:
    """Everything published in the cache, for `doctor`."""
    root = cache_root()
    places = [(root / name, inside) for name, inside in (("sources", "tree"), ("tools", "root"))]
    return [
        Entry(path, inside)
        for folder, inside in places
        if is_dir(folder)
        for path in sorted(folder.glob("*"))
        if path.is_dir()
    ]
