"""Bar charts: a plain one as SVG without any library, groups of bars as PNG and SVG by matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.ratio import Ratio

_ROW = 28
_LABEL = 230
_WIDTH = 420


def bar_chart(title: str, bars: Sequence[tuple[str, float]]) -> str:
    """Return an SVG document with one horizontal bar for each (name, value)."""
    top = max((value for _, value in bars), default=0) or 1
    height = 40 + _ROW * len(bars)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LABEL + _WIDTH + 80}" height="{height}"'
        ' font-family="sans-serif" font-size="13">',
        f'<text x="8" y="20" font-weight="bold">{escape(title)}</text>',
    ]
    for row, (name, value) in enumerate(bars):
        y = 34 + row * _ROW
        width = value / top * _WIDTH
        parts.append(f'<text x="8" y="{y + 15}">{escape(name)}</text>')
        parts.append(f'<rect x="{_LABEL}" y="{y}" width="{width:.1f}" height="20" fill="#4078a8"/>')
        parts.append(f'<text x="{_LABEL + width + 6:.1f}" y="{y + 15}">{value:g}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def grouped_bars(title: str, names: Sequence[str], groups: Mapping[str, Sequence[Ratio]], stem: Path) -> None:
    """Write STEM.png and STEM.svg: for each group a bar with its interval for each name, and a line at 1.

    Needs matplotlib.
    """
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        raise SystemExit("the plot needs matplotlib: pip install -e '.[plot]'") from None
    with matplotlib.rc_context({"svg.hashsalt": "sming-host", "svg.fonttype": "none"}):
        figure = Figure(figsize=(10, 5), layout="constrained")
        axes = figure.add_subplot()
        width = 0.8 / len(names)
        for number, name in enumerate(names):
            places = [group + (number - (len(names) - 1) / 2) * width for group in range(len(groups))]
            ratios = [values[number] for values in groups.values()]
            spread = [[ratio.median - ratio.low for ratio in ratios], [ratio.high - ratio.median for ratio in ratios]]
            bars = axes.bar(places, [ratio.median for ratio in ratios], width, yerr=spread, capsize=2, label=name)
            axes.bar_label(bars, fmt="%.2f", fontsize=8)
        axes.axhline(1, color="black", linewidth=0.8)
        axes.set_xticks(range(len(groups)), list(groups))
        axes.set_title(title)
        axes.legend()
        for suffix, metadata in ((".png", {"Software": ""}), (".svg", {"Date": ""})):
            figure.savefig(stem.with_suffix(suffix), dpi=120, metadata=metadata)
