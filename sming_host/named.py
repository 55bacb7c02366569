"""Paths out of what users type: what is there, told without an exception.

pathlib's own tests raise for a name that no file can have (longer than 255 bytes, with a NUL character) and for what
this user may not look at. To whoever was named such a path all that means: it is not there, and the error that says so
is the caller's.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Optional, Union

from sming_host.errors import UserError


def exists(path: Union[str, Path]) -> bool:
    """Tell whether there is anything of this name."""
    return _status(path) is not None


def is_file(path: Union[str, Path]) -> bool:
    """Tell whether there is a file of this name."""
    status = _status(path)
    return status is not None and stat.S_ISREG(status.st_mode)


def is_dir(path: Union[str, Path]) -> bool:
    """Tell whether there is a folder of this name."""
    status = _status(path)
    return status is not None and stat.S_ISDIR(status.st_mode)


def expand_home(text: str, variable: str) -> Path:
    """Return the path that a variable names, with a user's home for `~`; a UserError if there is no such user."""
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise UserError(
            f"{variable}={text}: there is no such user", "~ stands for your home folder; name the folder without it."
        ) from error


def _status(path: Union[str, Path]) -> Optional[os.stat_result]:
    try:
        return Path(path).stat()
    except (OSError, ValueError):
        return None
