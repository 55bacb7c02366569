"""The TLS adapters that tests of sessions run over, each with the library that is built with it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sming_host.tls import Library, default_library
from tests.support.apps import ADAPTER_FOLDER, ROOT, scons


@dataclass(frozen=True)
class Traits:
    """Where adapters rightly differ. Tests look here instead of asking for a name."""

    legacy_versions: bool
    """Has TLS 1.0 and 1.1, if they are asked for; otherwise the option is without effect."""
    ccm: bool
    """Has the CCM suites."""
    keeps_buffers: bool
    """Holds record buffers also while nothing is under way."""
    unused_ids: bool
    """A server gives a session an id even if it will not remember it."""
    tickets: bool
    """A client resumes by a ticket (RFC 5077) where the server gives one."""
    codes: Mapping[str, tuple[str, int]]
    """Error and alert for what the RFCs leave open, or where an engine has its own mind."""

    def has(self, suite: str, version: str = "TLSv1_2") -> bool:
        """Whether a server takes a suite (OpenSSL's name) in a version (of ssl.TLSVersion), if the application may."""
        return (self.ccm or "CCM" not in suite) and (self.legacy_versions or version == "TLSv1_2")


ADAPTERS: Mapping[str, Traits] = {
    "Bearssl": Traits(
        legacy_versions=True,
        ccm=True,
        keeps_buffers=True,
        unused_ids=True,
        tickets=False,
        codes={
            # Takes what came twice for something that was not asked for (any more)
            "extension twice": ("unsupportedExtension", 110),
            # Looks at the version in a record's header before its type
            "HTTP": ("protocolVersion", 70),
            # RFC 5246 names no alert for it
            "only compressed": ("handshakeFailure", 40),
        },
    ),
    # Made for little memory: TLS 1.2 only, no CCM (RFC 9325 asks for none), nothing is kept that can be had again
    "Axtls": Traits(
        legacy_versions=False,
        ccm=False,
        keeps_buffers=False,
        unused_ids=False,
        tickets=True,
        codes={
            # RFC 8446 §4.2 has illegal_parameter for it
            "extension twice": ("illegalParameter", 47),
            # RFC 5246 §6: an unexpected record type is unexpected_message
            "HTTP": ("unexpectedMessage", 10),
            # As RFC 8446 §4.1.2
            "only compressed": ("illegalParameter", 47),
        },
    ),
}
"""By value of ENABLE_SSL."""

GIVEN = os.environ.get("SMING_HOST_LIBRARY")
"""A library that someone else built: tests run on it alone."""


def wanted() -> tuple[str, ...]:
    """The adapters to be tested."""
    return tuple(ADAPTERS) if GIVEN is None else (Library(GIVEN).engine,)


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
