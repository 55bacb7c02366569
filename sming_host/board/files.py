"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sming_host.errors import UserError


@contextlib.contextmanager
def fresh_file(target: Path, private: bool = False) -> Iterator[Path]:
    """Give the name of a file beside `target` that takes its place when the block ends, and is removed on an error.

    A `private` one is for its owner alone.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    os.close(descriptor)
    path = Path(name)
    try:
        yield path
        # As for any new file; mkstemp gives it to its owner alone.
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o600 if private else 0o666 & ~mask)
        path.replace(target)
    finally:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def flash_file(target: Path) -> Iterator[Path]:
    """As `fresh_file`, for the file that FLASH_FILE names: what cannot be made is its user's to mend.

    For its owner alone: keys and passwords are in flash, too.
    """
    with contextlib.ExitStack() as stack:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            path = stack.enter_context(fresh_file(target, private=True))
        except OSError as error:
            raise UserError(f"{target}: {error.strerror}", "FLASH_FILE=… names another file.") from error
        yield path


def write_whole(target: Path, data: bytes) -> None:
    """Write a file under a temporary name, then rename it."""
    with fresh_file(target) as path:
        path.write_bytes(data)
