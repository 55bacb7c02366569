"""`size-table`: every application on every chip with both adapters, and what memory that takes and leaves.

Each chip with an adapter is a build of its own (`-k`: an application that does not fit keeps no other one from being
built); servers are then booted in the chip's emulator. Rows are printed as they come.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Optional

from sming_host.build.chip_sizes import Outcome, Sizes, read_outcome, sizes_of
from sming_host.build.options import COMMAND_LINE, DEFAULT, OPTIONS, Settings
from sming_host.build.paths import Workspace
from sming_host.build.program import Application, list_applications
from sming_host.build.soc import SOCS, Soc, soc_is_ready
from sming_host.errors import UserError

ADAPTERS = {"Bearssl": "bearssl", "Axtls": "axtls"}
"""Values of ENABLE_SSL that are built, and their folders."""

_TAIL_LINES = 30
_HEADINGS = ("flash", "RAM", "heap left")


def size_table(settings: Settings, workspace: Workspace, applications: Sequence[Application], as_json: bool) -> None:
    """Build, boot, print. SMING_SOC, ENABLE_SSL and APP, where they are given, narrow it down.

    All of it, in the checkout, also renews the table of the documentation.
    """
    socs = [soc for soc in SOCS.values() if not soc.is_host and soc_is_ready(soc, workspace.component_folders)]
    adapters = list(ADAPTERS)
    own = ("SMING_SOC", "ENABLE_SSL", "APP")
    others = [row.name for row in OPTIONS if row.name not in own and settings.origin(row.name) == COMMAND_LINE]
    words = [f"{name}={settings[name]}" for name in others]
    narrowed = bool(applications) or bool(words)
    if settings.origin("SMING_SOC") != DEFAULT:
        narrowed = True
        socs = [soc for soc in socs if soc.name == settings["SMING_SOC"]]
        if not socs:
            raise UserError(
                f"size-table is about chips, and SMING_SOC={settings['SMING_SOC']} is none",
                "Leave SMING_SOC out for all of them.",
            )
    if settings.origin("ENABLE_SSL") != DEFAULT:
        narrowed = True
        adapters = [name for name in adapters if name == settings["ENABLE_SSL"]]
        if not adapters:
            raise UserError("size-table is about applications with TLS", "Leave ENABLE_SSL out, or name an adapter.")
    folders = [one.folder for one in applications] or list_applications(workspace)
    names = [folder.name for folder in folders]
    rows = []
    for row in _measure(workspace, socs, adapters, folders if applications else (), names, words):
        rows.append(row)
        if not as_json:
            print(_line(row, len(rows) == 1, max(map(len, names))), flush=True)
    if as_json:
        print(json.dumps([asdict(row) for row in rows], indent=1))
    table = workspace.top / "docs" / "chips-sizes.csv"
    if workspace.is_checkout and not narrowed:
        write_table(table, rows)
        _say(f"written: {workspace.name(table)}")


def _measure(
    workspace: Workspace,
    socs: Sequence[Soc],
    adapters: Sequence[str],
    wanted: Sequence[Path],
    names: Sequence[str],
    variables: Sequence[str],
) -> Iterator[Sizes]:
    """Yield a row for each application of each build."""
    total = len(socs) * len(adapters)
    for number, (soc, adapter) in enumerate([(soc, adapter) for soc in socs for adapter in adapters], 1):
        _say(f"[{number}/{total}] {soc.name}, {adapter}: building {', '.join(names)} …")
        started = time.monotonic()
        overflows: dict[str, dict[str, int]] = {}
        # APP takes one at a time; without it all are built at once
        each: Sequence[Optional[Path]] = wanted or (None,)
        for folder in each:
            words = [*variables, f"SMING_SOC={soc.name}", f"ENABLE_SSL={adapter}"]
            outcome = _build(workspace, [*words, f"APP={folder}"] if folder else words)
            overflows.update({program: dict(regions) for program, regions in outcome.overflows.items()})
        _say(f"[{number}/{total}] {soc.name}, {adapter}: built in {time.monotonic() - started:.0f} s")
        for name in names:
            path = Path("out") / soc.name / ADAPTERS[adapter] / name / "firmware.elf"
            yield sizes_of(soc, adapter, workspace.top / path, overflows.get(str(path), {}))


def _build(workspace: Workspace, words: Sequence[str]) -> Outcome:
    """Build in a process of its own. What it says before its first step, of downloads, is passed on."""
    command = [sys.executable, "-m", "SCons", "-Q", "-k", "-C", str(workspace.top), *words]
    process = subprocess.Popen(
        command,
        env={**os.environ, "PWD": str(workspace.top)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    output = []
    stepping = False
    for line in process.stdout or ():
        output.append(line)
        stepping = stepping or line.startswith(("[", "Nothing to do"))
        if not stepping:
            sys.stderr.write(line)
            sys.stderr.flush()
    status = process.wait()
    outcome = read_outcome("".join(output))
    if outcome.failed or (status != 0 and not outcome.overflows):
        raise UserError(f"{' '.join(words)} failed", "".join(output[-_TAIL_LINES:]))
    return outcome


def _say(text: str) -> None:
    """Tell how far it is: not on standard output, which is the table's."""
    print(text, file=sys.stderr, flush=True)


def _line(row: Sizes, first: bool, width: int) -> str:
    """Return a row as text, the first one below the headings."""
    head = f"{'chip':<9}{'adapter':<9}{'application':<{width}}" + "".join(f"{name:>11}" for name in _HEADINGS) + "\n"
    text = f"{row.soc:<9}{row.adapter:<9}{row.application:<{width}}"
    if row.too_few:
        biggest = ", ".join(f"{name} {size}" for name, size in row.biggest.items())
        return (head if first else "") + f"{text}  does not fit: {_missing(row)}; {row.remark or 'biggest'}: {biggest}"
    cells = "".join(f"{'-' if value is None else value:>11}" for value in (row.flash, row.ram, row.heap))
    return (head if first else "") + text + cells + (f"  {row.remark}" if row.remark else "")


def _missing(row: Sizes) -> str:
    return ", ".join(f"{region} {count} bytes too few" for region, count in row.too_few.items())


def write_table(path: Path, rows: Sequence[Sizes]) -> None:
    """Write the table of the documentation: a row for each application on each chip, with both adapters."""
    table: dict[tuple[str, str], dict[str, list[str]]] = {}
    for row in rows:
        if row.too_few:
            cells = [f"{_missing(row)}", "", ""]
        else:
            cells = [f"{value:,}" if value is not None else "" for value in (row.flash, row.ram, row.heap)]
        table.setdefault((row.soc, row.application), {})[row.adapter] = cells
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["chip", "sample", *(f"{name}: {head}" for name in ADAPTERS for head in _HEADINGS)])
        for (soc, application), columns in table.items():
            writer.writerow([soc, application, *(cell for name in ADAPTERS for cell in columns[name])])
