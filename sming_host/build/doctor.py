"""`doctor`: what this machine has, and what to do about what it has not."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from sming_host.build import archive
from sming_host.build.archive.sources import source_entry
from sming_host.build.options import Settings
from sming_host.build.paths import Workspace
from sming_host.build.soc import SOCS
from sming_host.build.testing import missing_test_packages
from sming_host.build.toolchain import find_launcher, find_toolchain
from sming_host.errors import UserError


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    found: str
    good: bool = True
    # A missing thing that only some targets need.
    optional: bool = False
    advice: str = ""


def doctor(settings: Settings, workspace: Workspace) -> bool:
    """Print all findings; tell whether a build can work."""
    findings = list(_look(settings, workspace))
    for one in findings:
        mark = "ok" if one.good else ("--" if one.optional else "NO")
        print(f"{mark:<4}{one.what:<18}{one.found}")
        if one.advice and not one.good:
            print("\n".join(f"{'':22}{line}" for line in one.advice.splitlines()))
    return all(one.good or one.optional for one in findings)


def _look(settings: Settings, workspace: Workspace) -> Iterator[Finding]:
    yield Finding("Python", f"{platform.python_version()} ({sys.executable})", sys.version_info >= (3, 9))
    yield Finding("SCons", metadata.version("scons"))
    soc = SOCS[settings["SMING_SOC"]]
    try:
        yield Finding("compiler", find_toolchain(soc, settings, workspace.out).identity)
    except UserError as error:
        yield Finding("compiler", error.message, good=False, advice=error.hint)
    if settings["LAUNCHER"]:
        try:
            yield Finding("launcher", " ".join(find_launcher(settings["LAUNCHER"])))
        except UserError as error:
            yield Finding("launcher", error.message, good=False, advice=error.hint)
    yield _writable("output", workspace.out)
    yield _writable("package cache", archive.cache_root())
    yield from _sources(settings)
    missing = missing_test_packages()
    yield Finding(
        "test packages",
        "not installed: " + ", ".join(missing) if missing else "installed",
        good=not missing,
        optional=True,
        advice="`./scons test` fetches them.",
    )


def _sources(settings: Settings) -> Iterator[Finding]:
    """Look for source packages without fetching them."""
    apt = shutil.which("apt-get")
    for name, pin in archive.SOURCES.items():
        own = settings[pin.variable]
        if own:
            yield Finding(f"{name} sources", f"{pin.variable}={own}", Path(own).expanduser().is_dir())
        elif source_entry(pin).exists():
            yield Finding(f"{name} sources", f"{pin.version}, in the package cache")
        else:
            yield Finding(
                f"{name} sources",
                "not fetched yet" if apt else "not fetched yet, and there is no apt-get on this machine",
                good=bool(apt),
                advice=f"Say {pin.variable}=/path/to/its/sources.",
            )


def _writable(what: str, folder: Path) -> Finding:
    existing = folder
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free >> 20
    good = os.access(existing, os.W_OK | os.X_OK)
    return Finding(what, f"{folder}, {free} MB free", good, advice=f"You may not write to {existing}.")
