"""`doctor` as a target: what the machine has (`sming_host.doctor`), and what this build was told to use."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata

from sming_host.build.archive import SOURCES, TOOLS, tool_is_here
from sming_host.build.extras import missing_packages
from sming_host.build.options import Settings
from sming_host.build.paths import Workspace
from sming_host.build.soc import SOCS, Soc
from sming_host.build.toolchain import CLANG, find_launcher, find_toolchain, to_be_fetched
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
        yield _look_at_toolchain(SOCS[settings["SMING_SOC"]], settings, workspace)
    if settings["LAUNCHER"]:
        yield _look_at_launcher(settings["LAUNCHER"])
    missing = missing_packages("test")
    if missing:
        advice = "`./scons test` fetches them."
        yield Finding("test packages", Status.WARN, "not installed: " + ", ".join(missing), advice)


# Nothing is fetched here: who asks what is missing wants an answer, and may be offline.


def _look_at_toolchain(soc: Soc, settings: Settings, workspace: Workspace) -> Finding:
    try:
        lacking = to_be_fetched(soc, settings)
        if lacking:
            return Finding(soc.name, Status.OK, f"the first build fetches {' and '.join(lacking)}")
        return Finding(soc.name, Status.OK, find_toolchain(soc, settings, workspace).identity)
    except UserError as error:
        return Finding(soc.name, Status.FAIL, error.message, error.hint)


def _look_at_launcher(name: str) -> Finding:
    try:
        if name in TOOLS and not tool_is_here(name):
            return Finding("launcher", Status.OK, f"the first build fetches {name}")
        return Finding("launcher", Status.OK, " ".join(find_launcher(name)))
    except UserError as error:
        return Finding("launcher", Status.FAIL, error.message, error.hint)
