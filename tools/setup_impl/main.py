#!/usr/bin/env python3
"""Sets a machine up for Baton. Started by tools/setup, which sees to it that there is a python3 at all."""

import argparse
import contextlib
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

# pylint: disable=wrong-import-position
from tools.setup_impl import apt, apt_sources, tarballs, tools_table  # noqa: E402

TREE = pathlib.Path(__file__).resolve().parents[2]
BACKPORTS_FILE = "/etc/apt/sources.list.d/baton-backports.sources"

# The names under which Debian 12's archive may appear in apt's sources.
RELEASE_SUITES = ("bookworm", "oldstable", "stable")


class SetupError(Exception):
    """The machine cannot be set up; the message says why and what to do."""


def say(text):
    print(f"setup: {text}", file=sys.stderr, flush=True)


def distribution(os_release):
    """(id, version, name) of a machine, from the text of its os-release."""
    values = {}
    for line in os_release.splitlines():
        name, equals, value = line.partition("=")
        if equals:
            values[name.strip()] = value.strip().strip('"')
    return values.get("ID", ""), values.get("VERSION_ID", ""), values.get("PRETTY_NAME", "an unknown system")


def root_prefix(environment, user, stdin_is_terminal):
    """What makes a command root's: nothing for root, sudo where it works; None where there is no way."""
    if user == 0:
        return ()
    if not shutil.which("sudo", path=environment.get("PATH", "")):
        return None
    if stdin_is_terminal:
        return ("sudo",)
    # Nobody can type a password.
    allowed = subprocess.run(["sudo", "-n", "true"], check=False, stderr=subprocess.DEVNULL).returncode == 0
    return ("sudo", "-n") if allowed else None


def lacking_elsewhere(findings, machine, name):
    """What to tell somebody whose distribution is not Debian 12."""
    lines = [
        f"this is {name}. Packages are installed for you on Debian 12 only; elsewhere these must be there:",
        *tools_table.table(findings, machine),
        "Install what lacks, at the versions and places shown, and run this again.",
    ]
    return "\n".join(lines)


def packages_of(findings):
    """{suite: packages} of the tools that lack."""
    wanted = {}
    for finding in findings:
        if not finding.good:
            wanted.setdefault(finding.tool.suite, set()).update(finding.tool.packages)
    return wanted


def install_packages(findings, runner, etc_apt="/etc/apt"):
    """Installs what lacks; adds the backports to apt's sources where they are needed and not there yet."""
    wanted = packages_of(findings)
    for suite, packages in sorted(wanted.items()):
        say(f"Installing from {suite or 'the release'}: {' '.join(sorted(packages))}")
    suite = tools_table.QEMU_SUITE
    entries = apt_sources.read_sources(etc_apt)
    if suite in wanted and not apt_sources.provides(entries, suite):
        base = apt_sources.debian_archive(entries, RELEASE_SUITES)
        say(f"Adding {suite} to apt's sources, as {BACKPORTS_FILE}, from the archive named in {base.origin}")
        runner.write_root_file(
            BACKPORTS_FILE,
            "# Written by Baton's tools/setup: the release's own QEMU does not know the Raspberry Pi 4.\n"
            + apt_sources.derived(base, "deb", suite),
        )
    say("Fetching package lists (apt-get update)")
    runner.update()
    for suite, packages in sorted(wanted.items()):
        runner.install(packages, suite)


def check_packages(groups, may_install, log):
    """Sees to it that all tools of some groups are there; what was found."""
    machine = tools_table.Machine(path=os.environ.get("PATH", os.defpath))
    findings = tools_table.look(machine, groups)
    if all(finding.good for finding in findings):
        return findings
    kind, version, name = distribution(pathlib.Path("/etc/os-release").read_text(encoding="utf-8"))
    if (kind, version) != ("debian", "12"):
        raise SetupError(lacking_elsewhere(findings, machine, name))
    lacking = " ".join(sorted({p for packages in packages_of(findings).values() for p in packages}))
    if not may_install:
        raise SetupError(f"packages are missing: {lacking}")
    prefix = root_prefix(os.environ, os.geteuid(), sys.stdin is not None and sys.stdin.isatty())
    if prefix is None:
        options = "".join(f" --with {group}" for group in groups if group != "base")
        raise SetupError(
            f"packages are missing: {lacking}\n"
            "Installing them needs root, and sudo is not to be had here. Run this as root, then run again what you ran:\n"
            f"    {TREE}/tools/setup --packages-only{options}"
        )
    install_packages(findings, apt.Apt(log, say, prefix))
    findings = tools_table.look(machine, groups)
    still = [f"{finding.tool.name} ({finding.lacking})" for finding in findings if not finding.good]
    if still:
        raise SetupError(
            "the packages are installed, but these are still not as they should be: "
            + ", ".join(still)
            + ". Another program of that name earlier on PATH?"
        )
    return findings


