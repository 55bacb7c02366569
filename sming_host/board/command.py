"""What `./scons flash monitor` starts once all is built.

    python -m sming_host.board.command SOC FOLDER GOAL… [--port PORT] [--speed BITS] [--file FILE] [--force] [-- ARGS]

FOLDER has the program and its image. GOALs are `erase-flash`, `read-flash`, `flash` and `monitor`, done in this order.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Union

from sming_host.board.plan import GOALS, SPEED, Plan, make_plan
from sming_host.build.soc import SOCS
from sming_host.errors import UserError
from sming_host.named import exists, is_dir, is_file
from sming_host.started import take_interrupts


def plans(soc: str, goals: Sequence[str], folder: Path, file: Path, speed: int) -> list[Plan]:
    """Return the plans of some targets, in the order in which they are done; the monitor has none."""
    return [make_plan(soc, goal, folder, file, speed) for goal in GOALS if goal in goals and goal != "monitor"]


def show_plans(made: Sequence[Plan], as_json: bool) -> None:
    """Print what would be done."""
    if as_json:
        print(json.dumps([plan.data() for plan in made], indent=1))
    else:
        print("".join(plan.text() for plan in made), end="")


def run_plans(made: Sequence[Plan], wanted: str, force: bool) -> str:
    """Do some plans on the board that COM_PORT names or that is found; returns its port."""
    for plan in made:
        _check_files(plan, force)
    port = wanted
    for plan in made:
        print(plan.text(), end="")
        sys.stdout.flush()
        if plan.soc == "rp2040":
            from sming_host.board import rp2040

            rp2040.run_plan(plan, wanted)
        else:
            from sming_host.board import esptool, ports

            port = ports.find_port(port, plan.soc)
            ports.check_port(port)
            for step in plan.steps:
                esptool.run_step(plan.soc, step, port, _pass_on)
        print(f"{plan.goal}: done")
        sys.stdout.flush()
    return port


def _check_files(plan: Plan, force: bool) -> None:
    for step in plan.steps:
        if step.file is None:
            continue
        if plan.goal == "read-flash" and exists(step.file) and not is_file(step.file):
            raise UserError(f"{step.file} is no file", "FLASH_FILE=… names one.")
        if plan.goal == "read-flash" and exists(step.file) and not force:
            raise UserError(f"{step.file} is there already", "FORCE=1 replaces it; FLASH_FILE=… names another one.")
        if plan.goal == "flash" and not is_file(step.file):
            raise UserError(f"{step.file}: there is no such file", "The build makes it.")


def _pass_on(data: bytes) -> None:
    output = sys.stdout.fileno()
    while data:
        data = data[os.write(output, data) :]


def _text(error: Union[UserError, OSError]) -> str:
    """Return what an error says, without numbers that only programmers know."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def _end(number: int, frame: object) -> None:
    """Leave as for Ctrl-C: what was started must not go on alone."""
    raise SystemExit(128 + number)


def main() -> int:
    """Take the command line; returns the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("soc", choices=[name for name in SOCS if SOCS[name].image])
    parser.add_argument("folder", type=Path)
    parser.add_argument("goals", nargs="+", choices=GOALS)
    parser.add_argument("--port", default="")
    parser.add_argument("--speed", type=int, default=SPEED)
    parser.add_argument("--file", type=Path, default=Path("flash.bin"))
    parser.add_argument("--force", action="store_true")
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    options = parser.parse_args(words[:end])
    try:
        take_interrupts()
        made = plans(options.soc, options.goals, options.folder, options.file, options.speed)
        port = run_plans(made, options.port, options.force)
        if "monitor" in options.goals:
            from sming_host.board.monitor import monitor

            # A boot loader's volume has no console
            console = "" if port and is_dir(port) else port
            return monitor(options.soc, options.folder / "firmware.elf", console, words[end + 1 :])
        return 0
    except (UserError, OSError) as error:
        if os.environ.get("SMING_TRACEBACK") == "1":
            raise
        try:
            sys.stdout.flush()
        except OSError:
            # Nobody reads it: Python would try again when it ends, and give a status of its own
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"error: {_text(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
