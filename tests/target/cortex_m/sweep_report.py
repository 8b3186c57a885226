"""What a sweep image prints, read and judged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache

from tests.target.cortex_m import specification
from tests.target.cortex_m.specification import Outcome, Spec
from tests.target.cortex_m.thumb import Code, Instruction

# The machine's clock has 40 ns ticks, QEMU's -icount shift=6 makes an instruction take 64 ns.
ICOUNT_SHIFT = 6
TICKS_PER_INSTRUCTION = 64 / 40

CELLS: dict[str, Spec] = {
    "IrqTakeCell": specification.TakeCell,
    "IrqMapCell": specification.MapCell,
    "IrqOptionalCell": specification.OptionalCell,
    "IrqNumericCell": specification.NumericCell,
    "CombiningCell": specification.CombiningCell,
    "CombiningCell(0,relief)": specification.BoundedCombiningCell,
}
# On atomics that are not atomic, or do not look: each has an operation that must be found out.
CONTROLS: dict[str, tuple[Spec, str]] = {
    "TornTakeCell": (specification.TakeCell, "map"),
    "DeafTakeCell": (specification.TakeCell, "put"),
    "TornMapCell": (specification.MapCell, "take"),
    "TornOptionalCell": (specification.OptionalCell, "take"),
    "TornNumericCell": (specification.NumericCell, "add"),
    "TornCombiningCell": (specification.CombiningCell, "submit"),
}

_ENDS = frozenset(
    [
        "baton::assertion_failed(char const*, char const*, int)",
        "baton::sync::internal::misused(char const*, void const*, baton::sync::Who const&, char const*, int)",
    ]
)

_allowed = cache(specification.allowed)


@dataclass
class Row:
    """One operation of one cell, in all its starting states."""

    entry: int = 0
    executed: set[int] = field(default_factory=set)
    steps: int = 0
    exclusives: set[tuple[int, int]] = field(default_factory=set)  # (loads, stores) of an execution that nobody interrupted
    forbidden: set[str] = field(default_factory=set)  # barriers and masking that it executes
    interrupted: set[int] = field(default_factory=set)
    reachable: dict[int, Instruction] = field(default_factory=dict)  # as far as the code says
    interrupts: int = 0
    possible: int = 0
    seen: int = 0
    violations: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)


class SweepReport:
    def __init__(self, text: str, code: Code) -> None:
        self.rows: dict[tuple[str, str], Row] = {}
        self.complete = text.splitlines()[-1:] == ["end"]
        self._code = code
        for line in text.splitlines():
            kind, *words = line.split(" ")
            if kind == "case":
                self._case(words)
            elif kind == "path":
                self._path(words)
            elif kind == "interrupted":
                self._interrupted(words)

    def of(self, subject: str) -> dict[str, Row]:
        return {operation: row for (cell, operation), row in self.rows.items() if cell == subject}

    def never(self, subject: str, operation: str) -> list[str]:
        """What an operation could execute, as far as the code says, and was interrupted at in no operation of the cell."""
        anywhere = set().union(*(row.interrupted for row in self.of(subject).values()))
        return [
            f"{address:x} {instruction.mnemonic} {instruction.operands}"
            for address, instruction in sorted(self.rows[subject, operation].reachable.items())
            if address not in anywhere
        ]

    def table(self, subjects: list[str]) -> str:
        lines = [
            f"{'cell':24}{'operation':19}{'steps':>6}{'executed':>11}{'code':>11}"
            f"{'ldrex':>7}{'interrupts':>12}{'outcomes':>11}{'wrong':>7}"
        ]
        for subject in subjects:
            for operation, row in self.of(subject).items():
                hit = len(row.executed & row.interrupted)
                reachable = len(row.reachable)
                reached = reachable - len(self.never(subject, operation))
                exclusives = "/".join(sorted({str(loads) for loads, _ in row.exclusives}))
                lines.append(
                    f"{subject:24}{operation:19}{row.steps:6}{f'{hit} of {len(row.executed)}':>11}"
                    f"{f'{reached} of {reachable}':>11}{exclusives:>7}"
                    f"{row.interrupts:12}{f'{row.seen} of {row.possible}':>11}{len(row.violations):7}"
                )
        return "\n".join(lines)

    def _row(self, subject: str, operation: str) -> Row:
        return self.rows.setdefault((subject, operation), Row())

    def _case(self, words: list[str]) -> None:
        subject, operation, start, handlers, interrupts, *outcomes = words
        spec = CELLS.get(subject) or CONTROLS[subject][0]
        row = self._row(subject, operation)
        row.interrupts += int(interrupts)
        names = handlers.split("+")
        allowed = _allowed(spec, start, operation, tuple(names))
        seen: set[Outcome] = set()
        for outcome in outcomes:
            told, _, times = outcome.partition("*")
            numbers = told.rstrip(",").split(",")
            answers = tuple(numbers[: 1 + len(names)])
            remains = tuple(map(int, numbers[3:]))
            matching = {one for one in allowed if one[0] == answers and _padded(one[1], remains) == remains}
            if not matching:
                row.violations.append(f"{operation} on {start}, interrupted by {handlers}: {told} ({times} times)")
            seen |= matching
        row.possible += len(allowed)
        row.seen += len(seen)

    def _path(self, words: list[str]) -> None:
        subject, operation, start, entry, *places = words
        row = self._row(subject, operation)
        row.entry = int(entry.rstrip(":"), 16)
        path = [(int(place, 16), int(ticks)) for place, _, ticks in (word.partition("*") for word in places)]
        executed, gap = self._code.follow(row.entry, [place for place, _ in path])
        if not gap and not _is_steady([ticks for _, ticks in path]):
            gap = "the timer skipped an instruction"
        if gap:
            row.gaps.append(f"{operation} on {start}: {gap}")
        row.steps += len(executed)
        row.executed |= {instruction.address for instruction in executed}
        mnemonics = Counter(instruction.mnemonic for instruction in executed)
        loads = sum(count for name, count in mnemonics.items() if name.startswith("ldrex"))
        stores = sum(count for name, count in mnemonics.items() if name.startswith("strex"))
        row.exclusives.add((loads, stores))
        row.forbidden |= {name for name in mnemonics if name in ("dmb", "dsb", "isb", "cpsid", "cpsie", "msr")}

    def _interrupted(self, words: list[str]) -> None:
        subject, operation, *places = words
        row = self._row(subject, operation.rstrip(":"))
        row.interrupted = {int(place, 16) for place in places}
        row.reachable = self._code.reachable(row.entry, _ENDS)


def _padded(remains: tuple[int, ...], like: tuple[int, ...]) -> tuple[int, ...]:
    return remains + (0,) * (len(like) - len(remains))


def _is_steady(ticks: list[int]) -> bool:
    """Whether the n-th instruction came n times as late as the first: then none is missing, loops and branches included."""
    late = [sum(ticks[:n]) - n * TICKS_PER_INSTRUCTION for n in range(len(ticks))]
    return max(late) - min(late) < 1
