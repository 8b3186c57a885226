"""A few milliseconds of a trace as a picture: what each core ran, interrupts, and who woke whom where.

    picture.py TRACE.json -o FILE.svg [--at MS] [--span MS]

TRACE.json is what `./baton trace` writes. Without --at: the liveliest part.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from tools.trace.chrome import CORES
from tools.trace.dump import TraceError

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW, _BAR, _LEGEND = 1200, 64, 16, 48, 76, 30, 26
_SPAN_MS = 2.0
# Okabe and Ito's colours, which the colour-blind tell apart; then paler ones.
_COLOURS = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a000",
    "#8fb8d8", "#f0c987", "#8fd0bb", "#e3bdd2", "#a9d9f2", "#e8b08a", "#cfc57a",
)  # fmt: skip
_IDLE, _INTERRUPT, _WAKE, _IPI = "#ececec", "#303030", "#b00020", "#5b5bd6"


@dataclass
class _Core:
    track: int
    name: str
    runs: list[tuple[float, float, str]] = field(default_factory=list)
    interrupts: list[tuple[float, float, str]] = field(default_factory=list)


@dataclass
class _Scene:
    """What is to be drawn; times in microseconds."""

    cores: dict[int, _Core]
    arrows: list[tuple[str, float, int, float, int]]  # kind, from when, track, to when, track

    @property
    def begin(self) -> float:
        """From here on something is known of every core."""
        return max(core.runs[0][0] for core in self.cores.values() if core.runs)

    @property
    def end(self) -> float:
        return max(core.runs[-1][1] for core in self.cores.values() if core.runs)


def _read(data: dict[str, Any]) -> _Scene:
    cores: dict[int, _Core] = {}
    begins: dict[tuple[str, Any], dict[str, Any]] = {}
    arrows = []
    for event in data["traceEvents"]:
        if event["pid"] != CORES:
            continue
        if event["ph"] == "M" and event["name"] == "thread_name":
            cores[event["tid"]] = _Core(event["tid"], event["args"]["name"])
        elif event["ph"] == "X":
            core = cores[event["tid"]]
            kind = core.interrupts if event["cat"] == "interrupt" else core.runs
            kind.append((event["ts"], event["ts"] + event["dur"], event["name"]))
        elif event["ph"] == "s":
            begins[event["name"], event["id"]] = event
        elif event["ph"] == "f":
            begin = begins[event["name"], event["id"]]
            arrows.append((event["name"], begin["ts"], begin["tid"], event["ts"], event["tid"]))
    if not any(core.runs for core in cores.values()):
        raise TraceError("nothing ran in this trace: there is nothing to draw")
    return _Scene(cores, arrows)


def _liveliest(scene: _Scene, span: float) -> float:
    """Where much happens within `span`, on all cores rather than on one."""
    latest = max(scene.begin, scene.end - span)
    begins = [[run[0] for run in core.runs] for core in scene.cores.values()]
    best, most = latest, 0.0
    for arrow in scene.arrows:
        time = arrow[1] - span * 0.05
        if not scene.begin <= time <= latest:
            continue
        lively = sum(math.log1p(bisect_left(each, time + span) - bisect_left(each, time)) for each in begins)
        if lively > most:
            best, most = time, lively
    return best


def _family(name: str) -> str:
    """Threads that do the same have the same colour: their names differ in the place behind the point only."""
    return name.rsplit(".", 1)[0]


def draw(data: dict[str, Any], at_ms: float | None = None, span_ms: float = _SPAN_MS) -> str:
    """The SVG's text. TraceError when there is nothing to draw there."""
    scene = _read(data)
    span = span_ms * 1000
    begin = _liveliest(scene, span) if at_ms is None else at_ms * 1000
    end = begin + span
    if begin >= scene.end or end <= scene.begin:
        raise TraceError(
            f"nothing is known of that time; --at is from {scene.begin / 1000:.3f} to {scene.end / 1000:.3f}"
        )
    return _Drawing(scene, begin, end).text()


