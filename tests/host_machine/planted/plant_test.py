#!/usr/bin/env python3
"""A bug is planted where its patch says, or not at all."""

import unittest

from tests.host_machine.planted import plant

PATCH = """What the bug is.

--- a/kernel/a.cc
+++ b/kernel/a.cc
@@ -1,3 +1,3 @@
 one

-two
+three
@@ -7,2 +7,1 @@
 four
-five
"""


class Plant(unittest.TestCase):
    def hunks(self):
        parsed = plant.parse(PATCH)
        self.assertEqual(list(parsed), ["kernel/a.cc"])
        return parsed["kernel/a.cc"]

    def test_replaces_what_the_hunks_say(self):
        planted = plant.plant(self.hunks(), "zero\none\n\ntwo\nfour\nfive\n", "kernel/a.cc")
        self.assertEqual(planted, '#line 1 "kernel/a.cc"\nzero\none\n\nthree\nfour\n')

    def test_refuses_a_source_that_has_changed(self):
        with self.assertRaisesRegex(plant.PatchError, "no longer applies: 0 times"):
            plant.plant(self.hunks(), "one\n\nTWO\nfour\nfive\n", "kernel/a.cc")

    def test_refuses_two_places(self):
        with self.assertRaisesRegex(plant.PatchError, "no longer applies: 2 times"):
            plant.plant(self.hunks(), "one\n\ntwo\none\n\ntwo\nfour\nfive\n", "kernel/a.cc")

    def test_refuses_a_patch_that_does_nothing(self):
        with self.assertRaisesRegex(plant.PatchError, "does not change it"):
            plant.plant([], "one\n", "kernel/a.cc")
        with self.assertRaisesRegex(plant.PatchError, "changes nothing"):
            plant.plant([("one\n", "one\n")], "one\n", "kernel/a.cc")

    def test_refuses_what_is_no_patch(self):
        with self.assertRaisesRegex(plant.PatchError, "not a line of a patch"):
            plant.parse("--- a/x\n+++ b/x\n@@ @@\n?what\n")


if __name__ == "__main__":
    unittest.main()
