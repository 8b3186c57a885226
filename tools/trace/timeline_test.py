"""From records to runs, states and arrows, and from these to the Trace Event Format."""

from __future__ import annotations

import copy
import json
import random
import tempfile
import unittest
from pathlib import Path
from typing import Any

from tools.trace import convert
from tools.trace.check import problems_of
from tools.trace.chrome import to_json, to_object
from tools.trace.dump import Kind, Trace, TraceError, Why, read_dump
from tools.trace.samples import IDLE0, IDLE1, SHELL, WORKER, Writer, two_cores
from tools.trace.timeline import Arrow, Interrupt, Run, Span, State, Timeline, build


def line_of(writer: Writer) -> Timeline:
    return build(read_dump(writer.text()))


class TimelineTest(unittest.TestCase):
    def setUp(self) -> None:
        self.line = line_of(two_cores())

    def test_runs(self) -> None:
        self.assertEqual(
            sorted(self.line.runs, key=lambda run: (run.core, run.end)),
            [
                Run(0, IDLE0, 1000, 1000, Why.PREEMPTED),
                Run(0, SHELL, 1000, 3000, Why.WAITS),
                Run(0, IDLE0, 3000, 5500, Why.PREEMPTED),
                Run(0, SHELL, 5500, 6000, None),
                Run(1, IDLE1, 1200, 2200, Why.PREEMPTED),
                Run(1, WORKER, 2200, 4800, Why.ENDS),
                Run(1, IDLE1, 4800, 6000, None),
            ],
        )

    def test_interrupts(self) -> None:
        self.assertEqual(
            self.line.interrupts,
            [
                Interrupt(0, 0, True, 5000, 5100),
                Interrupt(0, 27, False, 5100, 5400),
                Interrupt(1, 0, True, 1900, 2100),
                Interrupt(1, 33, False, 4000, 4300),
            ],
        )

    def test_states(self) -> None:
        self.assertEqual(
            sorted(self.line.states, key=lambda state: (state.thread, state.begin)),
            [
                State(SHELL, "running", 1000, 3000, 0),
                State(SHELL, "waiting", 3000, 4100),
                State(SHELL, "ready", 4100, 5500),
                State(SHELL, "running", 5500, 6000, 0),
                State(WORKER, "ready", 1600, 2200),
                State(WORKER, "running", 2200, 4800, 1),
            ],
        )

    def test_arrows(self) -> None:
        self.assertEqual(
            self.line.wakes, [Arrow(0, 1600, 1, 2200, WORKER, False), Arrow(1, 4100, 0, 5500, SHELL, True)]
        )
        self.assertEqual(self.line.ipis, [Arrow(0, 1700, 1, 1900), Arrow(1, 4200, 0, 5000)])
        self.assertEqual(self.line.graces, [Span(7, 5600, 5900)])

    def test_ready_before_it_had_left(self) -> None:
        writer = Writer((1, "idle"), (2, "a"), cores=1)
        writer.switch(0, 10, 1, Why.PREEMPTED, 2)
        writer.switch(0, 20, 2, Why.WAITS, 1)
        writer.at(0, 21, Kind.READY, 0, 2)
        writer.switch(0, 30, 1, Why.PREEMPTED, 2)
        writer.at(0, 40, Kind.MARK)
        self.assertEqual(
            line_of(writer).states,
            [
                State(2, "running", 10, 20, 0),
                State(2, "waiting", 20, 21),
                State(2, "ready", 21, 30),
                State(2, "running", 30, 40, 0),
            ],
        )

    def test_a_wake_up_counts_once(self) -> None:
        writer = Writer((1, "idle"), (2, "a"), cores=1)
        writer.switch(0, 10, 2, Why.WAITS, 1)
        writer.at(0, 20, Kind.WAKE, 0, 2, 1)
        writer.at(0, 25, Kind.WAKE, 0, 2, 1)
        writer.switch(0, 30, 1, Why.PREEMPTED, 2)
        writer.switch(0, 40, 2, Why.PREEMPTED, 1)
        writer.switch(0, 50, 1, Why.PREEMPTED, 2)
        line = line_of(writer)
        self.assertEqual(line.wakes, [Arrow(0, 25, 0, 30, 2)])
        self.assertEqual([state.what for state in line.states], ["waiting", "ready", "running", "ready"])

    def test_nothing_is_said_of_a_gap(self) -> None:
        lines = two_cores().lines(per_line=1)
        # Core 0's switch away from the shell, at 3000.
        kept = [each for each in lines if not each.startswith("@r 0 104 ")]
        self.assertEqual(len(kept), len(lines) - 1)
        line = build(read_dump("".join(kept)))
        of_core_0 = sorted((run for run in line.runs if run.core == 0), key=lambda run: run.end)
        self.assertEqual(of_core_0[1], Run(0, SHELL, 1000, 1700, None))
        self.assertEqual(of_core_0[2], Run(0, IDLE0, 5000, 5500, Why.PREEMPTED))
        self.assertEqual(problems_of(to_object(line)), [])

    def test_a_core_that_never_switches(self) -> None:
        writer = Writer((1, "idle"), (2, "a"), cores=1)
        writer.at(0, 10, Kind.WAKE, 0x80, 2, 1)
        writer.at(0, 20, Kind.MARK)
        self.assertEqual(line_of(writer).runs, [Run(0, 1, 10, 20, None)])

    def test_of_nothing(self) -> None:
        self.assertEqual(line_of(Writer()).runs, [])
        self.assertEqual(problems_of(to_object(build(Trace(1, 0, [0], records={0: []})))), [])

    def test_random_traces_hold_to_the_format(self) -> None:
        for seed in range(1, 40):
            line = line_of(random_trace(random.Random(seed)))
            self.assertEqual(problems_of(to_object(line)), [], f"seed {seed}")
            # A core runs one thread at a time, and a thread has one state.
            for spans in (
                [(run.core, run.begin, run.end) for run in line.runs],
                [(state.thread, state.begin, state.end) for state in line.states],
            ):
                ordered = sorted(spans)
                for before, after in zip(ordered, ordered[1:]):
                    self.assertTrue(before[0] != after[0] or before[2] <= after[1], f"seed {seed}")


