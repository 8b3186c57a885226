"""What Baton needs of a machine: the one list of tools, versions and packages."""

import dataclasses
import glob
import os
import re
import shutil
import subprocess


@dataclasses.dataclass(frozen=True)
class Tool:
    """Something that must be installed."""

    name: str
    need: str  # in words, for the table
    packages: tuple  # of Debian 12
    probe: tuple  # a program's name, or the absolute path (a pattern is fine) of a file; all must be there
    version_command: tuple = ()  # prints the version; only for the table
    accepts: str = ""  # a regular expression that the output of check_command must match
    check_command: tuple = ()
    suite: str = ""  # packages come from this suite, not from the release
    group: str = "base"


QEMU_SUITE = "bookworm-backports"

TOOLS = (
    Tool("git", "any", ("git",), ("git",), ("git", "--version")),
    Tool("python3", "3.9 or newer", ("python3",), ("python3",), ("python3", "--version")),
    Tool("bazel", "4.2.3", ("bazel-bootstrap",), ("bazel",), ("bazel", "--version")),
    Tool(
        "Bazel rule sets",
        "platforms, skylib, rules_java, rules_proto in /usr/share/bazel",
        ("bazel-platforms", "bazel-rules-java", "bazel-rules-proto", "bazel-skylib"),
        (
            "/usr/share/bazel/tools/skylib/WORKSPACE",
            "/usr/share/bazel/rules/java/WORKSPACE",
            "/usr/share/bazel/rules/proto/WORKSPACE",
        ),
    ),
    Tool("clang", "19", ("clang-19",), ("/usr/bin/clang-19",), ("/usr/bin/clang-19", "--version")),
    Tool("lld", "19", ("lld-19",), ("/usr/bin/ld.lld-19",), ("/usr/bin/ld.lld-19", "--version")),
    Tool(
        "LLVM tools",
        "19",
        ("llvm-19",),
        (
            "/usr/bin/llvm-addr2line-19",
            "/usr/bin/llvm-ar-19",
            "/usr/bin/llvm-nm-19",
            "/usr/bin/llvm-objcopy-19",
            "/usr/bin/llvm-objdump-19",
            "/usr/bin/llvm-readelf-19",
            "/usr/bin/llvm-symbolizer-19",
        ),
        ("/usr/bin/llvm-objcopy-19", "--version"),
    ),
    Tool(
        "sanitizer runtimes",
        "of clang 19",
        ("libclang-rt-19-dev",),
        (
            "/usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.tsan-*.a",
            "/usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.asan-*.a",
        ),
    ),
    Tool("clang-tidy", "19", ("clang-tidy-19",), ("/usr/bin/clang-tidy-19",), ("/usr/bin/clang-tidy-19", "--version")),
    Tool(
        "clang-format",
        "19",
        ("clang-format-19",),
        ("/usr/bin/clang-format-19",),
        ("/usr/bin/clang-format-19", "--version"),
    ),
    Tool(
        "libstdc++ headers",
        "12 or newer",
        ("libc6-dev", "libstdc++-12-dev"),
        ("/usr/include/c++/*/expected", "/usr/include/*/sys/types.h"),
    ),
    Tool("libc++ headers", "19", ("libc++-19-dev",), ("/usr/lib/llvm-19/include/c++/v1/expected",)),
    Tool(
        "picolibc for AArch64",
        "1.8",
        ("picolibc-aarch64-linux-gnu",),
        ("/usr/lib/picolibc/aarch64-linux-gnu/include/string.h",),
    ),
    Tool(
        "picolibc for Cortex-M",
        "1.8",
        ("picolibc-arm-none-eabi",),
        ("/usr/lib/picolibc/arm-none-eabi/include/string.h",),
    ),
    Tool(
        "libgcc for Cortex-M",
        "12.2",
        ("gcc-arm-none-eabi",),
        ("/usr/lib/gcc/arm-none-eabi/12.2.1/thumb/v7-m/nofp/libgcc.a",),
    ),
    Tool(
        "qemu-system-aarch64",
        "9.0 or newer, with the machine raspi4b",
        ("qemu-system-arm",),
        ("qemu-system-aarch64",),
        ("qemu-system-aarch64", "--version"),
        accepts=r"(?m)^raspi4b\b",
        check_command=("qemu-system-aarch64", "-M", "help"),
        suite=QEMU_SUITE,
    ),
    Tool("gdb-multiarch", "any", ("gdb-multiarch",), ("gdb-multiarch",), ("gdb-multiarch", "--version")),
    Tool("mtools", "any", ("mtools",), ("mcopy", "mformat"), ("mcopy", "--version")),
    Tool("mkfs.vfat", "any", ("dosfstools",), ("mkfs.vfat",)),
    Tool(
        "peers of the benchmarks",
        "liburcu, Concurrency Kit, oneTBB",
        ("libck-dev", "libtbb-dev", "liburcu-dev"),
        ("/usr/include/ck_pr.h", "/usr/include/tbb/concurrent_queue.h", "/usr/include/*/urcu.h"),
    ),
    # Only what `baton bench --plots` adds: asked for with `--with plots`.
    Tool(
        "matplotlib",
        "any, for /usr/bin/python3",
        ("python3-matplotlib",),
        ("/usr/lib/python3/dist-packages/matplotlib/__init__.py",),
        group="plots",
    ),
)

