"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


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


def write_whole(target: Path, data: bytes) -> None:
    """Write a file under a temporary name, then rename it."""
    with fresh_file(target) as path:
        path.write_bytes(data)
