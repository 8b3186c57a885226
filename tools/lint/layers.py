"""Which layer may include which: the arrows of the architecture, checked in headers too, where no compiler looks.

Run as tools/check_layers. Prints `file:line: what is wrong (rule)` for each violation.
"""

import ast
import fnmatch
import pathlib
import re
import sys

from tools.lint import tree

# What each kind of file may include. A kind is what kind_of() makes of a path; tests, and what only tests use, may include
# everything but boards.
ARROWS = {
    "base": ("base",),
    "arch contract": ("arch contract", "base"),
    "arch upcalls": ("arch upcalls", "base"),
    # What every port shares, beside the ports: arch/preempt.h.
    "arch public": ("arch public", "arch contract", "arch upcalls", "base"),
    "arch port": ("arch port", "arch public", "arch contract", "arch upcalls", "base"),
    "sync": ("sync", "arch public", "base"),
    "drivers iface": ("drivers iface", "sync", "base"),
    "driver": ("driver", "drivers common", "drivers iface", "sync", "arch public", "base"),
    "drivers common": ("drivers common", "drivers iface", "sync", "arch public", "base"),
    "kernel": ("kernel", "drivers iface", "sync", "arch public", "arch upcalls", "base"),
    "board": (
        "board",
        "boards common",
        "kernel",
        "driver",
        "drivers common",
        "drivers iface",
        "sync",
        "arch public",
        "arch port",
        "arch upcalls",
        "base",
    ),
    "user": ("user",),
    "bazel": ("bazel",),
}
ARROWS["boards common"] = tuple(kind for kind in ARROWS["board"] if kind != "board")
# What boards with one chip share: where the chip has what.
ARROWS["soc"] = ("soc", *ARROWS["boards common"])
ARROWS["board"] = ("soc", *ARROWS["board"])
_NOT_FOR_TESTS = ("board", "soc", "boards common", "user", "bazel")
ARROWS["test"] = ("test", *(kind for kind in ARROWS if kind not in _NOT_FOR_TESTS), "arch public")
ARROWS["bench"] = ("bench", *ARROWS["test"])
# Beside a board's code.
ARROWS["board test"] = ("board", "soc", "boards common", *ARROWS["test"])

# Libraries of others: who may include them.
EXTERNAL = (
    ("absl/*", None),
    ("gtest/*", ("test", "bench")),
    ("gmock/*", ("test", "bench")),
    ("benchmark/*", ("bench",)),
    ("libfdt.h", ("driver", "test")),
    ("libfdt_env.h", ("driver", "test")),
    ("fdt.h", ("driver", "test")),
    # Peers to measure against; Linux only.
    ("urcu*", ("bench",)),
    ("ck_*", ("bench",)),
    ("tbb/*", ("bench",)),
    ("oneapi/*", ("bench",)),
)

_TEST_NAMES = ("*_test.cc", "*_test.h", "*_model.cc", "*_nc.cc", "*_ontarget.cc", "fake_*.h", "fake_*.cc", "fake_*.S")

_TOP = ("base", "arch", "sync", "drivers", "kernel", "boards", "tests", "bench", "user", "bazel", "tools", "docs")

_INCLUDE = re.compile(r'^\s*#\s*(?:include|import|include_next)\s*(?:"([^"]+)"|<([^>]+)>)')
_CONDITION = re.compile(r"^\s*#\s*(?:el)?if(?:n?def)?\b(.*)|^\s*#\s*elifn?def\b(.*)")
_ARCHITECTURE = re.compile(
    r"\b(?:__aarch64__|__AARCH64\w*|__arm__|__ARM_\w+|__thumb\w*|__x86_64\w*|__amd64\w*|__i[3-6]86\w*|__riscv\w*|_M_ARM\w*|"
    r"_M_X64|_M_IX86)\b"
)
_ARCHITECTURE_LABEL = re.compile(r"//bazel/platforms:is_(?!opt\b|bare\b)|@platforms//cpu:|@platforms//os:none")


