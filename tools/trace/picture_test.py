"""The picture is an SVG that shows what the trace has there."""

from __future__ import annotations

import json
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from tools.trace import picture
from tools.trace.chrome import to_object
from tools.trace.dump import Kind, TraceError, Why, read_dump
from tools.trace.samples import Writer, two_cores
from tools.trace.timeline import build

_SVG = "{http://www.w3.org/2000/svg}"


def data_of(writer: Writer) -> dict[str, object]:
    return to_object(build(read_dump(writer.text())))


class PictureTest(unittest.TestCase):
    def titles(self, text: str) -> list[str]:
        root = ElementTree.fromstring(text)
        return [title.text or "" for rect in root.iter(_SVG + "rect") for title in rect.iter(_SVG + "title")]

    def test_shows_runs_interrupts_and_arrows(self) -> None:
        text = picture.draw(data_of(two_cores()), at_ms=0.001, span_ms=0.005)
        titles = self.titles(text)
        for name in ("shell.3", "worker.4", "idle", "interrupt 27", "interrupt 33", "from another core (0)"):
            self.assertTrue(any(title.startswith(name) for title in titles), name)
        self.assertEqual(text.count("url(#wake)"), 2)
        self.assertEqual(text.count("url(#interrupt)"), 2)
        labels = [element.text for element in ElementTree.fromstring(text).iter(_SVG + "text")]
        self.assertLess({"cpu 0", "cpu 1", "worker", "shell", "wakes", "interrupts"}, set(labels))

    def test_no_arrow_within_a_core(self) -> None:
        writer = Writer((1, "idle"), (2, "a"), cores=1)
        writer.at(0, 20_000, Kind.WAKE, 0, 2, 1)
        writer.switch(0, 30_000, 1, Why.PREEMPTED, 2)
        writer.at(0, 40_000, Kind.MARK)
        self.assertEqual(picture.draw(data_of(writer), at_ms=0.01).count("url(#wake)"), 0)

    def test_only_what_is_in_the_window(self) -> None:
        text = picture.draw(data_of(two_cores()), at_ms=0.0049, span_ms=0.0005)
        self.assertFalse(any(title.startswith("worker") for title in self.titles(text)))
        self.assertEqual(text.count("url(#wake)"), 0)

    def test_finds_something_by_itself(self) -> None:
        text = picture.draw(data_of(two_cores()), span_ms=0.003)
        self.assertGreater(text.count("url(#wake)"), 0)

    def test_nothing_there(self) -> None:
        with self.assertRaisesRegex(TraceError, "nothing is known of that time"):
            picture.draw(data_of(two_cores()), at_ms=9)
        with self.assertRaisesRegex(TraceError, "nothing ran"):
            picture.draw(data_of(Writer()))

    def test_command(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            trace, output = Path(folder) / "run.json", Path(folder) / "run.svg"
            trace.write_text(json.dumps(data_of(two_cores())), encoding="utf-8")
            self.assertEqual(picture.main([str(trace), "-o", str(output), "--span", "0.004"]), 0)
            ElementTree.parse(output)
            trace.write_text("{}", encoding="utf-8")
            self.assertEqual(picture.main([str(trace), "-o", str(output)]), 1)
            self.assertEqual(picture.main([str(trace) + "x", "-o", str(output)]), 1)


if __name__ == "__main__":
    unittest.main()