def check_tarballs(folder, log):
    """Sees to it that every pinned tarball is in the cache."""
    pins = tarballs.read_pins(TREE / "bazel" / "third_party" / "sources.bzl")
    wanted = tarballs.missing(pins, folder)
    if wanted:
        if not shutil.which("apt-get"):
            names = "\n".join(f"    {pin['tarball']}  SHA-256 {pin['sha256']}" for pin in wanted.values())
            raise SetupError(f"there is no apt-get to fetch these with; put them into {folder}:\n{names}")
        base = apt_sources.debian_archive(
            apt_sources.read_sources("/etc/apt"), RELEASE_SUITES + (tarballs.SUITE,)
        )
        tarballs.fetch(apt.Apt(log, say), wanted, folder, apt_sources.derived(base, "deb-src", tarballs.SUITE), say)
    return [folder / pin["tarball"] for pin in pins.values()]


def write_stamp(stamp, key, files):
    """What tools/setup compares next time: a key, and files that must still be there."""
    text = "\n".join([key, *sorted(str(file) for file in files)]) + "\n"
    new = stamp.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(stamp)


@contextlib.contextmanager
def only_one(folder):
    """Two set-ups at once would fetch the same."""
    with open(folder / "setup.lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is under way: waiting until it is done")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def parse(argv):
    parser = argparse.ArgumentParser(
        prog="tools/setup",
        description="Installs what Baton needs on Debian 12 and fetches the sources it is built with. "
        "Does nothing, fast, where all is there.",
    )
    groups = [group for group in tools_table.GROUPS if group != "base"]
    parser.add_argument("--with", dest="groups", action="append", default=[], choices=groups, help="a further group of tools")
    parser.add_argument("--packages-only", action="store_true", help="install packages; leave the sources to the user's own run")
    parser.add_argument("--check", action="store_true", help="show what is there and what lacks; change nothing")
    parser.add_argument("--quiet", action="store_true", help="say nothing where nothing is to do")
    # Given by tools/setup.
    parser.add_argument("--stamp-key", default="", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def show(groups):
    """--check: 0 if nothing lacks."""
    machine = tools_table.Machine(path=os.environ.get("PATH", os.defpath))
    findings = tools_table.look(machine, groups)
    print("\n".join(tools_table.table(findings, machine)))
    return 0 if all(finding.good for finding in findings) else 1


def run(arguments):
    groups = sorted({"base", *arguments.groups})
    if arguments.check:
        return show(groups)
    folder = tarballs.cache_folder(os.environ)
    if folder is None:
        raise SetupError("none of BATON_CACHE, XDG_CACHE_HOME and HOME is set: set one")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        log = open(folder / "setup.log", "w", encoding="utf-8")  # pylint: disable=consider-using-with
    except OSError as error:
        raise SetupError(f"cannot write to {folder}: {error.strerror}. Set BATON_CACHE to a folder of yours") from error
    with log, only_one(folder):
        findings = check_packages(groups, may_install=True, log=log)
        files = [file for finding in findings for file in finding.files]
        if arguments.packages_only:
            say("All packages are there.")
            return 0
        files += check_tarballs(folder / "tarballs", log)
        if arguments.stamp_key:
            write_stamp(folder / f"setup-{'-'.join(groups)}.stamp", arguments.stamp_key, files)
    if not arguments.quiet:
        say("Everything is there.")
    return 0


def main(argv):
    try:
        return run(parse(argv))
    except (SetupError, apt.AptError, apt_sources.SourcesError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Interrupted. Run it again to go on.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