def kind_of(path, test_files=()):
    """What a file is, from its path relative to the root; `test_files` are those that BUILD files call testonly."""
    parts = path.split("/")
    top, name = parts[0], parts[-1]
    if top == "bench" or name.endswith("_bench.cc"):
        return "bench"
    if top == "bazel":
        return "bazel"
    if top == "tests" or path in test_files or any(fnmatch.fnmatch(name, pattern) for pattern in _TEST_NAMES):
        return "board test" if top == "boards" else "test"
    if "testing" in parts[:-1]:
        return "test"
    if top == "arch":
        if parts[1] == "contract":
            return "arch contract"
        if parts[1] == "upcalls.h":
            return "arch upcalls"
        if len(parts) == 2:
            # As it is included: the build picks the port that provides it.
            return "arch public"
        return "arch port"
    if top == "drivers":
        return {"iface": "drivers iface", "common": "drivers common"}.get(parts[1], "driver")
    if top == "boards":
        return {"common": "boards common", "cortex_m": "boards common", "soc": "soc"}.get(parts[1], "board")
    return top


def unit_of(path):
    """The port, driver or board that a file belongs to: within one kind, these keep apart."""
    parts = path.split("/")
    if parts[:2] == ["boards", "soc"]:
        return parts[2]
    if parts[0] in ("arch", "boards"):
        return parts[1]
    if parts[0] == "drivers":
        return "/".join(part for part in parts[1:3] if "." not in part and part != "testing")
    return ""


def _why_not(includer, included, test_files=()):
    """Why one file may not include another; None if it may."""
    kind, other = kind_of(includer, test_files), kind_of(included, test_files)
    if kind not in ARROWS:
        return f"{kind} has no C++"
    if other not in ARROWS and other != "arch public":
        return f"{other} is not for including"
    if other == "test" and kind not in ("test", "board test", "bench"):
        return "only tests may include what is for tests"
    if other not in ARROWS[kind]:
        return f"{kind} may include {', '.join(ARROWS[kind]) or 'nothing'}"
    if kind == other == "arch port" and unit_of(includer) != unit_of(included):
        return "a port includes no other port"
    if kind == other == "board" and unit_of(includer) != unit_of(included):
        return "a board includes no other board; what they share is in boards/common"
    if kind == other == "soc" and unit_of(includer) != unit_of(included):
        return "a chip includes no other chip; what they share is in boards/common or boards/cortex_m"
    if kind == other == "driver":
        mine, theirs = unit_of(includer), unit_of(included)
        if mine != theirs and not mine.startswith(theirs + "/"):
            return "a driver includes no other driver; what they share is in drivers/common or drivers/iface"
    return None


def _external(included, kind):
    """(known, why not): whether an include is of another's library, and why this kind of file may not have it."""
    for pattern, kinds in EXTERNAL:
        if fnmatch.fnmatch(included, pattern):
            if kinds is None or kind in kinds or kind == "bazel":
                return True, None
            return True, f"{included} is for {', '.join(kinds)}"
    return False, None


def check_source(path, text, test_files=()):
    """Violations in one source: [(line, message)]."""
    found = []
    kind = kind_of(path, test_files)
    for number, line in enumerate(text.splitlines(), 1):
        include = _INCLUDE.match(line)
        if include:
            quoted, angled = include.groups()
            included = quoted or angled
            known, why = _external(included, kind)
            top = included.split("/")[0]
            if known:
                pass
            elif top in _TOP and "/" in included:
                why = _why_not(path, included, test_files)
                if angled and why is None:
                    why = "our own headers are included with quotes"
            elif quoted:
                why = "a quoted include is a path from the root of the tree"
            if why:
                found.append((number, f"{path} may not include {included} (layer rule: {why})"))
        condition = _CONDITION.match(line)
        if condition and kind not in ("arch port", "bazel"):
            name = _ARCHITECTURE.search(condition.group(1) or condition.group(2) or "")
            if name:
                found.append(
                    (number, f"{path} asks for the architecture by {name.group(0)} (layer rule: only arch/ and bazel/ may)")
                )
    return found


def _strings(node):
    return [
        (inner.lineno, inner.value)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    ]


def _folder_of(label, package):
    """The folder that a label names, or None for another repository's."""
    if label.startswith("//"):
        return label[2:].split(":")[0]
    return package if not label.startswith("@") else None


