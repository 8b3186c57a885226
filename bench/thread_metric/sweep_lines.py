"""What the image says of a sweep, read and checked; and the table that is made of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from bench.thread_metric.lines import MetricError, columns

# With -icount shift=6 an instruction takes 64 ns, a tick of the timer's 25 MHz 40 ns.
NS_PER_INSTRUCTION = 64
NS_PER_TICK = 40
# What one and the same delay differs by, as the timer's steps and the instructions do not fall together.
MOST_STEPS = 3
# Masking of 400 instructions, and a few around them.
PLANTED = range(400, 412)

_SWEEP = re.compile(r"^sweep ([a-z-]+): (\d+) interrupts at (\d+) instructions, (\d+) masked$")
_URGENT = re.compile(r"^urgent (\d+) to (\d+) ticks late, at 0x([0-9a-f]+)$")
_ORDINARY = re.compile(r"^ordinary (\d+) to (\d+) ticks late$")
_STRETCH = re.compile(r"^stretch 0x([0-9a-f]+) to 0x([0-9a-f]+): (\d+) ticks, (\d+) times(, with handlers)?$")
_LOAD = re.compile(r"^load ([a-z-]+)$")


class Stretch(NamedTuple):
    begin: int  # the instruction at which an interrupt waits longest
    end: int  # before which it comes
    instructions: int
    times: int
    handlers: bool  # it begins in one of the kernel's, or one came first


class Sweep(NamedTuple):
    interrupts: int
    places: int  # different instructions
    masked: int
    urgent: int  # ticks between the least and the most that the urgent interrupt was late
    urgent_at: int  # where it was latest
    stretches: tuple[Stretch, ...]  # the longest first

    @property
    def longest(self) -> Stretch | None:
        """Of a thread that masks, and of nothing else."""
        return next((one for one in self.stretches if not one.handlers), None)

    @property
    def masked_for(self) -> int:
        return self.longest.instructions if self.longest else 0

    @property
    def waits_for(self) -> int:
        """The longest wait, also in handlers and for those that came first."""
        return self.stretches[0].instructions if self.stretches else 0

    @property
    def urgent_delayed(self) -> bool:
        return self.urgent > MOST_STEPS


def instructions(ticks: int) -> int:
    return round(ticks * NS_PER_TICK / NS_PER_INSTRUCTION)


def read_loads(text: str) -> list[str]:
    found = []
    for line in text.splitlines():
        match = _LOAD.match(line)
        if not match:
            raise MetricError(f"cannot read the line '{line}'")
        found.append(match[1])
    if not found:
        raise MetricError("there are no loads")
    return found


def read_sweep(name: str, status: int, text: str) -> Sweep:
    """The numbers of a sweep that all its checks let pass."""
    # One of the loads prints.
    lines = [line for line in text.splitlines() if line != "load"]
    if status != 0:
        raise MetricError(f"the sweep of {name} failed: {' '.join(lines)}")
    heads = [pattern.match(line) for pattern, line in zip((_SWEEP, _URGENT, _ORDINARY), lines)]
    rest = [_STRETCH.match(line) for line in lines[3:]]
    if len(heads) != 3 or None in heads or None in rest or heads[0][1] != name:
        raise MetricError(f"the sweep of {name} said '{text}'")
    head, urgent, ordinary = heads
    least = int(ordinary[1])
    stretches = [
        Stretch(int(row[1], 16), int(row[2], 16), instructions(int(row[3]) - least), int(row[4]), bool(row[5])) for row in rest
    ]
    found = Sweep(
        interrupts=int(head[2]),
        places=int(head[3]),
        masked=int(head[4]),
        urgent=int(urgent[2]) - int(urgent[1]),
        urgent_at=int(urgent[3], 16),
        stretches=tuple(sorted(stretches, key=lambda one: -one.instructions)),
    )
    if found.interrupts == 0 or found.places == 0 or sum(one.times for one in found.stretches) != found.masked:
        raise MetricError(f"the sweep of {name} does not add up: '{text}'")
    return found


def addresses(sweeps: Iterable[Sweep]) -> list[int]:
    return sorted({address for sweep in sweeps for one in sweep.stretches for address in (one.begin, one.end)})


def check_planted(ceiling: Sweep, everything: Sweep) -> None:
    """What is known must be found: masking at the kernel's ceiling, which delays no urgent interrupt, and of everything."""
    if ceiling.masked_for not in PLANTED or ceiling.places < PLANTED.start or ceiling.urgent_delayed:
        raise MetricError(f"400 instructions at the kernel's ceiling were found as {ceiling}")
    if instructions(everything.urgent) not in PLANTED or not everything.urgent_delayed:
        raise MetricError(f"400 instructions without any interrupt were found as {everything}")


def table(sweeps: Mapping[str, Sweep], names: Mapping[int, str]) -> str:
    """Each test's longest stretch with its place, longest first."""
    rows = [["instructions", "masked", "with handlers", "interrupts", "at places", "urgent late by", "masked from, to"]]
    for name, sweep in sorted(sweeps.items(), key=lambda item: -item[1].masked_for):
        late = f"{sweep.urgent} ticks" if not sweep.urgent_delayed else f"{instructions(sweep.urgent)} INSTRUCTIONS"
        numbers = (sweep.masked_for, sweep.waits_for, sweep.interrupts, sweep.places)
        rows.append([name, *map(str, numbers), late, where(sweep, names)])
    worst = max(sweeps.values(), key=lambda sweep: sweep.masked_for)
    delayed = [name for name, sweep in sweeps.items() if sweep.urgent_delayed]
    text = columns(rows) + f"The longest stretch has {worst.masked_for} instructions.\n"
    if delayed:
        return text + f"An interrupt above the kernel's ceiling WAS DELAYED in: {' '.join(delayed)}\n"
    return text + f"No interrupt above the kernel's ceiling was delayed: {sum(one.interrupts for one in sweeps.values())} came.\n"


def where(sweep: Sweep, names: Mapping[int, str]) -> str:
    if sweep.longest is None:
        return "-"
    return " to ".join(names.get(address, f"{address:#x}") for address in (sweep.longest.begin, sweep.longest.end))


def results(sweeps: Mapping[str, Sweep], names: Mapping[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "measured": sweep.masked_for,
            "unit": "instructions masked",
            "note": f"{where(sweep, names)}; with the kernel's handlers {sweep.waits_for}",
        }
        for name, sweep in sweeps.items()
    ]


def goals(sweeps: Mapping[str, Sweep]) -> list[dict[str, Any]]:
    delayed = sum(sweep.urgent_delayed for sweep in sweeps.values())
    name = "latency: tests that delay an interrupt above the kernel's ceiling"
    return [{"name": name, "measured": delayed, "goal": 0, "unit": "tests", "met": delayed == 0}]
