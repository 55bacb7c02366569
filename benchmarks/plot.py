"""A bar chart as SVG, without any library."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

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
