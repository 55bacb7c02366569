"""`doctor` as a target: what the machine has (`sming_host.doctor`), and what this build was told to use."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata

from sming_host.build.archive import SOURCES
from sming_host.build.extras import missing_packages
from sming_host.build.options import Settings
from sming_host.build.paths import Workspace
from sming_host.build.soc import SOCS
from sming_host.build.toolchain import CLANG, find_launcher, find_toolchain
from sming_host.doctor import Finding, Status, examine, report
from sming_host.errors import UserError


def doctor(settings: Settings, workspace: Workspace, as_json: bool = False) -> bool:
    """Print all findings; tell whether a build can work."""
    return report(_look(settings, workspace), as_json)


def _look(settings: Settings, workspace: Workspace) -> Iterator[Finding]:
    roots = {pin.variable: settings[pin.variable] for pin in SOURCES.values()}
    # clang is fetched; what it needs of the machine are the headers and libraries of its gcc.
    own_compiler = settings["SMING_SOC"] == "host" and settings["TOOLCHAIN"] != CLANG
    yield from examine(settings["TOOLCHAIN"] if own_compiler else "", roots)
    yield Finding("SCons", Status.OK, metadata.version("scons"))
    if settings["SMING_SOC"] != "host":
        try:
            soc = SOCS[settings["SMING_SOC"]]
            yield Finding(soc.name, Status.OK, find_toolchain(soc, settings, workspace).identity)
        except UserError as error:
            yield Finding(soc.name, Status.FAIL, error.message, error.hint)
    if settings["LAUNCHER"]:
        try:
            yield Finding("launcher", Status.OK, " ".join(find_launcher(settings["LAUNCHER"])))
        except UserError as error:
            yield Finding("launcher", Status.FAIL, error.message, error.hint)
    missing = missing_packages("test")
    if missing:
        advice = "`./scons test` fetches them."
        yield Finding("test packages", Status.WARN, "not installed: " + ", ".join(missing), advice)
