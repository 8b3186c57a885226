"""Reads a machine's apt sources and derives entries for further suites of the same archive.

No archive host is named anywhere in Baton: whichever mirror the machine uses serves the backports and the source packages
too, with the same key and the same options.
"""

import dataclasses
import pathlib
import re

# deb822 fields that an entry derived from another sets itself, or that say nothing to apt.
_OWN_FIELDS = {"types", "uris", "suites", "components", "enabled", "description"}

# apt.conf names of one-line options are the deb822 fields in lower case, but for these.
_OPTION_TO_FIELD = {
    "arch": "Architectures",
    "lang": "Languages",
    "target": "Targets",
    "pdiffs": "PDiffs",
    "by-hash": "By-Hash",
    "allow-insecure": "Allow-Insecure",
    "allow-weak": "Allow-Weak",
    "allow-downgrade-to-insecure": "Allow-Downgrade-To-Insecure",
    "trusted": "Trusted",
    "signed-by": "Signed-By",
    "check-valid-until": "Check-Valid-Until",
    "valid-until-min": "Valid-Until-Min",
    "valid-until-max": "Valid-Until-Max",
    "check-date": "Check-Date",
    "date-max-future": "Date-Max-Future",
    "inrelease-path": "InRelease-Path",
}


class SourcesError(Exception):
    """The sources cannot be used; the message says what to do."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """One enabled entry: every combination of its types, addresses and suites."""

    types: tuple
    uris: tuple
    suites: tuple
    components: tuple
    # Field name and value as deb822 writes them; a value may span lines (an embedded key).
    options: tuple = ()
    origin: str = ""

    def option(self, name):
        for field, value in self.options:
            if field.lower() == name.lower():
                return value
        return None


def parse_one_line(text, origin=""):
    """Entries of the one-line format: `deb [options] uri suite components...`."""
    entries = []
    for line in text.splitlines():
        line = line.split("#", 1)[0].strip()
        match = re.match(r"(deb|deb-src)\s+(?:\[([^\]]*)\]\s*)?(.+)$", line)
        if not match:
            continue
        kind, option_text, rest = match.groups()
        words = rest.split()
        if len(words) < 2:
            continue
        options = []
        for name, value in re.findall(r"([\w-]+)[+-]?=(\S+)", option_text or ""):
            field = _OPTION_TO_FIELD.get(name.lower(), name)
            options.append((field, value.replace(",", " ")))
        entries.append(Entry((kind,), (words[0],), (words[1],), tuple(words[2:]), tuple(options), origin))
    return entries


def parse_deb822(text, origin=""):
    """Entries of the deb822 format: paragraphs of `Field: value`."""
    entries = []
    for paragraph in re.split(r"\n[ \t]*\n", text):
        fields = []
        for line in paragraph.splitlines():
            if line.startswith("#"):
                continue
            if line[:1] in (" ", "\t"):
                if fields:
                    name, value = fields[-1]
                    fields[-1] = (name, value + "\n" + line)
            elif ":" in line:
                name, value = line.split(":", 1)
                fields.append((name.strip(), value.strip()))
        values = {name.lower(): value for name, value in fields}
        if values.get("enabled", "yes").lower() in ("no", "false", "0", "off", "disable", "without"):
            continue
        if not all(values.get(name) for name in ("types", "uris", "suites")):
            continue
        entries.append(
            Entry(
                tuple(values["types"].split()),
                tuple(values["uris"].split()),
                tuple(values["suites"].split()),
                tuple(values.get("components", "").split()),
                tuple((name, value) for name, value in fields if name.lower() not in _OWN_FIELDS),
                origin,
            )
        )
    return entries


def read_sources(etc_apt):
    """Every enabled entry under a folder such as /etc/apt, in the order in which apt reads them."""
    etc_apt = pathlib.Path(etc_apt)
    files = [etc_apt / "sources.list"]
    parts = etc_apt / "sources.list.d"
    if parts.is_dir():
        files += sorted(parts.iterdir())
    entries = []
    for file in files:
        if not file.is_file():
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        if file.suffix == ".sources":
            entries += parse_deb822(text, str(file))
        elif file.suffix == ".list":
            entries += parse_one_line(text, str(file))
    return entries


def _score(entry):
    """How much an entry looks like Debian's own archive rather than somebody's repository for Debian."""
    key = entry.option("Signed-By")
    uri = entry.uris[0].rstrip("/")
    return (2 if key is None or "debian-archive" in key else 0) + (1 if "debian" in uri.rsplit("/", 1)[-1] else 0)


def debian_archive(entries, suites):
    """The entry for Debian's main archive whose suite is one of `suites`, as a single address."""
    found = [
        entry
        for entry in entries
        if "deb" in entry.types and "main" in entry.components and any(suite in suites for suite in entry.suites)
    ]
    if not found:
        raise SourcesError(
            "no apt source for {} with the component main was found under /etc/apt: add the distribution's own".format(
                " or ".join(suites)
            )
        )
    best = max(found, key=_score)
    return dataclasses.replace(best, uris=best.uris[:1])


def provides(entries, suite):
    """Whether an entry already offers a suite's binary packages."""
    return any("deb" in entry.types and suite in entry.suites and "main" in entry.components for entry in entries)


def derived(entry, kind, suite):
    """A deb822 paragraph for another suite of the same archive."""
    lines = [f"Types: {kind}", f"URIs: {' '.join(entry.uris)}", f"Suites: {suite}", "Components: main"]
    lines += [f"{name}: {value}" for name, value in entry.options]
    return "\n".join(lines) + "\n"
