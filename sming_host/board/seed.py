"""The seed of an ESP8266's random numbers: drawn anew for each `flash`, and written to two sectors of their own.

The area is what components/hal/flash/settings_log.c makes of flash, with the one file that is described in
components/hal/esp8266/device_seed.h: the first sector is the current bank, the second one is erased, so that nothing of
an earlier seed stays. The secret exists here only in memory, and in a file of its owner's for as long as esptool runs.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import struct
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from sming_host.build.soc import Region

SECRET_SIZE = 32

_BANK_MAGIC = 0x534C4731
_RECORD_MAGIC = 0x53520000
_NAME = b"seed"
_VERSION = 1


def make_area(size: int, secret: bytes) -> bytes:
    """Return the contents of the area: no start has been counted yet."""
    if len(secret) != SECRET_SIZE:
        raise AssertionError(f"a secret has {SECRET_SIZE} bytes")
    data = struct.pack("<II", _VERSION, 0) + secret
    area = _with_crc(struct.pack("<II", _BANK_MAGIC, 1))
    area += _with_crc(struct.pack("<III", _RECORD_MAGIC, len(_NAME), len(data)))
    area += struct.pack("<I", zlib.crc32(_NAME + data)) + _NAME + data
    return area.ljust(size, b"\xff")


def draw_area(region: Region) -> bytes:
    """Return the contents of the area with a secret that nobody else has."""
    return make_area(region.size, secrets.token_bytes(SECRET_SIZE))


@contextlib.contextmanager
def seed_file(region: Region) -> Iterator[Path]:
    """Give the name of a file with a fresh area; it is overwritten and removed when the block ends."""
    # mkstemp: for its owner alone
    descriptor, name = tempfile.mkstemp(prefix="sming-seed-")
    path = Path(name)
    try:
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            file.write(draw_area(region))
            try:
                yield path
            finally:
                file.seek(0)
                file.write(bytes(region.size))
    finally:
        path.unlink(missing_ok=True)


def _with_crc(header: bytes) -> bytes:
    return header + struct.pack("<I", zlib.crc32(header))
