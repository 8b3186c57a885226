#!/usr/bin/env python3
"""Tests of how apt is run, with little scripts in its place."""

import io
import pathlib
import tempfile
import unittest
from unittest import mock

from tools.setup_impl import apt


class Running(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.log = io.StringIO()
        self.said = []
        self.apt = apt.Apt(self.log, self.said.append)

    def script(self, text):
        file = self.folder / "apt-get"
        file.write_text("#!/bin/sh\n" + text)
        file.chmod(0o755)
        return [str(file)]

    def test_what_it_prints_is_logged(self):
        self.apt.run(self.script("echo out; echo err >&2\n"))
        self.assertIn("out\n", self.log.getvalue())
        self.assertIn("err\n", self.log.getvalue())

    def test_no_question_is_asked(self):
        self.apt.run(self.script("echo frontend=$DEBIAN_FRONTEND; cat\n"), root=True)
        self.assertIn("frontend=noninteractive\n", self.log.getvalue())

    def test_waits_for_a_lock(self):
        held = self.folder / "held"
        held.touch()
        command = self.script(
            f"test -e {held} && rm {held} && echo 'E: Could not get lock /var/lib/apt/lists/lock' >&2 && exit 100\nexit 0\n"
        )
        with mock.patch.object(apt.time, "sleep") as sleep:
            self.apt.run(command)
        sleep.assert_called_once()
        self.assertEqual(self.said, ["Another program is using apt: waiting until it is done"])

    def test_gives_up_waiting_in_the_end(self):
        command = self.script("echo 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7' >&2\nexit 100\n")
        with mock.patch.object(apt.time, "sleep"), mock.patch.object(apt, "_LOCK_WAIT_SECONDS", 10):
            with self.assertRaisesRegex(apt.AptError, "held apt's lock"):
                self.apt.run(command)

    def test_no_network_is_said_in_words(self):
        command = self.script("echo \"E: Failed to fetch x  Temporary failure resolving 'x'\"\nexit 100\n")
        with self.assertRaisesRegex(apt.AptError, "archive cannot be reached"):
            self.apt.run(command)

    def test_trouble_with_lists_explains_a_later_failure(self):
        command = self.script(
            "case $1 in update) echo \"W: Failed to fetch x  Could not connect to x\"; exit 0;; esac\n"
            "echo 'E: Unable to locate package clang-19'; exit 100\n"
        )
        with mock.patch.dict("os.environ", {"PATH": f"{self.folder}:/usr/bin:/bin"}):
            self.apt.update()
            with self.assertRaisesRegex(apt.AptError, "archive cannot be reached"):
                self.apt.install(["clang-19"])
        self.assertTrue(command)

    def test_another_failure_shows_what_apt_said(self):
        with self.assertRaisesRegex(apt.AptError, "Unable to locate package nosuch"):
            self.apt.run(self.script("echo 'E: Unable to locate package nosuch'\nexit 100\n"))

    def test_output_of_a_failure_is_empty(self):
        self.assertEqual(self.apt.output(self.script("echo half; exit 1\n")), "")
        self.assertEqual(self.apt.output(self.script("echo whole\n")), "whole\n")


class Telling(unittest.TestCase):
    def progress(self):
        self.stream = io.StringIO()
        self.now = 0
        return apt.Progress(self.stream, clock=lambda: self.now)

    def test_a_line_now_and_then(self):
        progress = self.progress()
        progress.saw("0 upgraded, 3 newly installed, 0 to remove and 0 not upgraded.")
        progress.saw("Unpacking a (1.0) ...")
        self.assertEqual(self.stream.getvalue(), "")
        self.now = 20
        progress.saw("Unpacking b:amd64 (1.0) ...")
        self.assertEqual(self.stream.getvalue(), "  unpacking b:amd64 (2 of 3)\n")
        self.now = 40
        progress.saw("Get:7 http://m.example/debian bookworm/main amd64 c amd64 1.0 [3 kB]")
        self.assertIn("fetching", self.stream.getvalue())


if __name__ == "__main__":
    unittest.main()
