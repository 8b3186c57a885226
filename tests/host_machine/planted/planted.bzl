"""planted_bug: a kernel with one bug in it, and a test that seeds of the simulated machine find it."""

load("//bazel:test.bzl", "sanitized_test")

def _path(label):
    return label.replace("//", "", 1).replace(":", "/")

def _planted_program(name, sources, compile, deps):
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
        tags = [
            "manual",
            "planted",
        ],
        deps = deps,
    )

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
    _planted_program(name, sources, compile, [":find"])
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

def bug_in_kernel(name, sources, commands, report, cores = 4, seeds = 20, command_table = "//tests/target/rcu:commands"):
    """Plants NAME.patch as above, but in a whole kernel (boards/host).

    Args:
      name: of the bug.
      sources: labels of what the patch changes; no headers.
      commands: what is typed at the shell.
      report: what a failing run must say, an extended regular expression.
      cores: the machine's.
      seeds: among the first of how many there must be one.
      command_table: which commands there are: those of the RCU torture, or //kernel/commands.
    """
    _planted_program(name, sources, [], [
        "//boards/host",
        command_table,
    ])
    native.sh_test(
        name = name + "_test",
        size = "small",
        srcs = ["find_in_kernel.sh"],
        args = ["$(rootpath :%s)" % name, str(cores), str(seeds), "'%s'" % commands, "'%s'" % report],
        data = [":" + name],
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