def _stand_in(folder, target):
    """A path such that kind_of() and unit_of() say what a target's files would be."""
    if folder == "arch":
        return f"arch/{target}.h"
    return f"{folder}/x.h"


def _rules(text):
    """Every call of a rule in a BUILD file: (rule's name, {attribute: node}, node)."""
    for call in ast.walk(ast.parse(text)):
        if isinstance(call, ast.Call):
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            yield name, {keyword.arg: keyword.value for keyword in call.keywords}, call


def _is_test(rule, attributes):
    testonly = attributes.get("testonly")
    return rule.endswith("test") or (isinstance(testonly, ast.Constant) and bool(testonly.value))


def test_files_of(path, text):
    """The files that one BUILD file gives to tests and testonly libraries alone."""
    package = path.rpartition("/")[0]
    for_tests, for_others = set(), set()
    try:
        for rule, attributes, _ in _rules(text):
            lists = [attributes[attribute] for attribute in ("srcs", "hdrs", "src") if attribute in attributes]
            names = {name for node in lists for _, name in _strings(node)}
            (for_tests if _is_test(rule, attributes) else for_others).update(names)
    except SyntaxError:
        return set()
    return {f"{package}/{name.lstrip(':')}" for name in for_tests - for_others}


def check_build(path, text):
    """Violations in one BUILD file: [(line, message)]."""
    package = path.rpartition("/")[0]
    kind = kind_of(f"{package}/x.h") if package else ""
    found = []
    try:
        rules = list(_rules(text))
    except SyntaxError as error:
        return [(error.lineno or 1, f"{path} cannot be read: {error.msg}")]
    for rule, attributes, call in rules:
        if rule == "select" and not package.startswith(("arch", "bazel", "boards")):
            for number, key in [key for node in call.args for key in _strings(node)]:
                if _ARCHITECTURE_LABEL.search(key):
                    found.append((number, f"{path} selects by architecture (layer rule: only arch/, bazel/ and boards/ may)"))
        if rule not in ("cc_library", "cc_binary", "cc_test", "baton_test", "nocompile_test"):
            continue
        # A library for tests stands beside the code that they test.
        is_test = _is_test(rule, attributes) and kind not in ("bench", "bazel")
        includer = f"{package}/fake_x.h" if is_test else f"{package}/x.h"
        for node in [attributes[name] for name in ("deps", "implementation_deps") if name in attributes]:
            for number, label in _strings(node):
                folder = _folder_of(label, package)
                if folder == "bazel/platforms":
                    continue  # the key of a select(), which is looked at above
                if folder is None or folder == package or folder.split("/")[0] not in _TOP:
                    continue
                target = label.rpartition(":")[2] if ":" in label else folder.rpartition("/")[2]
                why = _why_not(includer, _stand_in(folder, target))
                if why:
                    found.append((number, f"{path} may not depend on {label} (layer rule: {why})"))
    return found


def check_tree(root):
    """Lines about every violation in a tree."""
    root = pathlib.Path(root)
    found = []
    test_files = set()
    for path in tree.files(root, names=("BUILD.bazel", "BUILD")):
        text = (root / path).read_text(encoding="utf-8")
        test_files |= test_files_of(path, text)
        found += [f"{path}:{number}: {message}" for number, message in check_build(path, text)]
    for path in tree.files(root, suffixes=tree.CXX):
        if path.split("/")[0] not in _TOP:
            found.append(f"{path}:1: {path.split('/')[0]} is no layer (layer rule: there are {', '.join(_TOP)})")
            continue
        text = (root / path).read_text(encoding="utf-8", errors="replace")
        found += [f"{path}:{number}: {message}" for number, message in check_source(path, text, test_files)]
    return found


def main(argv):
    if argv and argv[0] in ("-h", "--help"):
        print("usage: tools/check_layers [ROOT]\n\nRefuses includes and dependencies that go against the layers.")
        return 0
    root = pathlib.Path(argv[0]) if argv else tree.root_of(__file__)
    found = check_tree(root)
    count = len(tree.files(root, suffixes=tree.CXX))
    for line in found:
        print(line)
    print(f"check_layers: {count} sources, {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
