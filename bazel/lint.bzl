"""baton_lint: clang-tidy over a package's C++ as a test."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")
load(":transitions.bzl", "aarch64_transition", "armv7m_transition")

_LintInfo = provider(
    doc = "What clang-tidy said of a target's sources.",
    fields = {"reports": "A file per source; an empty one where it has nothing to say."},
)

# Of tests, whose speed is gtest's parsing time, and of which ASSERT_TRUE(x.has_value()) tells the analysis nothing.
_NOT_FOR_TESTS = [
    "bugprone-unchecked-optional-access",
    "performance-unnecessary-value-param",
    "readability-identifier-naming",
]

# $1 is the report, the rest the command. What it finds is the test's to tell, so that one file hides nothing of another; what
# keeps it from looking fails the build, or that would be kept as an answer.
_RUN = """
report=$1
shift
status=0
"$@" > "$report" 2> "$report.stderr" || status=$?
if [ $status -ne 0 ] && [ ! -s "$report" ]; then
  cat "$report.stderr" >&2
  exit $status
fi
sed -i "s|$PWD/||g" "$report"
rm -f "$report.stderr"
"""

def _sources(rule):
    """The C++ of a target; a library without any is looked at through its headers, others' through those who include them."""
    files = [file for file in rule.files.srcs if file.extension == "cc"]
    if not files and hasattr(rule.files, "hdrs"):
        files = [file for file in rule.files.hdrs if file.extension == "h"]
    return [file for file in files if file.is_source]

def _clang_tidy_aspect_impl(target, ctx):
    sources = _sources(ctx.rule)
    if not sources:
        return [_LintInfo(reports = [])]
    cc_toolchain = find_cpp_toolchain(ctx)
    feature_configuration = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = cc_toolchain,
        requested_features = [],
        # No module map is made for this, so there is none to check against.
        unsupported_features = ["layering_check", "module_maps", "use_module_maps"],
    )
    infos = [dep[CcInfo] for dep in ctx.rule.attr.deps if CcInfo in dep]
    if CcInfo in target:
        infos.append(target[CcInfo])
    context = cc_common.merge_cc_infos(cc_infos = infos).compilation_context
    variables = cc_common.create_compile_variables(
        cc_toolchain = cc_toolchain,
        feature_configuration = feature_configuration,
        include_directories = context.includes,
        preprocessor_defines = depset(
            getattr(ctx.rule.attr, "local_defines", []),
            transitive = [context.defines],
        ),
        quote_include_directories = depset(["."], transitive = [context.quote_includes]),
        system_include_directories = context.system_includes,
        user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts + getattr(ctx.rule.attr, "copts", []),
    )
    flags = cc_common.get_memory_inefficient_command_line(
        action_name = ACTION_NAMES.cpp_compile,
        feature_configuration = feature_configuration,
        variables = variables,
    )
    checks = []
    if ctx.rule.kind == "cc_test" or getattr(ctx.rule.attr, "testonly", False):
        checks = ["--checks=" + ",".join(["-" + check for check in _NOT_FOR_TESTS])]

    reports = []
    for source in sources:
        report = ctx.actions.declare_file("{}.lint/{}.txt".format(ctx.label.name, source.basename))
        ctx.actions.run_shell(
            arguments = [report.path, "/usr/bin/clang-tidy-19", "--quiet", "--config-file=" + ctx.file._config.path] +
                        # The compiler's own warnings are the compiler's to give.
                        checks + [source.path, "--"] + flags + ["-w", "-x", "c++"],
            command = _RUN,
            inputs = depset(
                ctx.rule.files.srcs + [ctx.file._config],
                transitive = [context.headers, cc_toolchain.all_files],
            ),
            mnemonic = "ClangTidy",
            outputs = [report],
            progress_message = "Running clang-tidy on " + source.short_path,
        )
        reports.append(report)
    return [_LintInfo(reports = reports)]

_clang_tidy_aspect = aspect(
    implementation = _clang_tidy_aspect_impl,
    attrs = {
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_config": attr.label(
            allow_single_file = True,
            default = "//:.clang-tidy",
        ),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

# What is said of a header comes from every source that includes it: once is enough.
_TELL = """#!/bin/sh
cat {reports} /dev/null | awk '
  /^[^ ].*: (error|warning): / {{ told = seen[$0]++; if (!told) findings++ }}
  !told
  END {{ print "clang-tidy looked at {count} sources: " findings + 0 " findings"; exit NR > 0 }}'
"""

def _lint_test_impl(ctx):
    reports = [
        report
        for target in ctx.attr.host + ctx.attr.aarch64 + ctx.attr.armv7m
        for report in target[_LintInfo].reports
    ]
    script = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(
        output = script,
        content = _TELL.format(
            count = len(reports),
            reports = " ".join(["'{}'".format(report.short_path) for report in reports]),
        ),
        is_executable = True,
    )
    return [DefaultInfo(
        executable = script,
        runfiles = ctx.runfiles(files = reports),
    )]

_lint_test = rule(
    implementation = _lint_test_impl,
    attrs = {
        "aarch64": attr.label_list(
            aspects = [_clang_tidy_aspect],
            cfg = aarch64_transition,
        ),
        "armv7m": attr.label_list(
            aspects = [_clang_tidy_aspect],
            cfg = armv7m_transition,
        ),
        "host": attr.label_list(
            aspects = [_clang_tidy_aspect],
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    test = True,
)

def baton_lint():
    """A test `lint`: clang-tidy has nothing to say of the package's C++. Stands at the end of a BUILD file."""
    host, aarch64, armv7m = [], [], []
    for name, rule in native.existing_rules().items():
        if rule["kind"] not in ["cc_binary", "cc_library", "cc_test"]:
            continue
        constraints = str(rule.get("target_compatible_with") or "")
        if "armv7-m" in constraints:
            armv7m.append(":" + name)
        elif constraints and "os:linux" not in constraints:
            aarch64.append(":" + name)
        else:
            host.append(":" + name)
    if not host and not aarch64 and not armv7m:
        fail("baton_lint() found no C++ above it: it stands at the end of a BUILD file")
    _lint_test(
        name = "lint",
        size = "small",
        aarch64 = sorted(aarch64),
        armv7m = sorted(armv7m),
        host = sorted(host),
        tags = ["lint"],
    )
