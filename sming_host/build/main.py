"""The build from top to bottom: this is what an SConstruct calls."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import SCons.Script

from sming_host.build import commands, fuzzing
from sming_host.build.archive import root_variables
from sming_host.build.extras import install_packages
from sming_host.build.options import COMMAND_LINE, ENVIRONMENT, Settings, nearest, read_settings
from sming_host.build.paths import Workspace, find_home
from sming_host.build.program import (
    Application,
    find_application,
    is_application,
    list_applications,
    list_samples,
)
from sming_host.build.session import Session
from sming_host.build.targets import BY_NAME, Kind
from sming_host.build.timestamps import use_exact_timestamps
from sming_host.errors import UserError
from sming_host.named import exists
from sming_host.started import end_output, take_interrupts, watch_interrupts


def application() -> None:
    """Build, as the command line says: the application of this folder, or the samples of the checkout."""
    take_interrupts()
    watch_interrupts()
    with user_errors():
        _prepare_scons()
        settings = read_settings(_with_whole_roots(SCons.Script.ARGUMENTS), _with_whole_roots(os.environ))
        _pass_on_roots(settings)
        workspace = Workspace(Path(SCons.Script.Dir("#").get_abspath()), find_home())
        words = _sort_words([str(word) for word in SCons.Script.COMMAND_LINE_TARGETS], workspace)
        applications = _applications(words.applications, settings, workspace)
        context = commands.Context(settings, workspace, applications)
        for goal in words.goals:
            if BY_NAME[goal].kind in (Kind.COMMAND, Kind.ALONE):
                commands.run(goal, context)
        goals = [goal for goal in words.goals if BY_NAME[goal].kind in (Kind.BUILD, Kind.BOARD)]
        if words.goals and not goals and not words.applications and not words.components:
            sys.stdout.flush()
            sys.exit(0)
        _build(goals, words.components, applications, settings, workspace)


def _with_whole_roots(values: Mapping[str, str]) -> Mapping[str, str]:
    """Return variables in which a tree or tool of the user's own has its whole path.

    What the user wrote counts from where the build was called; SCons reads each SConscript in that one's folder.
    """
    launched_from = Path(SCons.Script.GetLaunchDir())
    given = {name: values[name] for name in root_variables() if values.get(name)}
    whole = {name: str(launched_from / text) for name, text in given.items() if not text.startswith("~")}
    return {**values, **whole}


def _pass_on_roots(settings: Settings) -> None:
    """Let all that looks for a tool know what the user says of it, also the programs that are started."""
    for name in root_variables():
        if settings.origin(name) in (COMMAND_LINE, ENVIRONMENT):
            os.environ[name] = settings[name]


def _prepare_scons() -> None:
    use_exact_timestamps()
    SCons.Script.DefaultEnvironment(tools=[])
    for flag, text in commands.FLAGS.items():
        SCons.Script.AddOption(flag, **text)
    SCons.Script.Help(commands.help_text() + "\n")
    SCons.Script.SetOption("num_jobs", len(os.sched_getaffinity(0)))
    SCons.Script.SetOption("implicit_cache", True)
    SCons.Script.SetOption("max_drift", 1)


@dataclass
class Words:
    """The words of the command line that are no variables."""

    goals: list[str] = field(default_factory=list)
    applications: list[str] = field(default_factory=list)
    components: list[str] = field(default_factory=list)


# What other builds call these things, make above all.
_OTHER_WORDS = {
    "all": "without a target, everything is built",
    "clean": "`-c` removes what a build has made",
    "dist-clean": "`-c` removes what a build has made",
    "distclean": "`-c` removes what a build has made",
}


def _sort_words(words: list[str], workspace: Workspace) -> Words:
    """Tell targets, applications and components apart."""
    samples = list_samples(workspace)
    components = {
        script.parent.name for folder in workspace.component_folders for script in folder.glob("*/SConscript")
    }
    sorted_words = Words()
    for word in words:
        if word in BY_NAME:
            sorted_words.goals.append(word)
        elif word in samples:
            sorted_words.applications.append(word)
        elif word in components:
            sorted_words.components.append(word)
        elif {"test", "check"} & set(words) and exists(workspace.top / word.partition("::")[0]):
            raise UserError(f"{word} is no target", f"Files of tests go into ARGS: ./scons test ARGS={word}")
        else:
            habit = _OTHER_WORDS.get(word)
            raise UserError(
                f"unknown target {word}{f'; {habit}' if habit else nearest(word, [*BY_NAME, *samples, *components])}",
                "Targets: " + ", ".join(BY_NAME) + "\nSamples: " + (", ".join(samples) or "none"),
            )
    for goal in sorted_words.goals:
        if (BY_NAME[goal].kind is Kind.ALONE or goal == "fuzz") and len(words) > 1:
            raise UserError(f"{goal} stands alone: it cannot be combined with other targets")
    return sorted_words


def _applications(names: list[str], settings: Settings, workspace: Workspace) -> list[Application]:
    """Return the applications that the command line names, by APP or as targets."""
    wanted = [*names, *([settings["APP"]] if settings["APP"] else [])]
    launched_from = Path(os.environ.get("PWD", ".")).resolve()
    if not names and not settings["APP"]:
        return _surrounding(Path(SCons.Script.GetLaunchDir()).resolve(), workspace)
    return [find_application(name, workspace, launched_from) for name in dict.fromkeys(wanted)]


def _surrounding(launched_from: Path, workspace: Workspace) -> list[Application]:
    """Return the application below the project in whose folder the build was called, if it was called in one."""
    for folder in (launched_from, *launched_from.parents):
        if workspace.top not in folder.parents:
            break
        if is_application(folder):
            return [Application(folder.name, folder)]
    return []


def _build(
    goals: list[str], components: list[str], named: list[Application], settings: Settings, workspace: Workspace
) -> None:
    plotting = "heap-plot" in goals
    running = "run" in goals or plotting
    if "fuzz" in goals:
        _fuzz(settings, workspace)
        return
    if any(BY_NAME[goal].kind is Kind.BOARD for goal in goals):
        # Imported here: no other target looks for serial ports.
        from sming_host.build.boards import use_board

        use_board(goals, named, settings, workspace)
        return
    wanted = named
    if not named and not components and goals != ["host-api"]:
        wanted = [Application(folder.name, folder) for folder in list_applications(workspace)]
    everything = wanted is not named and workspace.is_checkout and not running
    if running and wanted is not named and len(wanted) > 1:
        wanted = [find_application("Basic_Ssl", workspace, workspace.top)]
    if running and len(wanted) != 1:
        raise UserError(
            f"{'heap-plot' if plotting else 'run'} starts one application, not "
            + (" and ".join(one.name for one in wanted) or "none")
        )
    if plotting:
        install_packages("plot", "the plot")
    session = Session(settings, workspace)
    for one in wanted:
        session.add_application(one)
    for name in components:
        session.add_component(name)
    if everything or "host-api" in goals:
        session.add_host_api(required="host-api" in goals)
    if "compiledb" in goals:
        session.write_compile_commands()
    session.finish(start=session.run_command(plotting) if running else (), size="size" in goals)


def _fuzz(settings: Settings, workspace: Workspace) -> None:
    """Build harnesses, then run them."""
    settings = fuzzing.fuzz_settings(settings)
    harnesses = fuzzing.find_harnesses(settings["TARGET"], workspace)
    # Said before a compiler is fetched
    fuzzing.read_seconds(settings)
    session = Session(settings, workspace)
    for harness in harnesses:
        session.add_application(harness)
    programs = [workspace.top / program.path for program in session.programs]
    session.finish(start=fuzzing.fuzz_command(settings, workspace, programs), size=False)


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
    except BrokenPipeError:
        # `./scons help | head`: who read our output has seen enough. Keep Python from complaining at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        # Writing, unlike opening, does not say what: it may be our output, or a file of the build
        if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        end_output()
        print(f"error: a file could not be written: {error.strerror}", file=sys.stderr)
        sys.exit(1)
