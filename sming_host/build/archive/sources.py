"""Source packages: one upstream tarball, pinned by version and SHA-256, unpacked into the cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import time
from pathlib import Path, PurePosixPath
from typing import Optional

from sming_host.named import expand_home, is_dir, is_file

from .apt import Apt
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
from .errors import ArchiveUnavailable, ChecksumMismatch, DownloadIncomplete, PackageMissing, RootInvalid, disk_full
from .pins import SourcePin, source_pin

# Unpacked sources are 6 to 10 times their compressed tarball; the index takes up to 60 MB.
_ROOM_FACTOR = 12
_ROOM_INDEX = 60_000_000


def source_package(name: str, *, root: Optional[str] = None, progress: Progress = print_progress) -> Path:
    """Path of the unpacked source tree of `name`, fetched on first use.

    `root` is the user's own tree (the value of the pin's ``…_ROOT`` variable); None or "" asks the environment for
    that variable. The user's tree is checked for the files that the build takes from it and then used as it is,
    whatever its version. A cached tree is compared with its manifest on every call (milliseconds).

    Raises an `ArchiveError`; see the classes in `errors`.
    """
    pin = source_pin(name)
    own = root or os.environ.get(pin.variable, "")
    if own:
        return user_tree(pin, own)
    entry = source_entry(pin)
    if not entry.exists():
        with locked(progress) as cache:
            if not entry.exists():
                _fetch(pin, entry, cache, progress)
    entry.load()
    entry.verify()
    return entry.root


def is_cached(name: str) -> bool:
    """Whether `source_package` would need no network; a damaged entry counts as cached."""
    return source_entry(source_pin(name)).exists()


def source_entry(pin: SourcePin) -> Entry:
    """Where the package is or will be; the digest in the name keeps pins of two checkouts apart."""
    return Entry(cache_root() / "sources" / f"{pin.name}-{pin.version}-{pin.sha256[:8]}", "tree")


def user_tree(pin: SourcePin, value: str) -> Path:
    """Check a tree that the user named; raises RootInvalid."""
    path = expand_home(value, pin.variable)
    if not is_dir(path):
        raise RootInvalid(f"{pin.variable}={value}: there is no such directory", f"Expected: {pin.name} sources.")
    for relative in pin.expect:
        if not is_file(path / relative):
            raise RootInvalid(
                f"{pin.variable}={value}: this is not a source tree of {pin.name}, it has no {relative}",
                f"Name the directory that contains {relative} (tested with {pin.name} {pin.version}).",
            )
    return path.resolve()


def _fetch(pin: SourcePin, entry: Entry, cache: Path, progress: Progress) -> None:
    started = time.monotonic()
    with explained(cache, f"fetching {pin.name}"):
        require_room(cache, _ROOM_INDEX, f"reading the package index for {pin.name}")
        apt = Apt(cache, "deb-src", progress, pin.variable)
        apt.update()
        staged = cache / "staging" / entry.path.name
        download = cache / "staging" / "download"
        try:
            tarball = _download(pin, apt, download, progress)
        except (ArchiveUnavailable, PackageMissing):
            # The archive may have moved on since the index was read.
            if not apt.refresh():
                raise
            tarball = _download(pin, apt, download, progress)
        size = tarball.stat().st_size
        require_room(cache, size * _ROOM_FACTOR, f"unpacking {pin.name}")
        unpack_tarball(tarball, staged / entry.tree)
        for relative in pin.expect:
            if not (staged / entry.tree / relative).is_file():
                raise ChecksumMismatch(f"the tarball of {pin.name} {pin.version} has no {relative}", "Report this.")
        record = {"name": pin.name, "version": pin.version, "sha256": pin.sha256, "tarball": tarball.name}
        publish(staged, entry, record)
        log_fetch(cache, pin.name, size, time.monotonic() - started)


def _download(pin: SourcePin, apt: Apt, into: Path, progress: Progress) -> Path:
    version, filename, size = apt.source_version(pin.name, pin.sha256)
    progress(f"fetching {pin.name} {version} ({_megabytes(size)}) from this machine's package archive")
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    apt.download_source(pin.name, version, into)
    tarball = into / filename
    have = tarball.stat().st_size if tarball.is_file() else 0
    if have != size:
        raise DownloadIncomplete(
            f"the download of {filename} stopped after {have} of {size} bytes",
            "Build again when the connection is stable. Nothing half-made was kept.",
        )
    digest = sha256_of(tarball)
    if digest != pin.sha256:
        raise ChecksumMismatch(
            f"{filename} has SHA-256 {digest}, but {pin.sha256} is pinned",
            "It was not kept. A proxy or mirror may have altered it; if it happens again, report it.",
        )
    return tarball


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.0f} kB"


def unpack_tarball(tarball: Path, tree: Path) -> None:
    """Unpack regular files, directories and inner links; the single top folder of the tarball becomes `tree`."""
    tree.mkdir(parents=True)
    try:
        with tarfile.open(tarball) as archive:
            for member in archive:
                _unpack_member(archive, member, tree)
    except tarfile.CompressionError:
        # This Python was built without lzma or bz2; tar has its own way.
        _unpack_with_tar(tarball, tree)
    except (tarfile.TarError, EOFError) as error:
        raise ChecksumMismatch(f"{tarball.name} cannot be unpacked: {error}", "It was not kept.") from error


def _unpack_member(archive: tarfile.TarFile, member: tarfile.TarInfo, tree: Path) -> None:
    parts = PurePosixPath(member.name).parts
    if parts and parts[0] == ".":
        parts = parts[1:]
    if not parts[1:]:
        return
    if ".." in parts or PurePosixPath(member.name).is_absolute():
        raise tarfile.TarError(f"{member.name} points out of the tree")
    path = tree.joinpath(*parts[1:])
    if member.isdir():
        path.mkdir(parents=True, exist_ok=True)
    elif member.isreg():
        path.parent.mkdir(parents=True, exist_ok=True)
        content = archive.extractfile(member)
        if content is None:
            raise tarfile.TarError(f"{member.name} has no content")
        with content, path.open("wb") as stream:
            shutil.copyfileobj(content, stream)
        path.chmod(0o755 if member.mode & 0o100 else 0o644)
        os.utime(path, (member.mtime, member.mtime))
    elif member.issym():
        target = PurePosixPath(os.path.normpath(PurePosixPath(*parts[1:]).parent / member.linkname))
        if target.is_absolute() or ".." in target.parts:
            raise tarfile.TarError(f"{member.name} links out of the tree")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(member.linkname)


def _unpack_with_tar(tarball: Path, tree: Path) -> None:
    command = ["tar", "--extract", "--no-same-owner", "--strip-components=1", "--file", str(tarball), "-C", str(tree)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No space left" in result.stderr:
        raise disk_full(tree, f"unpacking {tarball.name}")
    if result.returncode != 0:
        detail = (result.stderr.strip().splitlines() or ["tar gave no reason"])[-1]
        raise ChecksumMismatch(
            f"{tarball.name} cannot be unpacked ({detail})",
            "This Python lacks the lzma module and tar lacks a decompressor: install xz-utils.",
        )
