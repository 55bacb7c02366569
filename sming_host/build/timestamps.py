"""Time stamps of files to the nanosecond.

SCons cuts them to whole seconds, and so misses a file that is changed twice in one second with a build in between.
"""

from __future__ import annotations

from typing import Any, Optional

import SCons.Node.FS


def _modified(node: Any) -> Optional[float]:
    status = node.stat()
    return status.st_mtime if status else None


def use_exact_timestamps() -> None:
    """Let SCons compare the time stamps that the file system keeps."""
    SCons.Node.FS.Base.getmtime = _modified
