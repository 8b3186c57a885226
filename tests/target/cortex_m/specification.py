"""What each cell does when one operation runs at a time, step by step.

An operation is a generator. It yields where an interrupt may come in between and find the cell
busy; what lies between two yields is one step. Its value is the answer. Handlers run from beginning
to end at one such point, as they do on one core, so trying all points gives all that is allowed.

Answers and remains are in the words of the *_subject.h files.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

Steps = Generator[None, None, str]

# Work inside the cell, on what is there.
_VISITS = ("map", "lease", "lease_take", "map_or", "map_or_else", "and_then", "modify_or_replace")
_LETTERS = "tuv"  # of the thread and the handlers


class TakeCell:
    STARTS = ("empty", "full", "busy")
    # What an object has become that nobody has.
    _outside = "h"

    def __init__(self, start: str) -> None:
        self._content = 0 if start == "empty" else 1
        self._busy = start == "busy"
        self._place = [self._outside if start == "empty" else "c", "t", "u", "v"]
        self._visits = [0, 0, 0, 0]

    def run(self, actor: int, operation: str) -> Steps:
        if operation == "look":
            return "b0" if self._busy else "f0" if self._content else "e0"
        if self._busy:
            return "b0"
        if operation in _VISITS:
            return (yield from self._visit(actor, operation))
        old = self._content
        if operation == "put" and old:
            return "f0"
        if operation == "take" and not old:
            return "e0"
        new = 0 if operation == "take" else actor + 2
        self._content = new
        if old:
            self._place[old - 1] = _LETTERS[actor]
        if new:
            self._place[new - 1] = "c"
        return f"d{old}"

    def _visit(self, actor: int, operation: str) -> Steps:
        # An empty cell, too, is busy until whoever entered in vain has left.
        self._busy = True
        yield
        self._busy = False
        content = self._content
        if not content:
            if operation == "modify_or_replace":
                self._content = actor + 2
                self._place[actor + 1] = "c"
                return "s0"
            return "d9" if operation == "map_or" else "e0"
        self._visits[content - 1] += 1
        if operation == "lease_take":
            self._content = 0
            self._place[content - 1] = _LETTERS[actor]
        return "d0" if operation == "modify_or_replace" else f"d{content}"

    def remains(self) -> tuple[int, ...]:
        return (*map(ord, self._place), *self._visits, 0)


class MapCell(TakeCell):
    _outside = "?"

    def run(self, actor: int, operation: str) -> Steps:
        if operation == "look" or self._busy:
            return (yield from super().run(actor, operation))
        # Who does not find what it needs does not enter.
        if not self._content and operation in ("take", "get", *_VISITS) and operation != "modify_or_replace":
            return "d9" if operation == "map_or" else "e0"
        if self._content and operation == "put":
            return "f0"
        self._busy = True
        yield
        self._busy = False
        if operation == "get":
            return f"d{self._content}"
        # One step now, as far as anybody can see.
        return _whole(super().run(actor, operation))


class OptionalCell:
    STARTS = ("empty", "full")

    def __init__(self, start: str) -> None:
        self._value = 7 if start == "full" else None

    def run(self, actor: int, operation: str) -> Steps:
        value = self._value
        if operation == "contains":
            return "d0" if value == 7 else "e0"
        if operation == "put":
            if value is not None:
                return "f0"
            self._value = 10 + actor
            return "d0"
        if operation == "take" or operation == "clear":
            self._value = None
        elif operation == "update" and value is not None:
            self._value = value + (100, 200, 400)[actor]
        elif operation == "replace":
            self._value = 20 + actor
        elif operation == "set":
            self._value = 30 + actor
        if operation in ("set", "clear"):
            return "d0"
        return "e0" if value is None else f"d{value}"
        yield  # one step

    def remains(self) -> tuple[int, ...]:
        return (0, 0) if self._value is None else (1, self._value)


class NumericCell:
    STARTS = ("number",)

    def __init__(self, start: str) -> None:
        self._number = 1000

    def run(self, actor: int, operation: str) -> Steps:
        before = self._number
        self._number = {
            "add": before + (10, 30, 50)[actor],
            "update": before * 2 + (10, 30, 50)[actor],
            "replace": (2000, 2100, 2200)[actor],
            "subtract": before - (100, 300, 500)[actor],
            "increment": before + 1,
            "decrement": before - 1,
            "set": (3000, 3100, 3200)[actor],
            "get": before,
        }[operation]
        return "d0" if operation == "set" else f"d{before % 65536}"
        yield  # one step

    def remains(self) -> tuple[int, ...]:
        return (self._number % 65536,)


class CombiningCell:
    STARTS: tuple[str, ...] = ("open", "waiting", "removed")
    _budget = 1000

    def __init__(self, start: str) -> None:
        self._installed = start in ("open", "left")
        self._inside = False
        self._hands = [start == "waiting", start == "removed"]  # the handlers share one
        self._pending = {"waiting": [7], "left": [8]}.get(start, [])
        self._nested: dict[int, int] = {}
        self._order: list[int] = []
        self._reliefs = 0

    def run(self, actor: int, operation: str) -> Steps:
        hand = min(actor, 1)
        if operation == "install":
            if not self._hands[hand]:
                return "e0"
            self._hands[hand] = False
            yield
            self._installed = self._inside = True
            yield from self._serve()
            return "d0"
        mine = actor + 1
        if operation == "submit_nested":
            self._nested[mine] = actor + 4
        if not self._installed or self._inside:
            if operation.startswith("submit"):
                self._pending.append(mine)
            return {"remove": "e0", "drain": "d0"}.get(operation, "q0")
        # Whoever submits meanwhile does so before or after us: both are in order.
        self._inside = True
        yield
        if operation.startswith("submit"):
            self._pending.append(mine)
            yield
        if operation == "remove":
            self._inside = self._installed = False
            self._hands[hand] = True
            return "d0"
        served = yield from self._serve()
        if operation == "drain":
            return "d0"
        return "r0" if mine in served else "q0"

    def _serve(self) -> Generator[None, None, list[int]]:
        served: list[int] = []
        while self._pending:
            if len(served) == self._budget:
                self._reliefs += 1
                break
            number = self._pending.pop(0)
            self._order.append(number)
            served.append(number)
            yield
            if number in self._nested:
                self._pending.append(self._nested[number])
                yield
        self._inside = False
        return served

    def remains(self) -> tuple[int, ...]:
        place = "c" if self._installed else "t" if self._hands[0] else "u"
        ran = len(self._order)
        # What is left is served before the order is told.
        self._budget, reliefs = 1000, self._reliefs
        for _ in self._serve():
            pass
        order = (self._order + [0] * 8)[:8]
        return (ord(place), reliefs, 0, ran, *order)


class BoundedCombiningCell(CombiningCell):
    STARTS = (*CombiningCell.STARTS, "left")
    _budget = 1


Spec = type[TakeCell] | type[OptionalCell] | type[NumericCell] | type[CombiningCell]
Outcome = tuple[tuple[str, ...], tuple[int, ...]]


def allowed(spec: Spec, start: str, operation: str, handlers: Sequence[str]) -> set[Outcome]:
    """Everything that may come of an operation with these interrupts: all answers, and what remains."""
    return set(_outcomes(spec, start, operation, handlers))


def _outcomes(spec: Spec, start: str, operation: str, handlers: Sequence[str]) -> Iterator[Outcome]:
    # What is open: for each handler so far, the number of steps of the thread's that came before it.
    open_ended: list[tuple[int, ...]] = [()]
    while open_ended:
        before = open_ended.pop()
        outcome, steps = _run(spec, start, operation, handlers, before)
        if len(before) == len(handlers):
            yield outcome
        else:
            open_ended += [(*before, n) for n in range(before[-1] if before else 0, steps + 1)]


def _run(
    spec: Spec, start: str, operation: str, handlers: Sequence[str], before: tuple[int, ...]
) -> tuple[Outcome, int]:
    """The outcome with handler k after step before[k] of the thread's, and how many steps the thread took."""
    cell = spec(start)
    thread = cell.run(0, operation)
    answers = [""] * (1 + len(handlers))
    steps = 0
    while True:
        for k, step in enumerate(before):
            if step == steps:
                answers[1 + k] = _whole(cell.run(1 + k, handlers[k]))
        if answers[0]:
            break
        try:
            next(thread)
        except StopIteration as end:
            answers[0] = end.value
        steps += 1
    return (tuple(answers), cell.remains()), steps


def _whole(steps: Steps) -> str:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