class _Drawing:
    def __init__(self, scene: _Scene, begin: float, end: float) -> None:
        self._scene, self._begin, self._end = scene, begin, end
        self._order = sorted(scene.cores)
        self._parts: list[str] = []
        self._colours: dict[str, str] = {}

    def text(self) -> str:
        height = _TOP + _ROW * len(self._order) + _LEGEND * 3
        self._axis(height)
        for track in self._order:
            self._core(self._scene.cores[track])
        for arrow in self._scene.arrows:
            self._arrow(*arrow)
        self._legend(_TOP + _ROW * len(self._order))
        body = "\n".join(self._parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
            f'font-family="sans-serif" font-size="11">\n'
            f"<title>What each core ran from {self._begin / 1000:.3f} ms to {self._end / 1000:.3f} ms</title>\n"
            '<defs>'
            + "".join(
                f'<marker id="{name}" viewBox="0 0 6 6" refX="6" refY="3" markerWidth="6" markerHeight="6" '
                f'orient="auto"><path d="M0,0 L6,3 L0,6 z" fill="{colour}"/></marker>'
                for name, colour in (("wake", _WAKE), ("interrupt", _IPI))
            )
            + f'</defs>\n<rect width="{_WIDTH}" height="{height}" fill="white"/>\n{body}\n</svg>\n'
        )

    def _x(self, time: float) -> float:
        part = (min(max(time, self._begin), self._end) - self._begin) / (self._end - self._begin)
        return _LEFT + part * (_WIDTH - _LEFT - _RIGHT)

    def _y(self, track: int) -> float:
        return _TOP + _ROW * self._order.index(track) + 16

    def _add(self, part: str) -> None:
        self._parts.append(part)

    def _colour(self, name: str) -> str:
        if name == "idle":
            return _IDLE
        family = _family(name)
        return self._colours.setdefault(family, _COLOURS[len(self._colours) % len(_COLOURS)])

    def _axis(self, height: int) -> None:
        step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5, 1e6, 1e9)
                    if (self._end - self._begin) / s <= 12)  # fmt: skip
        tick = step * (self._begin // step + 1)
        bottom = height - _LEGEND * 3
        while tick < self._end:
            x = self._x(tick)
            self._add(f'<path d="M{x:.1f},{_TOP - 14} V{bottom}" stroke="#dddddd"/>')
            self._add(f'<text x="{x:.1f}" y="{_TOP - 20}" text-anchor="middle" fill="#555">{tick / 1000:.3f} ms</text>')
            tick += step

    def _core(self, core: _Core) -> None:
        y = self._y(core.track)
        self._add(f'<text x="8" y="{y + _BAR / 2 + 4:.1f}" font-weight="bold">{escape(core.name)}</text>')
        for begin, end, name in core.runs:
            if end <= self._begin or begin >= self._end:
                continue
            left, right = self._x(begin), self._x(end)
            self._add(
                f'<rect x="{left:.2f}" y="{y:.1f}" width="{max(right - left, 0.4):.2f}" height="{_BAR}" '
                f'fill="{self._colour(name)}"><title>{escape(name)}, {end - begin:.3f} us</title></rect>'
            )
            if right - left > 7 * len(name):
                dark = name == "idle"
                self._add(
                    f'<text x="{(left + right) / 2:.1f}" y="{y + _BAR / 2 + 4:.1f}" text-anchor="middle" '
                    f'fill="{"#777" if dark else "white"}">{escape(name)}</text>'
                )
        for begin, end, name in core.interrupts:
            if end <= self._begin or begin >= self._end:
                continue
            left, right = self._x(begin), self._x(end)
            self._add(
                f'<rect x="{left:.2f}" y="{y - 6:.1f}" width="{max(right - left, 0.8):.2f}" height="6" '
                f'fill="{_INTERRUPT}"><title>{escape(name)}, {end - begin:.3f} us</title></rect>'
            )

    def _arrow(self, kind: str, from_time: float, from_track: int, to_time: float, to_track: int) -> None:
        if from_track == to_track or not (self._begin <= from_time and to_time <= self._end):
            return
        down = self._order.index(to_track) > self._order.index(from_track)
        x1, x2 = self._x(from_time), self._x(to_time)
        if kind == "wake":
            y1 = self._y(from_track) + (_BAR if down else 0)
            y2 = self._y(to_track) + (0 if down else _BAR)
            style = f'stroke="{_WAKE}" stroke-width="1.2"'
        else:
            y1 = self._y(from_track) + (_BAR if down else 0)
            y2 = self._y(to_track) + (-6 if down else _BAR)
            style = f'stroke="{_IPI}" stroke-width="1" stroke-dasharray="3,2"'
        middle = (y1 + y2) / 2
        self._add(
            f'<path d="M{x1:.1f},{y1:.1f} C{x1:.1f},{middle:.1f} {x2:.1f},{middle:.1f} {x2:.1f},{y2:.1f}" '
            f'fill="none" {style} marker-end="url(#{kind})"/>'
        )

    def _legend(self, y: float) -> None:
        x = float(_LEFT)
        entries = [(colour, "rect", name) for name, colour in self._colours.items()]
        entries += [(_IDLE, "rect", "idle"), (_INTERRUPT, "rect", "interrupt")]
        entries += [(_WAKE, "line", "wakes"), (_IPI, "dash", "interrupts")]
        for colour, kind, name in entries:
            width = 34 + 7 * len(name)
            if x + width > _WIDTH - _RIGHT:
                x, y = float(_LEFT), y + _LEGEND
            if kind == "rect":
                self._add(f'<rect x="{x:.0f}" y="{y:.0f}" width="14" height="12" fill="{colour}"/>')
            else:
                dash = ' stroke-dasharray="3,2"' if kind == "dash" else ""
                self._add(f'<path d="M{x:.0f},{y + 6:.0f} h14" stroke="{colour}" stroke-width="1.5"{dash}/>')
            self._add(f'<text x="{x + 19:.0f}" y="{y + 10:.0f}">{escape(name)}</text>')
            x += width


def draw_file(trace: Path, picture: Path, at_ms: float | None = None, span_ms: float = _SPAN_MS) -> None:
    """Reads the trace and writes the picture."""
    try:
        data = json.loads(trace.read_text(encoding="utf-8"))
        text = draw(data, at_ms, span_ms)
    except (ValueError, KeyError, TypeError) as error:
        raise TraceError(f"{trace} is not what ./baton trace writes ({error!r})") from error
    picture.write_text(text, encoding="utf-8")


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="picture", description="A few milliseconds of a trace as an SVG.")
    parser.add_argument("trace", type=Path, metavar="TRACE.json")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.svg")
    parser.add_argument("--at", type=float, metavar="MS", help="where to begin (default: the liveliest part)")
    parser.add_argument("--span", type=float, default=_SPAN_MS, metavar="MS", help="how much (default: %(default)s)")
    arguments = parser.parse_args(argv)
    if not arguments.span > 0:
        parser.error("--span must be more than 0")
    try:
        draw_file(arguments.trace, arguments.output, arguments.at, arguments.span)
    except TraceError as error:
        print(f"picture: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"picture: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
