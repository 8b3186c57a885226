"""Reads Bazel's build event file: which files a target has, which tests ran and how each ended, what did not build."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

# Targets that a wildcard meets but the platform cannot build are left out on purpose.
_NO_FAILURE = ("SKIPPED",)


@dataclass
class TestRun:
    """The last attempt of one shard of one test."""

    label: str
    status: str
    log: Path | None
    xml: Path | None
    cached: bool

    @property
    def passed(self) -> bool:
        return self.status == "PASSED"


@dataclass
class Tally:
    """Test cases, where a test's XML names them; a test without counts as one."""

    passed: int = 0
    failed: int = 0
    failures: list[str] = field(default_factory=list)


@dataclass
class BuildEvents:
    tests: list[TestRun] = field(default_factory=list)
    unbuilt: list[str] = field(default_factory=list)
    _files: dict[str, list[str]] = field(default_factory=dict)  # target: names of file sets
    _sets: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> BuildEvents:
        """A missing or cut-off file gives what can be read: Bazel may have ended before it wrote anything."""
        events = cls()
        runs: dict[tuple[str, int, int], TestRun] = {}
        unbuilt: dict[str, None] = {}
        for event in _lines(path):
            identity = event.get("id", {})
            if "namedSet" in identity and "namedSetOfFiles" in event:
                events._sets[identity["namedSet"]["id"]] = event["namedSetOfFiles"]
            elif "testResult" in identity and "testResult" in event:
                key = identity["testResult"]
                run = _test_run(key["label"], event["testResult"])
                runs[run.label, key.get("run", 1), key.get("shard", 1)] = run
            elif "targetCompleted" in identity:
                label = identity["targetCompleted"]["label"]
                if "completed" in event and event["completed"].get("success"):
                    events._files[label] = [
                        entry["id"]
                        for group in event["completed"].get("outputGroup", [])
                        if group.get("name") == "default"
                        for entry in group.get("fileSets", [])
                    ]
                elif event.get("aborted", {}).get("reason") not in _NO_FAILURE:
                    unbuilt[label] = None
            elif "aborted" in event and event["aborted"].get("reason") in ("LOADING_FAILURE", "ANALYSIS_FAILURE"):
                label = identity.get("configuredLabel", identity.get("unconfiguredLabel", {})).get("label")
                if label:
                    unbuilt[label] = None
        events.tests = list(runs.values())
        events.unbuilt = list(unbuilt)
        return events

    def files_of(self, label: str) -> list[Path]:
        """The target's default output files."""
        found: dict[Path, None] = {}
        pending, seen = list(self._files.get(_full(label), [])), set()
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            files = self._sets.get(name, {})
            pending += [entry["id"] for entry in files.get("fileSets", [])]
            for file in files.get("files", []):
                path = _local(file.get("uri", ""))
                if path:
                    found[path] = None
        return list(found)

    def tally(self) -> Tally:
        tally = Tally()
        for test in self.tests:
            cases, failed = count_cases(test.xml)
            if not test.passed:
                failed = max(1, failed)
            tally.failed += failed
            tally.passed += max(cases - failed, 0) if cases or failed else 1
            if failed:
                tally.failures.append(f"{test.label} {test.status}" + (f"  {test.log}" if test.log else ""))
        ran = {test.label for test in self.tests}
        for label in self.unbuilt:
            if label not in ran:
                tally.failed += 1
                tally.failures.append(f"{label} NOT BUILT")
        return tally


def count_cases(xml: Path | None) -> tuple[int, int]:
    """(cases that ran, failed among them) by a test's XML file; (0, 0) if there is none that can be read."""
    if xml is None:
        return 0, 0
    try:
        root = ElementTree.parse(xml).getroot()
    except (OSError, ElementTree.ParseError):
        return 0, 0
    cases = failed = 0
    for case in root.iter("testcase"):
        if case.get("status") == "notrun" or case.get("result") in ("skipped", "suppressed"):
            continue
        cases += 1
        failed += any(case.find(kind) is not None for kind in ("failure", "error"))
    return cases, failed


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    event = json.loads(line)
                except ValueError:
                    continue
                if isinstance(event, dict):
                    yield event
    except OSError:
        return


def _test_run(label: str, result: dict[str, Any]) -> TestRun:
    outputs = {output.get("name"): _local(output.get("uri", "")) for output in result.get("testActionOutput", [])}
    return TestRun(
        label=label,
        status=result.get("status", "NO_STATUS"),
        log=outputs.get("test.log"),
        xml=outputs.get("test.xml"),
        cached=bool(result.get("cachedLocally")),
    )


def _local(uri: str) -> Path | None:
    parsed = urlparse(uri)
    return Path(unquote(parsed.path)) if parsed.scheme == "file" else None


def _full(label: str) -> str:
    """//a/b is short for //a/b:b."""
    return label if ":" in label else f"{label}:{label.rsplit('/', 1)[-1]}"
