"""Packages from the machine's own package archive, for an ordinary user.

A Debian or Ubuntu machine already trusts an archive: it has the addresses, the keys and the proxy settings.
This package uses just those, through ``apt-get`` with a private state below the user's cache, so that neither
root nor any address of ours is needed and every byte is checked by apt against a signed index.

What callers need::

    from sming_host.build import archive

    tree = archive.source_package("bearssl")        # Path of the unpacked, verified source tree
    tool = archive.tool_package("gnutls")           # Tool: programs that run where they are
    subprocess.run([tool.program("gnutls-cli"), "--version"])

Both return from the cache without network, without apt and without a lock when the package is there already.
Otherwise they announce in one line what they fetch and how much it is. Whatever goes wrong for a reason that a
user can act on is an `ArchiveError` (a `sming_host.errors.UserError`) whose hint says what to do.

Pinned names and versions are in `pins`; an SConscript asks for ``env.SourcePackage("bearssl")``.
"""

from __future__ import annotations

from .cache import Progress, cache_root, print_progress
from .errors import (
    ArchiveError,
    ArchiveUnavailable,
    CacheCorrupt,
    CacheUnwritable,
    ChecksumMismatch,
    DiskFull,
    DownloadIncomplete,
    NetworkDown,
    NoApt,
    PackageMissing,
    RootInvalid,
    ToolBroken,
    UnknownPackage,
)
from .pins import SOURCES, TOOLS, SourcePin, ToolPin, root_variables
from .sources import is_cached, source_package
from .tools import Tool, tool_is_here, tool_package

__all__ = [
    "SOURCES",
    "TOOLS",
    "ArchiveError",
    "ArchiveUnavailable",
    "CacheCorrupt",
    "CacheUnwritable",
    "ChecksumMismatch",
    "DiskFull",
    "DownloadIncomplete",
    "NetworkDown",
    "NoApt",
    "PackageMissing",
    "Progress",
    "RootInvalid",
    "SourcePin",
    "Tool",
    "ToolBroken",
    "ToolPin",
    "UnknownPackage",
    "cache_root",
    "is_cached",
    "print_progress",
    "root_variables",
    "source_package",
    "tool_is_here",
    "tool_package",
]
