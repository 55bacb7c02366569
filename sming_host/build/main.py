"""The build from top to bottom: this is what an SConstruct calls."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import SCons.Script

from sming_host.build import commands
from sming_host.build.options import Settings, nearest, read_settings
from sming_host.build.paths import Workspace, find_home
from sming_host.build.program import find_application, list_applications
from sming_host.build.session import Session
from sming_host.build.targets import BY_NAME, Kind
from sming_host.errors import UserError


def application() -> None:
    """Build, as the command line says: the application of this folder, or the samples of the checkout."""
    with user_errors():
        _prepare_scons()
        settings = read_settings(SCons.Script.ARGUMENTS, os.environ)
        workspace = Workspace(Path(SCons.Script.Dir("#").get_abspath()), find_home())
        words = [str(word) for word in SCons.Script.COMMAND_LINE_TARGETS]
        goals, names = _sort_words(words, workspace, settings)
        for goal in goals:
            if BY_NAME[goal].kind is not Kind.BUILD:
                commands.run(goal, settings, workspace, names)
        if goals and not names and all(BY_NAME[goal].kind is not Kind.BUILD for goal in goals):
            sys.exit(0)
        _build([goal for goal in goals if BY_NAME[goal].kind is Kind.BUILD], names, settings, workspace)


def _prepare_scons() -> None:
    SCons.Script.DefaultEnvironment(tools=[])
    for flag, text in commands.FLAGS.items():
        SCons.Script.AddOption(flag, **text)
    SCons.Script.SetOption("num_jobs", len(os.sched_getaffinity(0)))
    SCons.Script.SetOption("implicit_cache", True)
    SCons.Script.SetOption("max_drift", 1)


def _sort_words(words: list[str], workspace: Workspace, settings: Settings) -> tuple[list[str], list[str]]:
    """Split the words of the command line into targets and names of applications."""
    goals: list[str] = []
    names: list[str] = []
    samples = {folder.name for top in (workspace.top, workspace.home) for folder in (top / "samples").glob("*")}
    for word in words:
        if word in BY_NAME:
            goals.append(word)
        elif word in samples:
            names.append(word)
        else:
            known = [*BY_NAME, *samples]
            raise UserError(
                f"unknown target {word}{nearest(word, known)}",
                "Targets: " + ", ".join(BY_NAME) + "\nSamples: " + (", ".join(sorted(samples)) or "none"),
            )
    alone = [goal for goal in goals if BY_NAME[goal].kind is Kind.ALONE]
    if alone and len(words) > 1:
        raise UserError(f"{alone[0]} stands alone: it cannot be combined with other targets")
    return goals, names


def _build(goals: list[str], names: list[str], settings: Settings, workspace: Workspace) -> None:
    launched_from = Path(os.environ.get("PWD", ".")).resolve()
    wanted = [find_application(name, workspace, launched_from) for name in names]
    if settings["APP"]:
        wanted.append(find_application(settings["APP"], workspace, launched_from))
    running = "run" in goals
    if running and not wanted:
        own = list_applications(workspace)
        wanted = [find_application(str(own[0]) if len(own) == 1 else "Basic_Ssl", workspace, launched_from)]
    if running and len(wanted) != 1:
        raise UserError("run starts one application, not " + " and ".join(one.name for one in wanted))
    everything = not wanted
    if everything and goals != ["host-api"]:
        wanted = [find_application(str(folder), workspace, launched_from) for folder in list_applications(workspace)]
    session = Session(settings, workspace)
    for one in wanted:
        session.add_application(one)
    if everything or "host-api" in goals:
        session.add_host_api(required="host-api" in goals)
    if "compiledb" in goals:
        session.write_compile_commands()
    session.finish(run=running, size="size" in goals)


@contextlib.contextmanager
def user_errors() -> Iterator[None]:
    """Show a UserError as a message and leave with status 1; V=1 or SMING_TRACEBACK=1 shows where it came from."""
    try:
        yield
    except UserError as error:
        arguments: dict[str, Any] = SCons.Script.ARGUMENTS
        if os.environ.get("SMING_TRACEBACK") == "1" or arguments.get("V") == "1":
            traceback.print_exc()
        sys.stdout.flush()
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
