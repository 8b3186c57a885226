"""baton_test: a host test, and the same test under sanitizers."""

load(":transitions.bzl", "sanitizer_transition")

_SYMBOLIZER = "external_symbolizer_path=/usr/bin/llvm-symbolizer-19"

_ENVIRONMENT = {
    "asan_ubsan": {
        "ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:" + _SYMBOLIZER,
        "UBSAN_OPTIONS": "print_stacktrace=1:" + _SYMBOLIZER,
    },
    "atomic_points": {},
    "tsan": {
        # The exit status is the verdict; a second report would only bury the first.
        "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1:history_size=4:" + _SYMBOLIZER,
    },
}

_CONTROL = """#!/bin/sh
if {program} > "$TEST_TMPDIR/output" 2>&1; then
  cat "$TEST_TMPDIR/output"
  echo "FAIL: {program} was to be stopped by its sanitizer, but ended well"
  exit 1
fi
if ! grep -q '{report}' "$TEST_TMPDIR/output"; then
  cat "$TEST_TMPDIR/output"
  echo "FAIL: {program} failed, but without a report of '{report}'"
  exit 1
fi
grep '{report}' "$TEST_TMPDIR/output"
"""

def _sanitized_test_impl(ctx):
    # A label that a transition is applied to arrives as a list of one.
    test = ctx.attr.test[0]
    program = test[DefaultInfo].files_to_run.executable
    executable = ctx.actions.declare_file(ctx.label.name)
    if ctx.attr.report:
        ctx.actions.write(
            output = executable,
            content = _CONTROL.format(program = program.short_path, report = ctx.attr.report),
            is_executable = True,
        )
    else:
        ctx.actions.symlink(
            output = executable,
            target_file = program,
            is_executable = True,
        )
    return [
        DefaultInfo(
            executable = executable,
            runfiles = ctx.runfiles(files = [program]).merge(test[DefaultInfo].default_runfiles),
        ),
        testing.TestEnvironment(_ENVIRONMENT[ctx.attr.sanitizer]),
    ]

_sanitized_test = rule(
    implementation = _sanitized_test_impl,
    attrs = {
        "report": attr.string(
            doc = "If set, the program must fail, and say this.",
        ),
        "sanitizer": attr.string(
            mandatory = True,
            values = ["tsan", "asan_ubsan", "atomic_points"],
        ),
        "test": attr.label(
            cfg = sanitizer_transition,
            executable = True,
            mandatory = True,
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    test = True,
)

def baton_test(name, sanitizers = [], **kwargs):
    """A cc_test NAME and, for each sanitizer, NAME_<sanitizer>: the same sources, built wholly under it.

    Args:
      name: of the plain test.
      sanitizers: any of "tsan" (data races), "asan_ubsan" (memory errors, leaks, undefined behaviour), and "atomic_points" (for
        tests on the virtual machine: every atomic operation is a point where other cores go on).
      **kwargs: as for cc_test.
    """
    native.cc_test(name = name, **kwargs)

    inherited = {
        attribute: kwargs[attribute]
        for attribute in ["args", "flaky", "local", "shard_count", "size", "target_compatible_with", "timeout", "visibility"]
        if attribute in kwargs
    }
    for sanitizer in sanitizers:
        _sanitized_test(
            name = name + "_" + sanitizer,
            sanitizer = sanitizer,
            tags = kwargs.get("tags", []) + [sanitizer],
            test = name,
            **inherited
        )

def sanitized_test(name, program, sanitizer, **kwargs):
    """A program that must end well, built under one sanitizer only.

    Args:
      name: of the test.
      program: a cc_binary.
      sanitizer: as baton_test has them.
      **kwargs: what every test takes.
    """
    _sanitized_test(
        name = name,
        sanitizer = sanitizer,
        tags = kwargs.pop("tags", []) + [sanitizer],
        test = program,
        **kwargs
    )

def sanitizer_control_test(name, program, sanitizer, report, **kwargs):
    """A negative control: a broken program must fail under the sanitizer, with this report.

    Args:
      name: of the test.
      program: a cc_binary.
      sanitizer: "tsan" or "asan_ubsan".
      report: a basic regular expression (grep) that the output must match.
      **kwargs: what every test takes.
    """
    _sanitized_test(
        name = name,
        report = report,
        sanitizer = sanitizer,
        tags = kwargs.pop("tags", []) + [sanitizer],
        test = program,
        **kwargs
    )
