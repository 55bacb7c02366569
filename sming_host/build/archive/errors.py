"""What can go wrong on the way from the package archive to the cache, one class for each remedy."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Optional

from sming_host.errors import UserError


class ArchiveError(UserError):
    """Base of everything in this module; never raised itself."""


class UnknownPackage(ArchiveError):
    """No such name in `pins`."""


class RootInvalid(ArchiveError):
    """A variable such as BEARSSL_ROOT names a tree that lacks what the build takes from it."""


class NoApt(ArchiveError):
    """The machine has no apt, so nothing can be fetched; the user's own tools and sources are needed."""


class NetworkDown(ArchiveError):
    """No index of the archive could be read, or a download could not be started."""


class ArchiveUnavailable(ArchiveError):
    """The archive answered, but apt refuses it: signature, date or configuration."""


class PackageMissing(ArchiveError):
    """The archive of this machine does not carry the package in a version that is pinned."""


class DownloadIncomplete(ArchiveError):
    """apt ended without an error, yet a file is missing or shorter than announced, or it was interrupted."""


class ChecksumMismatch(ArchiveError):
    """A file arrived whole but is not the pinned one."""


class CacheCorrupt(ArchiveError):
    """A cached package is no longer what was put there."""


class CacheUnwritable(ArchiveError):
    """The cache directory cannot be made or written."""


class DiskFull(ArchiveError):
    """Not enough room for what is to be fetched or unpacked."""


class ToolBroken(ArchiveError):
    """A tool was fetched and unpacked, but does not run on this machine."""


def from_os_error(error: OSError, path: Path, what: str) -> Optional[ArchiveError]:
    """The typed error for a failed write below `path` while doing `what`, or None if it is of no known kind."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(path, what)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG):
        return CacheUnwritable(
            f"the package cache {path} cannot be written ({error.strerror}) while {what}",
            "Make it writable for this user, or set XDG_CACHE_HOME to a directory that is.",
        )
    return None


def disk_full(path: Path, what: str, needed: int = 0, free: Optional[int] = None) -> DiskFull:
    """`needed` and `free` are bytes; without them the message says only that there is no room."""
    room = ""
    if needed and free is not None:
        room = f": {needed / 1e6:.0f} MB needed, {free / 1e6:.0f} MB free"
    return DiskFull(
        f"no room left below {path} while {what}{room}",
        "Free some space there, or set XDG_CACHE_HOME to a directory on a larger disk. Nothing half-made was kept.",
    )
