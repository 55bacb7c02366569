"""The TLS adapters that tests of sessions run over, each with the library that is built with it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from sming_host.tls import Library, default_library
from tests.support.apps import ADAPTER_FOLDER, ROOT, scons

ADAPTERS = ("Bearssl", "Axtls")
"""Values of ENABLE_SSL."""

GIVEN = os.environ.get("SMING_HOST_LIBRARY")
"""A library that someone else built: tests run on it alone."""


def wanted() -> tuple[str, ...]:
    """The adapters to be tested."""
    return ADAPTERS if GIVEN is None else (Library(GIVEN).engine,)


def build_library(adapter: str, sanitizers: str = "") -> Path:
    """Build the library with an adapter, from the sources as they are now."""
    built = scons("SMING_SOC=host", f"ENABLE_SSL={adapter}", f"SANITIZERS={sanitizers}", "host-api")
    assert built.returncode == 0, built.stdout[-6000:]
    return ROOT / "out" / "host" / output_folder(adapter, sanitizers) / "host-api" / "libsming-host.so"


def output_folder(adapter: str, sanitizers: str = "") -> str:
    """The folder in out/host for an adapter."""
    return "-".join([ADAPTER_FOLDER[adapter], *(name for name in sanitizers.split(",") if name)])


@contextlib.contextmanager
def default_adapter(adapter: str) -> Iterator[Library]:
    """Within the block, sessions of this process and of those it starts have an adapter unless they say otherwise."""
    path = str(build_library(adapter)) if GIVEN is None else GIVEN
    before = os.environ.get("SMING_HOST_LIBRARY")
    os.environ["SMING_HOST_LIBRARY"] = path
    default_library.cache_clear()
    try:
        yield default_library()
    finally:
        default_library.cache_clear()
        if before is None:
            del os.environ["SMING_HOST_LIBRARY"]
        else:
            os.environ["SMING_HOST_LIBRARY"] = before
