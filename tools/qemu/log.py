"""The lines that a console has printed, numbered from 0; old ones go when they take too much room."""

from __future__ import annotations

from collections import deque
from itertools import islice

_KEPT_CHARACTERS = 16_000_000


class Log:
    def __init__(self, kept_characters: int = _KEPT_CHARACTERS) -> None:
        self._kept = kept_characters
        self._lines: deque[str] = deque()
        self._characters = 0
        self._dropped = 0

    @property
    def count(self) -> int:
        """Number of lines ever added; also the next line's number."""
        return self._dropped + len(self._lines)

    def add(self, line: str) -> None:
        self._lines.append(line)
        self._characters += len(line) + 1
        while self._characters > self._kept:
            self._characters -= len(self._lines.popleft()) + 1
            self._dropped += 1

    def since(self, number: int) -> list[str]:
        """Lines from `number` on. A first line in brackets says so when some of them were dropped."""
        missing = self._dropped - number
        if missing > 0:
            return [f"[{missing} lines dropped]", *self._lines]
        # The newest lines are asked for over and over, the old ones seldom: start from the end.
        return list(islice(reversed(self._lines), max(0, self.count - number)))[::-1]

    def last(self, count: int) -> list[str]:
        return self.since(max(self._dropped, self.count - count))
