"""Bar charts as SVG, drawn by hand so that no plotting package is needed."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

_ROW = 26
_LABELS = 280
_BARS = 420
_NUMBERS = 120
_STYLE = "font: 13px sans-serif"


def bar_chart(title: str, rows: Sequence[tuple[str, float, str]]) -> str:
    """One horizontal bar per (name, value, unit); bars of one unit share a scale."""
    most: dict[str, float] = {}
    for _, value, unit in rows:
        most[unit] = max(most.get(unit, 0.0), value)
    width, height = _LABELS + _BARS + _NUMBERS, (len(rows) + 2) * _ROW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" style="{_STYLE}">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{_LABELS}" y="{_ROW - 8}" font-weight="bold">{escape(title)}</text>',
    ]
    for index, (name, value, unit) in enumerate(rows):
        top = (index + 1) * _ROW
        length = _BARS * value / most[unit] if most[unit] > 0 else 0
        text_y = top + _ROW - 9
        parts += [
            f'<text x="{_LABELS - 8}" y="{text_y}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{_LABELS}" y="{top + 4}" width="{length:.1f}" height="{_ROW - 8}" fill="#4477aa"/>',
            f'<text x="{_LABELS + length + 6:.1f}" y="{text_y}">{value:.4g} {escape(unit)}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"
