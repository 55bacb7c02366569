"""The interoperation table: collects what came of every cell, and writes it as Markdown."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.interop.cases import CLIENT, SERVER, Case

WORKED, REFUSED, NOT_OFFERED, FAILED = "✓", "refused", "n/a", "FAILED"


@dataclass(frozen=True)
class Column:
    """An adapter of the device, its role, and its peer."""

    adapter: str
    role: str
    peer: str


@dataclass
class Table:
    """What was found, cell by cell."""

    versions: dict[str, str] = field(default_factory=dict)
    """Name and version of each peer."""
    cells: dict[tuple[Column, Case], str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def add(self, column: Column, case: Case, mark: str, note: str = "") -> None:
        """Enter a cell; cells with the same note share its number."""
        if note:
            if note not in self.notes:
                self.notes.append(note)
            mark += f" [{self.notes.index(note) + 1}]"
        self.cells[column, case] = mark

    def count(self, mark: str) -> int:
        """Cells that begin with a mark."""
        return sum(cell.startswith(mark) for cell in self.cells.values())

    def summary(self) -> str:
        """One line."""
        return (
            f"{len(self.cells)} cells: {self.count(WORKED)} conversations, {self.count(REFUSED)} refusals as expected, "
            f"{self.count(NOT_OFFERED)} that a peer's program cannot be set up for, {self.count(FAILED)} failures"
        )

    def markdown(self, cases: Sequence[Case]) -> str:
        """The whole table."""
        lines = ["# Interoperation", "", f"{self.summary()}; {time.monotonic() - self.started:.0f} s.", ""]
        lines += ["Peers: " + ", ".join(self.versions.values()) + ".", ""]
        lines += [
            f"{WORKED}: at least 24,000 bytes went each way (9,900 to NSS's server, which takes no more), and both "
            f"sides said goodbye with close_notify. {REFUSED}: must not work, and failed at both ends in just the way "
            f"that the note says. {NOT_OFFERED}: the peer's program has no switch for it. A cell that is empty was "
            "not run.",
            "",
        ]
        adapters = list(dict.fromkeys(column.adapter for column, _ in self.cells))
        for adapter in adapters:
            for role, title in ((CLIENT, "The device as client"), (SERVER, "The device as server")):
                columns = [c for c in dict.fromkeys(c for c, _ in self.cells) if (c.adapter, c.role) == (adapter, role)]
                if columns:
                    lines += [f"## {title} ({adapter})", "", *self._part(columns, cases), ""]
        if self.notes:
            lines += ["## Notes", "", *(f"{number}. {note}" for number, note in enumerate(self.notes, 1)), ""]
        return "\n".join(lines)

    def _part(self, columns: Sequence[Column], cases: Sequence[Case]) -> list[str]:
        lines = ["| | " + " | ".join(column.peer for column in columns) + " |", "|---|" + "---|" * len(columns)]
        section = ""
        for case in cases:
            cells = [self.cells.get((column, case), "") for column in columns]
            if any(cells):
                if case.section != section:
                    section = case.section
                    lines.append(f"| **{section}** |" + " |" * len(columns))
                lines.append(f"| {case.name} | " + " | ".join(cells) + " |")
        return lines

    def write(self, path: Path, cases: Sequence[Case]) -> None:
        """Write the Markdown file."""
        path.parent.mkdir(exist_ok=True)
        path.write_text(self.markdown(cases), encoding="utf-8")
