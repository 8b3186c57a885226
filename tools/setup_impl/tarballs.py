"""Fetches the pinned tarballs of source packages with apt, into the cache from which the build unpacks them.

Nothing here needs root: apt gets lists and folders of its own.
"""

import ast
import hashlib
import os
import pathlib
import re
import shutil
import tempfile

# The suite that has the pinned versions. Source packages install nothing, so a newer suite's do no harm.
SUITE = "trixie"


def read_pins(sources_bzl):
    """The table of bazel/third_party/sources.bzl, which is a plain literal by agreement."""
    module = ast.parse(pathlib.Path(sources_bzl).read_text(encoding="utf-8"))
    for statement in module.body:
        if isinstance(statement, ast.Assign) and statement.targets[0].id == "SOURCES":
            return ast.literal_eval(statement.value)
    raise ValueError(f"{sources_bzl}: no table SOURCES")


def cache_folder(environment):
    """The same choice as in bazel/third_party/debian_source.bzl."""
    if environment.get("BATON_CACHE"):
        return pathlib.Path(environment["BATON_CACHE"])
    if environment.get("XDG_CACHE_HOME"):
        return pathlib.Path(environment["XDG_CACHE_HOME"]) / "baton"
    if environment.get("HOME"):
        return pathlib.Path(environment["HOME"]) / ".cache" / "baton"
    return None


def sha256(file):
    digest = hashlib.sha256()
    with open(file, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def missing(pins, folder):
    """The pins whose tarball is not in the folder or is not what it should be."""
    return {
        name: pin
        for name, pin in pins.items()
        if not (folder / pin["tarball"]).is_file() or sha256(folder / pin["tarball"]) != pin["sha256"]
    }


def choose_version(showsrc, upstream):
    """The package version, revision included, that holds an upstream version; None if there is none."""
    versions = re.findall(r"(?m)^Version: (\S+)$", showsrc)
    fitting = [v for v in versions if re.sub(r"^\d+:", "", v).rsplit("-", 1)[0] == upstream]
    return fitting[-1] if fitting else None


def fetch(apt, pins, folder, sources_text, say):
    """Fetches what is missing. `apt` runs apt-get and apt-cache (apt.Apt); raises apt.AptError."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=folder) as work:
        work = pathlib.Path(work)
        for sub in ("lists/partial", "cache/archives/partial", "state", "download"):
            (work / sub).mkdir(parents=True)
        (work / "baton.sources").write_text(sources_text, encoding="utf-8")
        (work / "status").touch()
        # Its own world: no lock of the machine's is taken, no file of the machine's is written.
        options = [
            f"Dir::Etc::SourceList={work}/baton.sources",
            "Dir::Etc::SourceParts=/dev/null",
            "Dir::Etc::Preferences=/dev/null",
            "Dir::Etc::PreferencesParts=/dev/null",
            f"Dir::State={work}/state",
            f"Dir::State::Lists={work}/lists",
            f"Dir::State::Status={work}/status",
            f"Dir::Cache={work}/cache",
            # A list that cannot be had is an error, not a warning.
            "APT::Update::Error-Mode=any",
        ]
        if os.geteuid() == 0:
            # apt's download user cannot read the cache of root, and needs not: sums are checked here.
            options.append("APT::Sandbox::User=root")
        options = [word for option in options for word in ("-o", option)]
        say(f"Reading the list of {SUITE}'s source packages")
        apt.run(["apt-get", *options, "update"])
        for pin in pins.values():
            package, upstream = pin["package"], pin["version"]
            shown = apt.output(["apt-cache", *options, "showsrc", "--only-source", package])
            version = choose_version(shown, upstream)
            if version is None:
                raise apt.error(
                    f"the package archive does not offer version {upstream} of the source package {package}. "
                    f"Put {pin['tarball']} (SHA-256 {pin['sha256']}) into {folder} and run this again"
                )
            say(f"Fetching {pin['tarball']}")
            apt.run(
                ["apt-get", *options, "source", "--only-source", "--tar-only", "--download-only", f"{package}={version}"],
                cwd=work / "download",
            )
            tarball = work / "download" / pin["tarball"]
            if not tarball.is_file():
                raise apt.error(f"apt-get source {package}={version} brought no {pin['tarball']}")
            found = sha256(tarball)
            if found != pin["sha256"]:
                raise apt.error(f"{pin['tarball']} as fetched has SHA-256 {found}, not {pin['sha256']}: not used")
            shutil.move(tarball, folder / pin["tarball"])
