#!/usr/bin/env python3
"""Tests of the tarball cache, with an apt of our own that brings what each test wants."""

import hashlib
import pathlib
import tempfile
import unittest

from tools.setup_impl import apt, tarballs

CONTENT = b"a tarball\n"
PIN = {
    "package": "thing",
    "version": "1.2",
    "tarball": "thing_1.2.orig.tar.gz",
    "sha256": hashlib.sha256(CONTENT).hexdigest(),
    "strip_prefix": "thing-1.2",
}
SHOWN = "Package: thing\nVersion: 1.2-1\n\nPackage: thing\nVersion: 1.3-1\n\nPackage: thing\nVersion: 1.2-4\n"


class FakeApt:
    """Stands for apt.Apt: answers showsrc, and `source` puts a file where apt would."""

    error = apt.AptError

    def __init__(self, shown=SHOWN, brings=CONTENT):
        self.shown = shown
        self.brings = brings
        self.ran = []

    def output(self, command):
        self.ran.append(command)
        return self.shown

    def run(self, command, cwd=None):
        self.ran.append(command)
        if "source" in command and self.brings is not None:
            (cwd / PIN["tarball"]).write_bytes(self.brings)


class Cache(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "tarballs"
        self.said = []

    def fetch(self, fake):
        tarballs.fetch(fake, {"thing": PIN}, self.folder, "Types: deb-src\n", self.said.append)

    def test_fetches_the_newest_revision_of_the_pinned_version(self):
        fake = FakeApt()
        self.fetch(fake)
        self.assertEqual((self.folder / PIN["tarball"]).read_bytes(), CONTENT)
        self.assertEqual(fake.ran[-1][-1], "thing=1.2-4")
        self.assertEqual(tarballs.missing({"thing": PIN}, self.folder), {})
        self.assertEqual([path.name for path in self.folder.iterdir()], [PIN["tarball"]], "no work folder is left")

    def test_no_list_or_state_of_the_machine_is_used(self):
        fake = FakeApt()
        self.fetch(fake)
        for command in fake.ran:
            for place in ("Dir::Etc::SourceList=", "Dir::State::Lists=", "Dir::Cache=", "Dir::State::Status="):
                self.assertTrue(any(word.startswith(place + str(self.folder)) for word in command), (place, command))

    def test_another_content_is_refused(self):
        with self.assertRaisesRegex(apt.AptError, "not used"):
            self.fetch(FakeApt(brings=b"something else"))
        self.assertFalse((self.folder / PIN["tarball"]).exists())

    def test_a_version_that_is_not_offered_is_named(self):
        with self.assertRaisesRegex(apt.AptError, "does not offer version 1.2 of the source package thing"):
            self.fetch(FakeApt(shown="Package: thing\nVersion: 1.3-1\n"))

    def test_a_damaged_tarball_counts_as_missing(self):
        self.folder.mkdir(parents=True)
        (self.folder / PIN["tarball"]).write_bytes(b"half")
        self.assertEqual(tarballs.missing({"thing": PIN}, self.folder), {"thing": PIN})


class Choosing(unittest.TestCase):
    def test_versions(self):
        self.assertEqual(tarballs.choose_version(SHOWN, "1.2"), "1.2-4")
        self.assertEqual(tarballs.choose_version("Version: 2:1.2-1\n", "1.2"), "2:1.2-1")
        self.assertEqual(tarballs.choose_version("Version: 1.2-rc1-3\n", "1.2-rc1"), "1.2-rc1-3")
        self.assertIsNone(tarballs.choose_version("Version: 1.20-1\n", "1.2"))

    def test_cache_folder(self):
        self.assertEqual(str(tarballs.cache_folder({"BATON_CACHE": "/a", "HOME": "/h"})), "/a")
        self.assertEqual(str(tarballs.cache_folder({"XDG_CACHE_HOME": "/x", "HOME": "/h"})), "/x/baton")
        self.assertEqual(str(tarballs.cache_folder({"HOME": "/h"})), "/h/.cache/baton")
        self.assertIsNone(tarballs.cache_folder({}))

    def test_the_pins_of_the_build_can_be_read(self):
        pins = tarballs.read_pins("bazel/third_party/sources.bzl")
        self.assertGreaterEqual(len(pins), 4)
        for pin in pins.values():
            self.assertRegex(pin["sha256"], r"^[0-9a-f]{64}$")
            self.assertTrue(pin["tarball"].startswith(f"{pin['package']}_{pin['version']}.orig.tar."), pin)


if __name__ == "__main__":
    unittest.main()