GROUPS = tuple(sorted({tool.group for tool in TOOLS}))


@dataclasses.dataclass(frozen=True)
class Machine:
    """Where to look: a test gives a folder of its own."""

    root: str = "/"
    path: str = ""

    def _search_path(self):
        return self.path + os.pathsep + os.pathsep.join(
            os.path.join(self.root, folder) for folder in ("usr/local/sbin", "usr/sbin", "sbin")
        )

    def find(self, probe):
        """The file that a probe names, or None."""
        if probe.startswith("/"):
            found = sorted(glob.glob(os.path.join(self.root, probe.lstrip("/"))))
            return found[0] if found else None
        return shutil.which(probe, path=self._search_path())

    def output(self, command):
        """What a command prints, or an empty string where it cannot be run."""
        program = self.find(command[0])
        if program is None:
            return ""
        try:
            done = subprocess.run(
                [program, *command[1:]],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=60,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout.decode("utf-8", errors="replace")


@dataclasses.dataclass(frozen=True)
class Finding:
    """What a machine has of a tool."""

    tool: Tool
    files: tuple  # that were found; empty if the tool is lacking
    lacking: str = ""  # why it does not do

    @property
    def good(self):
        return not self.lacking


def look_for(tool, machine):
    """One tool on one machine."""
    files = []
    for probe in tool.probe:
        found = machine.find(probe)
        if found is None:
            return Finding(tool, (), f"{probe} not found")
        files.append(found)
    if tool.check_command and not re.search(tool.accepts, machine.output(tool.check_command)):
        return Finding(tool, tuple(files), f"found, but not {tool.need}")
    return Finding(tool, tuple(files))


def look(machine, groups):
    """All tools of some groups."""
    return [look_for(tool, machine) for tool in TOOLS if tool.group in groups]


def version_of(tool, machine):
    """What a tool says of its version, for people."""
    lines = machine.output(tool.version_command).splitlines() if tool.version_command else []
    for line in lines:
        match = re.search(r"\d+(\.\d+)+", line)
        if match:
            return match.group(0)
    # The distribution's Bazel does not know its own.
    return "no version told" if lines else "there"


def table(findings, machine):
    """Lines that say what is needed, what was found, and what lacks."""
    rows = [("tool", "needed", "found")]
    for finding in findings:
        found = version_of(finding.tool, machine) if finding.good else f"LACKING: {finding.lacking}"
        rows.append((finding.tool.name, finding.tool.need, found))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return [f"  {name:<{widths[0]}}  {need:<{widths[1]}}  {found}".rstrip() for name, need, found in rows]