def random_trace(choose: random.Random) -> Writer:
    """A scheduler of dice: two cores, four threads, that run, wait, are woken, and move."""
    writer = Writer((1, "idle"), (2, "idle"), (3, "a"), (4, "b"), (5, "c"), (6, "d"))
    running, ready, waiting = [1, 2], [3, 4], [5, 6]
    now = 100
    for _ in range(choose.randrange(5, 200)):
        now += choose.randrange(1, 50)
        core = choose.randrange(2)
        step = choose.randrange(4)
        if step == 0:
            left, idle = running[core], core + 1
            why = choose.choice([Why.PREEMPTED, Why.YIELDS, Why.WAITS]) if left != idle else Why.PREEMPTED
            to = ready.pop(choose.randrange(len(ready))) if ready else idle
            if to == left:
                continue
            writer.switch(core, now, left, why, to)
            running[core] = to
            if left != idle:
                (waiting if why == Why.WAITS else ready).append(left)
        elif step == 1 and waiting:
            woken = waiting.pop(choose.randrange(len(waiting)))
            writer.at(core, now, Kind.WAKE, choose.choice([0, 1, 0x80, 0x81]), woken, running[core])
            ready.append(woken)
        elif step == 2:
            writer.at(core, now, choose.choice([Kind.INTERRUPT, Kind.IPI]), 0, 9)
            now += choose.randrange(1, 10)
            if choose.randrange(3):
                writer.at(core, now, Kind.INTERRUPT_END)
        else:
            kind = choose.choice([Kind.MARK, Kind.IPI_SENT, Kind.TIMER_ARMED, Kind.GRACE_BEGUN, Kind.GRACE_ENDED])
            writer.at(core, now, kind, 0, choose.randrange(1, 4))
    return writer


class ChromeTest(unittest.TestCase):
    def setUp(self) -> None:
        self.data = json.loads(to_json(line_of(two_cores())))
        self.events: list[dict[str, Any]] = self.data["traceEvents"]

    def find(self, **keys: Any) -> list[dict[str, Any]]:
        return [event for event in self.events if all(event.get(key) == value for key, value in keys.items())]

    def test_holds_to_the_format(self) -> None:
        self.assertEqual(problems_of(self.data), [])

    def test_tracks(self) -> None:
        named = {(e["pid"], e["tid"]): e["args"]["name"] for e in self.find(ph="M", name="thread_name")}
        self.assertEqual(
            named,
            {(1, 1): "cpu 0", (1, 2): "cpu 1", (2, SHELL): "shell.3", (2, WORKER): "worker.4", (3, 1): "grace periods"},
        )

    def test_what_ran_and_interrupts_inside(self) -> None:
        self.assertEqual([(e["ts"], e["dur"]) for e in self.find(pid=1, tid=2, name="worker.4")], [(2.2, 2.6)])
        self.assertEqual([(e["ts"], e["dur"]) for e in self.find(pid=1, tid=2, name="interrupt 33")], [(4.0, 0.3)])
        states = [e["name"] for e in self.find(pid=2, tid=SHELL, ph="X")]
        self.assertEqual(states, ["running", "waiting", "ready", "running"])

    def test_arrows_have_both_ends(self) -> None:
        wakes = [(e["ph"], e["tid"], e["ts"]) for e in self.find(name="wake")]
        self.assertEqual(wakes, [("s", 1, 1.6), ("f", 2, 2.2), ("s", 2, 4.1), ("f", 1, 5.5)])
        self.assertEqual([e["ph"] for e in self.find(name="interrupt")], ["s", "f", "s", "f"])

    def test_counters(self) -> None:
        counted = [(e["ts"], e["args"]["running"], e["args"]["ready"]) for e in self.find(ph="C")]
        expected = [(1.0, 1, 0), (1.6, 1, 1), (2.2, 2, 0), (3.0, 1, 0), (4.1, 1, 1), (4.8, 0, 1), (5.5, 1, 0)]
        self.assertEqual(counted, [*expected, (6.0, 0, 0)])


