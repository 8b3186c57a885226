"""Python programs and tests. Standard library only, so that any python3 of the machine runs them.

Bazel's own rules are not used: those of the distribution's Bazel start `python`, which Debian does not have, and those of
newer ones want a network.
"""

_LAUNCHER = """#!/bin/sh
# Starts {main} with the tree's root on the module path.
if [ -n "${{TEST_SRCDIR:-}}" ]; then
  runfiles=$TEST_SRCDIR
elif [ -d "$0.runfiles" ]; then
  runfiles=$0.runfiles
elif [ -n "${{RUNFILES_DIR:-}}" ]; then
  runfiles=$RUNFILES_DIR
else
  case $0 in
    *.runfiles/*) runfiles=${{0%%.runfiles/*}}.runfiles ;;
    *) echo "$0: cannot find its runfiles" >&2; exit 1 ;;
  esac
fi
case $runfiles in /*) ;; *) runfiles=$PWD/$runfiles ;; esac
export RUNFILES_DIR="$runfiles"
export PYTHONPATH="$runfiles/{workspace}"
# -B: modules are links into the source tree, where no cache shall appear. -s: nor shall a user's own modules.
exec python3 -B -s "$runfiles/{workspace}/{main}" "$@"
"""

def _runfiles(ctx):
    runfiles = ctx.runfiles(files = ctx.files.srcs + ctx.files.data)
    for dep in ctx.attr.deps + ctx.attr.data:
        runfiles = runfiles.merge(dep[DefaultInfo].default_runfiles)
    return runfiles

def _py_library_impl(ctx):
    return [DefaultInfo(
        files = depset(ctx.files.srcs),
        runfiles = _runfiles(ctx),
    )]

def _py_program_impl(ctx):
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(
        output = launcher,
        content = _LAUNCHER.format(
            main = ctx.file.main.short_path,
            workspace = ctx.workspace_name,
        ),
        is_executable = True,
    )
    return [DefaultInfo(
        executable = launcher,
        runfiles = _runfiles(ctx),
    )]

_LIBRARY_ATTRS = {
    "data": attr.label_list(allow_files = True),
    "deps": attr.label_list(),
    "srcs": attr.label_list(allow_files = True, mandatory = True),
}

_PROGRAM_ATTRS = dict(
    main = attr.label(allow_single_file = True, mandatory = True),
    **_LIBRARY_ATTRS
)

baton_py_library = rule(
    implementation = _py_library_impl,
    attrs = _LIBRARY_ATTRS,
    doc = "Modules, imported by their path from the tree's root: `from tools.x import y`.",
)

_py_binary = rule(
    implementation = _py_program_impl,
    attrs = _PROGRAM_ATTRS,
    executable = True,
)

_py_test = rule(
    implementation = _py_program_impl,
    attrs = _PROGRAM_ATTRS,
    test = True,
)

def baton_py_binary(name, srcs, main = None, **kwargs):
    """A program.

    Args:
      name: of the program.
      srcs: its modules.
      main: the one that is run; the first source if not given.
      **kwargs: deps (baton_py_library), data, and what every rule takes.
    """
    _py_binary(name = name, srcs = srcs, main = main or srcs[0], **kwargs)

def baton_py_test(name, srcs, main = None, size = "small", **kwargs):
    """A unittest program, whose main file ends in `unittest.main()`.

    Args:
      name: of the test.
      srcs: its modules.
      main: the one that is run; the first source if not given.
      size: as for every test.
      **kwargs: deps (baton_py_library), data, args, and what every test takes.
    """
    _py_test(name = name, srcs = srcs, main = main or srcs[0], size = size, **kwargs)
