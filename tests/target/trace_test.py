"""The trace of a real boot: what `trace` prints, what its dump becomes, and what a panic's dump says of it."""

from __future__ import annotations

import re

from tools.qemu.machine import Machine
from tools.qemu.testing import TargetTest, main
from tools.trace.check import problems_of
from tools.trace.chrome import to_object
from tools.trace.dump import Kind, Trace, read_dump
from tools.trace.picture import draw
from tools.trace.timeline import Timeline, build

_LINE = re.compile(r"(\d+\.\d{9}) cpu (\d) ([a-z ]+): ?(.*)")


class TraceTest(TargetTest):
    def take(self, machine: Machine) -> Trace:
        status, text = machine.run("trace dump", timeout=120)
        self.assertEqual(status, 0)
        trace = read_dump(text)
        self.assertEqual(trace.problems, [])
        return trace

    def check_stress(self, board: str, cores: int, **options: int) -> None:
        with self.boot(board, **options) as machine:
            status, text = machine.run("stress 1", timeout=120)
            self.assertEqual(status, 0, text)
            trace = self.take(machine)
            machine.poweroff()
        self.assertEqual(trace.cores, list(range(cores)))
        line = build(trace)
        data = to_object(line)
        self.assertEqual(problems_of(data), [])
        self.check_sense(trace, line)
        self.assertIn("</svg>", draw(data))

    def check_sense(self, trace: Trace, line: Timeline) -> None:
        """What must hold of any machine that runs threads."""
        kinds = {record.kind for records in trace.records.values() for record in records}
        wanted = {Kind.SWITCH, Kind.WAKE, Kind.BEGIN, Kind.END, Kind.INTERRUPT, Kind.INTERRUPT_END, Kind.TIMER_FIRED}
        if len(trace.cores) > 1:
            wanted |= {Kind.IPI, Kind.IPI_SENT, Kind.ARRIVE}
        self.assertLessEqual(wanted, kinds)
        for core, records in trace.records.items():
            self.assertGreater(len(records), 1000, f"cpu {core}")
            for before, after in zip(records, records[1:]):
                self.assertLessEqual(before.ns, after.ns, f"cpu {core}")
            # Whoever a core leaves is the one that it went to before.
            switches = [record for record in records if record.kind == Kind.SWITCH]
            self.assertGreater(len(switches), 100, f"cpu {core}")
            for before, after in zip(switches, switches[1:]):
                self.assertEqual(before.b, after.a, f"cpu {core} at {after.ns}")
            # An interrupt begins outside of another one, and has its end.
            inside = None
            for record in records:
                if record.kind == Kind.SWITCH:
                    self.assertFalse(inside, f"cpu {core} switches in an interrupt at {record.ns}")
                elif record.kind in (Kind.INTERRUPT, Kind.IPI):
                    inside = True
                elif record.kind == Kind.INTERRUPT_END:
                    inside = False
        # No thread runs on two cores at once.
        runs = sorted(line.runs, key=lambda run: (run.thread, run.begin))
        for before, after in zip(runs, runs[1:]):
            if before.thread == after.thread != 0:
                self.assertLessEqual(before.end, after.begin, trace.name_of(before.thread))
        # Whoever is woken runs, and those who run have names.
        wakes = sum(record.kind == Kind.WAKE for records in trace.records.values() for record in records)
        self.assertGreater(len(line.wakes), wakes * 0.5)
        named = sum(run.thread in trace.names for run in line.runs)
        self.assertGreater(named, len(line.runs) * 0.5)
        self.assertIn("shell", trace.names.values())
        self.assertEqual(list(trace.names.values()).count("idle"), len(trace.cores))

    def test_stress_on_virt(self) -> None:
        self.check_stress("virt", 4, smp=4)

    def test_stress_on_one_core(self) -> None:
        self.check_stress("virt", 1, smp=1)

    def test_stress_on_raspi4b(self) -> None:
        self.check_stress("raspi4b", 4)

    def test_words(self) -> None:
        with self.boot("virt", smp=2) as machine:
            text = machine.run("trace 30").text
            lines = [_LINE.fullmatch(line) for line in text.split("\n")]
            self.assertEqual([line for line, found in zip(text.split("\n"), lines) if not found], [])
            self.assertEqual(len(lines), 30)
            times = [float(found[1]) for found in lines if found]
            self.assertEqual(times, sorted(times))
            # The last thing is that the shell was woken by a key, and runs.
            self.assertRegex([line for line in text.split("\n") if "switch:" in line][-1], r"switch: .* -> shell\.\d+$")
            # `sleep` waits on a timer.
            machine.run("sleep 20")
            text = machine.run("trace 60").text
            self.assertRegex(text, r"switch: shell\.\d+ \(waits\) -> idle\.\d+\n")
            self.assertRegex(text, r"timer: fired, late by ")
            self.assertRegex(text, r"wake: shell\.\d+, to cpu \d, by a handler during idle\.\d+\n")
            machine.poweroff()

    def test_names_are_enough_for_any_number_of_threads(self) -> None:
        with self.boot("virt", smp=2) as machine:
            begun = 0
            while begun < 400:
                status, text = machine.run("stress 1 1 churn", timeout=120)
                self.assertEqual(status, 0, text)
                found = re.search(r"(\d+) threads begun and ended", text)
                assert found, text
                self.assertGreater(int(found[1]), 0)
                begun += int(found[1])
            trace = self.take(machine)
            machine.poweroff()
        begins = [r for records in trace.records.values() for r in records if r.kind == Kind.BEGIN]
        begins.sort(key=lambda record: record.ns)
        self.assertGreater(len(begins), 10)
        self.assertNotIn(0, [record.a for record in begins])
        self.assertEqual(len({record.a for record in begins}), len(begins))
        # Those that have ended long ago have lost theirs.
        self.assertEqual([record for record in begins[-100:] if record.a not in trace.names], [])

    def test_contention(self) -> None:
        """Who waits for a lock is told of before it is given, and by the same core; a lock has a place."""
        with self.boot("virt", smp=4) as machine:
            status, text = machine.run("stress 2 7 switches", timeout=120)
            self.assertEqual(status, 0, text)
            trace = self.take(machine)
            machine.poweroff()
        waits = 0
        for core, records in trace.records.items():
            wanted: list[int] = []
            for record in records:
                if record.kind == Kind.LOCK_CONTENDED:
                    wanted.append(record.value)
                    waits += 1
                elif record.kind == Kind.LOCK_GIVEN and wanted:
                    self.assertEqual(record.value, wanted.pop(), f"cpu {core}")
        self.assertGreater(waits, 0)

    def test_off_and_on(self) -> None:
        with self.boot("virt", smp=2) as machine:
            self.assertEqual(machine.run("trace off").status, 0)
            before = machine.run("trace 20").text
            machine.run("sleep 10")
            self.assertEqual(machine.run("trace 20").text, before)
            self.assertEqual(machine.run("trace on").status, 0)
            machine.run("sleep 10")
            self.assertNotEqual(machine.run("trace 20").text, before)
            for wrong in ("trace nonsense", "trace 0", "trace dump 99999999", "trace off 1", "trace 1 2"):
                self.assertEqual(machine.run(wrong).status, 1, wrong)
            machine.poweroff()

    def test_only_the_last_ones(self) -> None:
        with self.boot("virt", smp=2) as machine:
            status, text = machine.run("trace dump 7")
            self.assertEqual(status, 0)
            trace = read_dump(text)
            self.assertEqual(trace.problems, [])
            self.assertEqual([len(records) for records in trace.records.values()], [7, 7])
            machine.poweroff()

    def test_panic_shows_the_last_events(self) -> None:
        with self.boot("virt", smp=4) as machine:
            machine.run("stress 1 1 switches", timeout=120)
            panic = machine.run_to_panic("panic because")
        self.assertTrue(panic.complete)
        part = panic.text.split("last events:\n")
        self.assertEqual(len(part), 2, panic.text)
        lines = [line for line in part[1].splitlines() if line.startswith("  ")]
        events = [_LINE.fullmatch(line.strip()) for line in lines[:24]]
        self.assertTrue(all(events), lines)
        # The shell ran last.
        self.assertRegex(part[1], r"-> shell\.\d+")
        report = self.decode(panic.text)
        for line in lines[:24]:
            self.assertIn(line.strip(), report)


if __name__ == "__main__":
    main()
