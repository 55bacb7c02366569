"""Targets that need a board: build what they write, then start the program that does it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Optional

import SCons.Script

from sming_host.board.command import plans, show_plans
from sming_host.board.images import UF2
from sming_host.board.ports import find_port
from sming_host.build.flags import program_folder
from sming_host.build.options import Settings
from sming_host.build.paths import Workspace
from sming_host.build.program import Application, list_applications
from sming_host.build.session import Session
from sming_host.build.soc import SOCS
from sming_host.build.targets import BY_NAME, Kind
from sming_host.errors import UserError


def use_board(goals: Sequence[str], named: list[Application], settings: Settings, workspace: Workspace) -> None:
    """Build for `flash`, and start what works on the board; with --dry-run only show what that would do."""
    _check(goals, settings)
    soc, speed = settings["SMING_SOC"], _speed(settings)
    # Only the application knows its adapter, and so the folder; erasing and reading take none.
    application = _one(goals, named, workspace)
    session = Session(settings, workspace)
    folder = program_folder(SOCS[soc], settings)
    if application is not None:
        folder = program_folder(SOCS[soc], session.declare(application)) / application.name
    file = Path(settings["FLASH_FILE"] or f"out/{soc}/flash.bin")
    if SCons.Script.GetOption("no_exec"):
        show_plans(plans(soc, goals, folder, file, speed), bool(SCons.Script.GetOption("json")))
        sys.stdout.flush()
        sys.exit(0)
    port = settings["COM_PORT"]
    if SOCS[soc].image != UF2:
        # Before the build, which would be for nothing. An RP2040 may be there without a port
        port = find_port(port, soc)
    command = [sys.executable, "-m", "sming_host.started", "sming_host.board.command", soc, str(folder)]
    command += [goal for goal in goals if BY_NAME[goal].kind is Kind.BOARD]
    command += [f"--port={port}", f"--speed={speed}", f"--file={file}"]
    if settings.flag("V"):
        os.environ["SMING_TRACEBACK"] = "1"
    command += ["--force"] if settings.flag("FORCE") else []
    if "flash" in goals and application is not None:
        session.add_application(application)
    session.finish(start=[*command, "--", *settings.words("ARGS")], size=False)


def _check(goals: Sequence[str], settings: Settings) -> None:
    others = [goal for goal in goals if BY_NAME[goal].kind is not Kind.BOARD]
    if others:
        raise UserError(
            f"{others[0]} cannot be combined with {', '.join(goal for goal in goals if goal not in others)}"
        )
    if not SOCS[settings["SMING_SOC"]].image:
        chips = ", ".join(name for name, soc in SOCS.items() if soc.image)
        raise UserError(
            f"{goals[0]} takes a board: say SMING_SOC=…", f"Chips: {chips}. `run` starts an application here."
        )


def _speed(settings: Settings) -> int:
    text = settings["COM_SPEED"]
    if not text.isdecimal() or not 1200 <= int(text) <= 5_000_000:
        raise UserError(f"COM_SPEED={text}: not a number of bits per second", "Usual: 115200, 460800, 921600.")
    return int(text)


def _one(goals: Sequence[str], named: list[Application], workspace: Workspace) -> Optional[Application]:
    """Return the application that is flashed, or whose console it is; None where it does not matter."""
    everything = list_applications(workspace)
    if not named and len(everything) == 1:
        return Application(everything[0].name, everything[0])
    if len(named) == 1:
        return named[0]
    if named:
        raise UserError(f"a board takes one application, not {' and '.join(one.name for one in named)}")
    if "flash" in goals:
        raise UserError("flash takes one application", "Say which one: APP=…")
    return None
