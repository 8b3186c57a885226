#!/usr/bin/env python3
"""Tests of how apt's sources are read, and how entries for further suites are derived from them."""

import pathlib
import tempfile
import unittest

from tools.setup_impl import apt_sources

DEB822 = """\
# The release.
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
Enabled: no
URIs: http://mirror.example/debian
Suites: bookworm-backports
Components: main
"""

ONE_LINE = """\
# deb cdrom:[Debian GNU/Linux 12]/ bookworm main
deb [arch=amd64,arm64 signed-by=/etc/apt/keys/a.gpg check-valid-until=no] http://mirror.example/debian/ bookworm main contrib # here
deb http://mirror.example/debian-security bookworm-security main
deb-src http://mirror.example/debian bookworm main
nonsense
deb http://too.short
"""

EMBEDDED_KEY = """\
Types: deb
URIs: mirror+file:///etc/apt/mirrors/debian.list
Suites: bookworm
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEY865UxYJKwYBBAHaRw8BAQdAd7Z0srwuhlB6JKFkcf4HU4SSS/xcRfwEQWzr
 -----END PGP PUBLIC KEY BLOCK-----
"""


class Parsing(unittest.TestCase):
    def test_deb822(self):
        entries = apt_sources.parse_deb822(DEB822, "debian.sources")
        self.assertEqual(len(entries), 2, "the disabled one does not count")
        self.assertEqual(entries[0].types, ("deb", "deb-src"))
        self.assertEqual(entries[0].suites, ("bookworm", "bookworm-updates"))
        self.assertEqual(entries[0].components, ("main", "contrib"))
        self.assertEqual(entries[0].option("signed-by"), "/usr/share/keyrings/debian-archive-keyring.gpg")
        self.assertEqual(entries[0].origin, "debian.sources")

    def test_one_line(self):
        entries = apt_sources.parse_one_line(ONE_LINE)
        self.assertEqual([entry.suites for entry in entries], [("bookworm",), ("bookworm-security",), ("bookworm",)])
        self.assertEqual(entries[0].components, ("main", "contrib"))
        self.assertEqual(entries[0].option("Signed-By"), "/etc/apt/keys/a.gpg")
        self.assertEqual(entries[0].option("Architectures"), "amd64 arm64")
        self.assertEqual(entries[0].option("Check-Valid-Until"), "no")
        self.assertEqual(entries[2].types, ("deb-src",))

    def test_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            etc = pathlib.Path(folder)
            (etc / "sources.list").write_text(ONE_LINE)
            (etc / "sources.list.d").mkdir()
            (etc / "sources.list.d" / "a.sources").write_text(DEB822)
            (etc / "sources.list.d" / "b.list").write_text("deb http://other.example/x stable main\n")
            (etc / "sources.list.d" / "c.list.disabled").write_text("deb http://no.example/x bookworm main\n")
            entries = apt_sources.read_sources(etc)
        self.assertEqual(len(entries), 6)
        self.assertNotIn("http://no.example/x", [entry.uris[0] for entry in entries])

    def test_no_folder_is_no_entry(self):
        self.assertEqual(apt_sources.read_sources("/nonexistent/etc/apt"), [])


class Deriving(unittest.TestCase):
    def test_backports_from_deb822(self):
        base = apt_sources.debian_archive(apt_sources.parse_deb822(DEB822), ("bookworm",))
        self.assertEqual(
            apt_sources.derived(base, "deb", "bookworm-backports"),
            "Types: deb\n"
            "URIs: http://mirror.example/debian\n"
            "Suites: bookworm-backports\n"
            "Components: main\n"
            "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n",
        )

    def test_sources_from_one_line_keep_key_and_options(self):
        base = apt_sources.debian_archive(apt_sources.parse_one_line(ONE_LINE), ("bookworm",))
        text = apt_sources.derived(base, "deb-src", "trixie")
        self.assertIn("Types: deb-src\nURIs: http://mirror.example/debian/\nSuites: trixie\nComponents: main\n", text)
        self.assertIn("Signed-By: /etc/apt/keys/a.gpg\n", text)
        self.assertIn("Check-Valid-Until: no\n", text)

    def test_embedded_key_survives(self):
        base = apt_sources.debian_archive(apt_sources.parse_deb822(EMBEDDED_KEY), ("bookworm",))
        again = apt_sources.parse_deb822(apt_sources.derived(base, "deb", "bookworm-backports"))
        self.assertEqual(len(again), 1)
        self.assertEqual(again[0].option("Signed-By"), base.option("Signed-By"))
        self.assertIn("BEGIN PGP", again[0].option("Signed-By"))

    def test_security_alone_is_not_the_archive(self):
        entries = [entry for entry in apt_sources.parse_deb822(DEB822) if "bookworm-security" in entry.suites]
        with self.assertRaisesRegex(apt_sources.SourcesError, "no apt source for bookworm"):
            apt_sources.debian_archive(entries, ("bookworm",))

    def test_debian_comes_before_somebody_elses_repository(self):
        others = apt_sources.parse_one_line(
            "deb [signed-by=/etc/apt/keys/vpn.gpg] https://packages.example/stable/debian bookworm main\n"
            "deb [signed-by=/etc/apt/keys/x.gpg] https://packages.example/engine bookworm main\n"
        )
        ours = apt_sources.parse_deb822(DEB822)
        self.assertEqual(apt_sources.debian_archive(others + ours, ("bookworm",)).uris, ("http://mirror.example/debian",))

    def test_provides(self):
        entries = apt_sources.parse_deb822(DEB822)
        self.assertFalse(apt_sources.provides(entries, "bookworm-backports"), "it is disabled")
        more = entries + apt_sources.parse_one_line("deb http://m.example/debian bookworm-backports main")
        self.assertTrue(apt_sources.provides(more, "bookworm-backports"))
        only_source = entries + apt_sources.parse_one_line("deb-src http://m.example/debian bookworm-backports main")
        self.assertFalse(apt_sources.provides(only_source, "bookworm-backports"))


if __name__ == "__main__":
    unittest.main()