class CheckTest(unittest.TestCase):
    """Every rule finds what breaks it."""

    def broken(self, find: Any, **changes: Any) -> str:
        data = copy.deepcopy(to_object(line_of(two_cores())))
        event = next(event for event in data["traceEvents"] if find(event))
        for key, value in changes.items():
            if value is None:
                del event[key]
            else:
                event[key] = value
        return "; ".join(problems_of(data))

    def test_fields(self) -> None:
        def a_slice(e: dict[str, Any]) -> bool:
            return e["ph"] == "X" and e["name"] == "worker.4"

        self.assertIn("X without a dur", self.broken(a_slice, dur=None))
        self.assertIn("X without a dur", self.broken(a_slice, dur=-1))
        self.assertIn("ts is no time", self.broken(a_slice, ts=None))
        self.assertIn("ts is no time", self.broken(a_slice, ts=float("nan")))
        self.assertIn("pid is no number", self.broken(a_slice, pid="1"))
        self.assertIn("tid is no number", self.broken(a_slice, tid=None))
        self.assertIn("has no name", self.broken(a_slice, name=""))
        self.assertIn("unknown ph", self.broken(a_slice, ph="Q"))
        self.assertIn("never ended", self.broken(a_slice, ph="B"))
        self.assertIn("without B", self.broken(a_slice, ph="E"))
        self.assertIn("i without a scope", self.broken(lambda e: e["ph"] == "i", s=None))
        self.assertIn("a counter that is no number", self.broken(lambda e: e["ph"] == "C", args={"a": "b"}))
        self.assertIn("a track without a name", self.broken(lambda e: e["ph"] == "M", args={}))

    def test_order_and_nesting(self) -> None:
        self.assertIn("not in the order of time", self.broken(lambda e: e["name"] == "worker.4", ts=0.5))
        self.assertIn("ends after the slice around it", self.broken(lambda e: e["name"] == "interrupt 33", dur=2))

    def test_arrows(self) -> None:
        self.assertIn("only the end of ph f", self.broken(lambda e: e["ph"] == "s", ph="i", s="t"))
        self.assertIn("two ends of ph s", self.broken(lambda e: e["ph"] == "f", ph="s"))
        self.assertIn("is in no slice", self.broken(lambda e: e["ph"] == "f" and e["name"] == "wake", tid=77))

    def test_no_trace_at_all(self) -> None:
        for data in (None, [], {}, {"traceEvents": 1}):
            self.assertNotEqual(problems_of(data), [])
        self.assertNotEqual(problems_of({"traceEvents": [1], "displayTimeUnit": "ns"}), [])
        self.assertNotEqual(problems_of({"traceEvents": []}), [])


class ConvertTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_writes_the_file(self) -> None:
        log, output = self.folder / "log", self.folder / "deep/er/run.json"
        log.write_text("baton> trace dump\n" + two_cores().text(), encoding="utf-8")
        self.assertEqual(convert.main(["--from", str(log), "-o", str(output)]), 0)
        self.assertEqual(problems_of(json.loads(output.read_text(encoding="utf-8"))), [])

    def test_nothing_to_write(self) -> None:
        log, output = self.folder / "log", self.folder / "run.json"
        log.write_text("nothing", encoding="utf-8")
        self.assertEqual(convert.main(["--from", str(log), "-o", str(output)]), 1)
        self.assertEqual(convert.main(["--from", str(self.folder / "nosuch"), "-o", str(output)]), 1)
        with self.assertRaisesRegex(TraceError, "is empty"):
            convert.convert(Writer().text(), output)
        self.assertFalse(output.exists())


if __name__ == "__main__":
    unittest.main()
