"""What is done to a board's flash, as data: it can be printed before anything is touched.

A plan is a list of steps. For an ESP each is one call of esptool. An RP2040 has routes: picotool where it is installed,
otherwise the volume that its boot ROM shows over USB; `when` says in words when a step is taken.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Optional

from sming_host.board.images import FORMATS, UF2, image_name
from sming_host.build.soc import SOCS, Soc
from sming_host.errors import UserError

GOALS = ("erase-flash", "read-flash", "flash", "monitor")
"""Targets that need a board, in the order in which they make sense."""

SPEED = 460_800
"""Bits per second while an ESP is flashed, unless COM_SPEED says otherwise."""

TOUCH_SPEED = 1200
"""A running RP2040 with a USB port restarts into its boot loader when that port is opened at this speed."""

HASH = "the chip's MD5 of what it holds"
READ_BACK = "reading back"
RESTART = "the restart that comes when it has taken all"

_SEED_GONE = "with the seed of random numbers: TLS is refused until `flash` writes one"
_SEED_READ = "the file has the seed of the device's random numbers in it: keep it to yourself"
_NO_LOADER = "the boot loader does not run yet"
_PICOTOOL = "picotool is installed"
_NO_PICOTOOL = "picotool is not installed"


@dataclass(frozen=True)
class Step:
    """One step. `offset` and `size` are bytes from the start of flash, `size` 0 means all of it."""

    tool: str
    action: str
    offset: Optional[int] = None
    file: Optional[Path] = None
    speed: int = 0
    verify: str = ""
    when: str = ""
    # Where a fresh random seed goes in the same turn, see `seed`; None for chips that need none. No plan has its bytes.
    seed: Optional[int] = None
    note: str = ""

    def text(self) -> str:
        """Return the step in one line."""
        parts = [f"{self.tool} {self.action}"]
        if self.offset is not None:
            parts.append(f"{self.offset:#x}")
        if self.file is not None:
            parts.append(str(self.file))
        if self.seed is not None:
            parts.append(f"and a fresh random seed to {self.seed:#x}")
        if self.speed:
            parts.append(f"at {self.speed} bit/s")
        line = " ".join(parts)
        if self.verify:
            line += f"; verified by {self.verify}"
        if self.note:
            line += f"; {self.note}"
        return line + (f" (if {self.when})" if self.when else "")


@dataclass(frozen=True)
class Plan:
    """All that one target does to a chip's flash."""

    soc: str
    goal: str
    steps: tuple[Step, ...]

    def text(self) -> str:
        """Return the plan for people, with a newline at its end."""
        lines = [f"{self.goal} {self.soc}", *(f"  {step.text()}" for step in self.steps)]
        return "\n".join(lines) + "\n"

    def data(self) -> dict[str, Any]:
        """Return the plan for programs."""
        steps = [{**asdict(step), "file": None if step.file is None else str(step.file)} for step in self.steps]
        return {"soc": self.soc, "goal": self.goal, "steps": steps}


def make_plan(soc: str, goal: str, folder: Path, file: Path, speed: int = SPEED) -> Plan:
    """Return the plan of a target: of `flash` for the image in `folder`, of `read-flash` into `file`."""
    row = SOCS[soc]
    if not row.image:
        raise UserError(f"{goal}: {soc} has no flash", "Say SMING_SOC=…, one of the chips that list-soc shows.")
    if row.image == UF2:
        return Plan(soc, goal, _rp2040_steps(goal, folder / image_name(row), file))
    return Plan(soc, goal, (_esp_step(row, goal, folder / image_name(row), file, speed),))


def _esp_step(row: Soc, goal: str, image: Path, file: Path, speed: int) -> Step:
    if goal == "flash":
        seed = row.seed.start if row.seed else None
        return Step("esptool", "write_flash", FORMATS[row.image].offset, image, speed, HASH, seed=seed)
    if goal == "read-flash":
        return Step("esptool", "read_flash", 0, file, speed, HASH, note=_SEED_READ if row.seed else "")
    return Step("esptool", "erase_flash", speed=speed, note=_SEED_GONE if row.seed else "")


def _rp2040_steps(goal: str, image: Path, file: Path) -> tuple[Step, ...]:
    touch = Step("serial port", "touch", speed=TOUCH_SPEED, when=_NO_LOADER)
    if goal == "flash":
        return (
            touch,
            Step("picotool", "load", file=image, verify=READ_BACK, when=_PICOTOOL),
            Step("volume", "copy", file=image, verify=RESTART, when=_NO_PICOTOOL),
        )
    if goal == "read-flash":
        return (touch, Step("picotool", "save", 0, file, verify=READ_BACK))
    return (
        touch,
        Step("picotool", "erase", when=_PICOTOOL),
        Step("volume", "copy 2 MB of 0xFF", 0, verify=RESTART, when=_NO_PICOTOOL),
    )
