"""The course of an application's heap: read what ``--heap-trace`` wrote, and draw it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sming_host.errors import UserError

COLUMNS = ["seconds", "heap", "event"]

_SIZE_INCHES = (11, 5)
_DPI = 120
_LIMIT_SHOWN = 3
"""A limit is drawn if it is less than this many times the peak: else it would flatten the curve."""


@dataclass(frozen=True)
class Sample:
    """A line of a trace."""

    seconds: float
    heap: int
    """Bytes in use."""
    event: str


@dataclass(frozen=True)
class Handshake:
    """A TLS handshake, from its begin to its end."""

    begin: float
    end: float
    """Seconds."""
    outcome: str
    """"client", "server", or the name of the error."""
    failed: bool


@dataclass(frozen=True)
class Trace:
    """All of a trace."""

    samples: Sequence[Sample]

    @property
    def limit(self) -> int:
        """Size of the heap in bytes; 0: not limited."""
        first = self.samples[0].event
        return int(first.rpartition(" ")[2]) if first.startswith("start: limit ") else 0

    @property
    def peak(self) -> Sample:
        """The sample with the most heap in use."""
        return max(self.samples, key=lambda sample: sample.heap)

    @property
    def refused(self) -> list[Sample]:
        """Allocations that were not met."""
        return [sample for sample in self.samples if sample.event.startswith("refused")]

    @property
    def handshakes(self) -> list[Handshake]:
        """Every handshake that ended. Several under way at once are matched in order."""
        begun: list[float] = []
        ended = []
        for sample in self.samples:
            kind, _, outcome = sample.event.partition(": ")
            if kind == "handshake begins":
                begun.append(sample.seconds)
            elif kind in ("handshake done", "session failed") and begun:
                # A session that fails after its handshake has nothing left to be matched with.
                ended.append(Handshake(begun.pop(0), sample.seconds, outcome, kind == "session failed"))
        return ended


def read_trace(path: Path) -> Trace:
    """Read a file of ``--heap-trace``. One of an application that still runs, or was killed, is fine."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except OSError as error:
        raise UserError(
            f"{path}: {error.strerror}", "The option --heap-trace=FILE of the application writes it."
        ) from error
    if rows[:1] != [COLUMNS]:
        raise UserError(f"{path} is no heap trace", f"Its first line would be {','.join(COLUMNS)}.")
    samples = []
    for row in rows[1:]:
        try:
            samples.append(Sample(float(row[0]), int(row[1]), row[2]))
        except (IndexError, ValueError):
            # The last line of what was not written to its end.
            break
    if not samples:
        raise UserError(f"{path} holds no samples", "The application ended before it ran.")
    return Trace(samples)


def draw(trace: Trace, stem: Path, title: str) -> list[Path]:
    """Draw a trace as ``STEM.png`` and ``STEM.svg``; return both names. Needs matplotlib (the extra `plot`)."""
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UserError(
            "matplotlib is not installed", "`./scons heap-plot` installs it; or: pip install matplotlib."
        ) from error
    # Names and text of the SVG stay the same from run to run, and text stays text.
    with matplotlib.rc_context({"svg.hashsalt": "sming-host", "svg.fonttype": "none"}):
        figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
        _draw_on(figure.add_subplot(), trace, title)
        paths = [stem.with_suffix(".png"), stem.with_suffix(".svg")]
        figure.savefig(paths[0], dpi=_DPI)
        figure.savefig(paths[1], metadata={"Date": None})
    return paths


def _draw_on(axes: Any, trace: Trace, title: str) -> None:
    peak, limit = trace.peak, trace.limit
    axes.step(
        [sample.seconds for sample in trace.samples],
        [sample.heap / 1024 for sample in trace.samples],
        where="post",
        color="#2b5f8c",
        linewidth=1.2,
        label="heap in use",
    )
    labelled: set[str] = set()
    for handshake in trace.handshakes:
        colour, label = ("#c8442f", "handshake failed") if handshake.failed else ("#7bb274", "handshake")
        axes.axvspan(
            handshake.begin,
            max(handshake.end, handshake.begin),
            color=colour,
            alpha=0.3,
            label=None if label in labelled else label,
        )
        # A span of a millisecond is narrower than a pixel.
        axes.axvline(handshake.end, color=colour, linewidth=0.8, alpha=0.7)
        labelled.add(label)
    refused = trace.refused
    if refused:
        axes.plot(
            [sample.seconds for sample in refused],
            [sample.heap / 1024 for sample in refused],
            "x",
            color="#c8442f",
            label="allocation refused",
        )
    if limit and limit < _LIMIT_SHOWN * max(peak.heap, 1):
        axes.axhline(limit / 1024, color="#555555", linestyle="--", linewidth=1, label=f"limit, {limit / 1024:g} KB")
    axes.annotate(
        f"peak {peak.heap / 1024:.1f} KB",
        (peak.seconds, peak.heap / 1024),
        xytext=(6, 6),
        textcoords="offset points",
        fontsize=9,
    )
    count = len(trace.handshakes)
    axes.set_title(f"{title}: heap over time, {count} TLS handshake{'' if count == 1 else 's'}")
    axes.set_xlabel("seconds since start")
    axes.set_ylabel("KB")
    axes.set_ylim(bottom=0)
    axes.margins(y=0.15)
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
