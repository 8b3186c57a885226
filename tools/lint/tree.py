"""The files of the tree, for checks that look at all of them."""

import os
import pathlib

# Not ours to check: what builds leave behind, and other projects' files.
_SKIPPED = {"__pycache__", "node_modules"}

CXX = (".h", ".cc", ".S")


def root_of(file):
    """The tree's root, from a file of it: where the WORKSPACE is. Links are followed, as in a test's runfiles."""
    folder = pathlib.Path(file).resolve().parent
    while folder != folder.parent:
        if (folder / "WORKSPACE").is_file():
            return folder
        folder = folder.parent
    raise FileNotFoundError(f"no WORKSPACE above {file}")


def files(root, suffixes=(), names=()):
    """Paths relative to the root, of files with one of the suffixes or names, in order."""
    found = []
    for folder, folders, names_here in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIPPED
            and not name.startswith((".", "bazel-"))
            # A folder with a WORKSPACE of its own is another repository; a link may lead anywhere.
            and not os.path.exists(os.path.join(folder, name, "WORKSPACE"))
            and not os.path.islink(os.path.join(folder, name))
        )
        for name in names_here:
            if name in names or name.endswith(suffixes or ("\0",)):
                found.append(os.path.relpath(os.path.join(folder, name), root))
    return sorted(found)
