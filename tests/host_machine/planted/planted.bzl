"""planted_bug: a kernel with one bug in it, and a test that seeds of the simulated machine find it."""

load("//bazel:test.bzl", "sanitized_test")

def _path(label):
    return label.replace("//", "", 1).replace(":", "/")

def planted_bug(name, sources, program, report, cores = 4, seeds = 50, compile = [], sanitizer = "atomic_points"):
    """Plants NAME.patch in the kernel's own sources, and a test NAME_test that must find it.

    Only what the patch changes is compiled anew, and comes before the rest of the kernel, of which the linker takes what is not
    there yet. A header counts where it is compiled into: in the sources of the patch, and those of `compile`.

    Args:
      name: of the bug.
      sources: labels of what the patch changes.
      program: a name of programs.cc.
      report: what a failing run must say.
      cores: the machine's.
      seeds: among the first of how many there must be one.
      compile: labels of sources to be compiled with the patched headers.
      sanitizer: "atomic_points", where other cores go on between any two atomic operations, or "tsan".
    """
    copies = {label: "patched/" + name + "/" + _path(label) for label in sources}
    native.genrule(
        name = name + "_sources",
        testonly = True,
        srcs = [name + ".patch"] + sources,
        outs = copies.values(),
        cmd = "$(location :plant) $(location {name}.patch) $(RULEDIR)/patched/{name} {sources}".format(
            name = name,
            sources = " ".join(["$(location {})".format(label) for label in sources]),
        ),
        exec_tools = [":plant"],
    )
    headers = [copy for copy in copies.values() if copy.endswith(".h")]
    native.cc_binary(
        name = name,
        testonly = True,
        srcs = copies.values() + compile,
        # Its include guard keeps the original out.
        copts = [flag for header in headers for flag in ["-include", "$(execpath {})".format(header)]],
        # The kernel's sources see what they see in their own packages.
        features = ["-layering_check"],
        linkopts = ["-Wl,-z,muldefs"],
        # Wanted by its test only, instrumented.
        tags = [
            "manual",
            "planted",
        ],
        deps = [":find"],
    )
    sanitized_test(
        name = name + "_test",
        size = "small",
        args = [
            "'--program=" + program + "'",
            "--cores=%d" % cores,
            "--seeds=%d" % seeds,
            "'--report=" + report + "'",
        ],
        program = name,
        sanitizer = sanitizer,
        tags = ["planted"],
    )

def no_bug_test(name, searches, sanitizer = "atomic_points"):
    """The kernel as it is passes the seeds in which bugs are looked for.

    Args:
      name: of the test.
      searches: program -> (cores, seeds).
      sanitizer: as planted_bug.
    """
    native.cc_binary(
        name = name + "_program",
        testonly = True,
        tags = [
            "manual",
            "planted",
        ],
        deps = [":find"],
    )
    sanitized_test(
        name = name,
        size = "medium",
        args = [
            flag
            for program, (cores, seeds) in searches.items()
            for flag in ["'--program=" + program + "'", "--cores=%d" % cores, "--seeds=%d" % seeds]
        ],
        program = name + "_program",
        sanitizer = sanitizer,
        tags = ["planted"],
    )
