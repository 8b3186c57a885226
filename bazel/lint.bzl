"""baton_lint: clang-tidy over a package's C++ as a test."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")
load(":transitions.bzl", "aarch64_transition", "armv7m_transition")

_LintInfo = provider(
    doc = "What clang-tidy said of a target's sources, and what is left to the package's lint.",
    fields = {
        "reports": "A file per source; an empty one where it has nothing to say.",
        "sources": "The sources.",
        "unit": "Its headers, and how to look at them; None where there are none.",
    },
)

# Of tests, whose speed is gtest's parsing time, and of which ASSERT_TRUE(x.has_value()) tells the analysis nothing.
_NOT_FOR_TESTS = [
    "bugprone-unchecked-optional-access",
    "performance-unnecessary-value-param",
    "readability-identifier-naming",
]

# $1: where the report goes; $2: checks that are not wanted. What it finds is the test's to tell, so that one file hides nothing
# of another; what keeps it from looking fails the build, or that would be kept as an answer.
#
# .clang-tidy is found from the file looked at, and not given by --config-file: that would hold for the system's headers, too,
# and half of the time would go into names there that are not like ours, and are not told of then.
_TIDY = """
report=$1
without=$2
shift 2
: > "$report"
tidy() {
  status=0
  /usr/bin/clang-tidy-19 --quiet "$@" > "$report.part" 2> "$report.stderr" || status=$?
  if [ $status -ne 0 ] && [ ! -s "$report.part" ]; then
    cat "$report.stderr" >&2
    exit $status
  fi
  sed -e "s|$PWD/||g" -e "s|^\\./||" "$report.part" >> "$report"
  rm -f "$report.part" "$report.stderr"
}
aliases='namespace +[A-Za-z0-9_]+ *='
"""

# $3: the source; $4: see _sooner(); the rest: flags. Two checks speak of this file only, and take their time even if it has
# nothing for them.
_TIDY_SOURCE = _TIDY + """
source=$1
sooner=$2
shift 2
grep -qw using "$source" || without=$without,-misc-unused-using-decls
grep -qE "$aliases" "$source" || without=$without,-misc-unused-alias-decls
grep -qw template "$source" && sooner=
tidy "--checks=$without" "$source" -- "$@" $sooner
"""

# $3: a file that includes all the headers; $4: the list of them; $5: the list of the package's sources; the rest: flags. All
# headers at once, because the time goes into what they include. Where a source includes a header first, its compilation shows
# that the header includes all that it needs; the other headers are looked at alone for that, and those with what a check
# speaks of in no included file.
_TIDY_HEADERS = _TIDY + """
all=$1
headers=$2
sources=$3
shift 3
tidy "--checks=$without,-misc-unused-alias-decls,-misc-unused-using-decls" "$all" -- "$@"
while read -r source; do
  grep -m 1 '^#include' "$source" || true
done < "$sources" > "$report.first"
while read -r header; do
  if ! grep -qxF "#include \\"$header\\"" "$report.first" || grep -qE "$aliases" "$header"; then
    tidy "--checks=-*,misc-unused-alias-decls" "$header" -- "$@"
  fi
done < "$headers"
rm -f "$report.first"
"""

def _files(rule, extension):
    files = rule.files.srcs + getattr(rule.files, "hdrs", [])
    return [file for file in files if file.extension == extension and file.is_source]

def _sooner(unit, flags):
    """A flag for sources without templates: those of headers are read where they are used.

    Most of them are the system's and gtest's. Ours are read with their headers, all of which are looked at on the host; what
    another target's compiler, or another define, makes of them is seen from its sources only.
    """
    if unit.local_defines or unit.copts or "-ffreestanding" in flags:
        return ""
    return "-fdelayed-template-parsing"

def _flags(unit, contexts):
    """What the compiler is told; the unit says for which target, or for which like it."""
    context = cc_common.merge_cc_infos(cc_infos = contexts).compilation_context
    variables = cc_common.create_compile_variables(
        cc_toolchain = unit.cc_toolchain,
        feature_configuration = unit.feature_configuration,
        include_directories = context.includes,
        preprocessor_defines = depset(unit.local_defines, transitive = [context.defines]),
        quote_include_directories = depset(["."], transitive = [context.quote_includes]),
        system_include_directories = context.system_includes,
        user_compile_flags = unit.copts,
    )
    flags = cc_common.get_memory_inefficient_command_line(
        action_name = ACTION_NAMES.cpp_compile,
        feature_configuration = unit.feature_configuration,
        variables = variables,
    )

    # The compiler's own warnings are the compiler's to give.
    return flags + ["-w", "-x", "c++"], context.headers

def _without(checks):
    return ",".join(["-" + check for check in checks])

def _clang_tidy_aspect_impl(target, ctx):
    sources = _files(ctx.rule, "cc")
    headers = _files(ctx.rule, "h")
    if not sources and not headers:
        return [_LintInfo(reports = [], sources = [], unit = None)]
    cc_toolchain = find_cpp_toolchain(ctx)
    infos = [dep[CcInfo] for dep in ctx.rule.attr.deps if CcInfo in dep]
    if CcInfo in target:
        infos.append(target[CcInfo])
    is_test = ctx.rule.kind == "cc_test" or getattr(ctx.rule.attr, "testonly", False)
    unit = struct(
        cc_toolchain = cc_toolchain,
        config = ctx.file._config,
        copts = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts + getattr(ctx.rule.attr, "copts", []),
        feature_configuration = cc_common.configure_features(
            ctx = ctx,
            cc_toolchain = cc_toolchain,
            requested_features = [],
            # No module map is made for this, so there is none to check against.
            unsupported_features = ["layering_check", "module_maps", "use_module_maps"],
        ),
        headers = headers,
        infos = infos,
        local_defines = getattr(ctx.rule.attr, "local_defines", []),
        without = _without(_NOT_FOR_TESTS if is_test else []),
    )
    flags, inputs = _flags(unit, infos)
    reports = []
    for source in sources:
        report = ctx.actions.declare_file("{}.lint/{}.txt".format(ctx.label.name, source.basename))
        ctx.actions.run_shell(
            arguments = [report.path, unit.without, source.path, _sooner(unit, flags)] + flags,
            command = _TIDY_SOURCE,
            inputs = depset(
                ctx.rule.files.srcs + [unit.config],
                transitive = [inputs, cc_toolchain.all_files],
            ),
            mnemonic = "ClangTidy",
            outputs = [report],
            progress_message = "Running clang-tidy on " + source.short_path,
        )
        reports.append(report)
    return [_LintInfo(reports = reports, sources = sources, unit = unit if headers else None)]

def _tidy_headers(ctx, name, units, sources):
    """The reports on the headers; one for all that are compiled alike."""
    groups = {}
    for unit in units:
        key = str([unit.copts, unit.local_defines, unit.without])
        groups[key] = groups.get(key, []) + [unit]
    reports = []
    for number, group in enumerate(groups.values()):
        place = "{}.headers/{}{}".format(ctx.label.name, name, number)
        report, all, header_list, source_list = [
            ctx.actions.declare_file(place + suffix)
            for suffix in [".txt", ".cc", ".headers", ".sources"]
        ]
        headers = depset([header for unit in group for header in unit.headers]).to_list()
        ctx.actions.write(all, "".join(["#include \"{}\"\n".format(header.path) for header in headers]))
        ctx.actions.write(header_list, "".join([header.path + "\n" for header in headers]))
        ctx.actions.write(source_list, "".join([source.path + "\n" for source in sources]))
        first = group[0]
        flags, inputs = _flags(first, [info for unit in group for info in unit.infos])
        ctx.actions.run_shell(
            arguments = [report.path, first.without, all.path, header_list.path, source_list.path] + flags,
            command = _TIDY_HEADERS,
            inputs = depset(
                [first.config, all, header_list, source_list] + headers + sources,
                transitive = [inputs, first.cc_toolchain.all_files],
            ),
            mnemonic = "ClangTidy",
            outputs = [report],
            progress_message = "Running clang-tidy on the headers of " + str(ctx.label.package),
        )
        reports.append(report)
    return reports

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

# What is said of a header may come from every source that includes it: once is enough.
_GATHER = """#!/bin/sh
cat {reports} /dev/null | awk '
  /^[^ ].*: (error|warning): / {{ told = seen[$0]++; if (!told) findings++ }}
  !told
  END {{ print "clang-tidy looked at {count} files: " findings + 0 " findings"; exit NR > 0 }}'
"""

# A control: each line of `expected` must be found in a finding, and every finding must be expected.
_EXPECT = """#!/bin/sh
cat {reports} /dev/null | grep -E '^[^ ].*: (error|warning): ' | sort -u > "$TEST_TMPDIR/found"
cat > "$TEST_TMPDIR/expected" <<'EOF'
{expected}
EOF
status=0
while read -r line; do
  if ! grep -qF -e "$line" "$TEST_TMPDIR/found"; then
    echo "FAIL: not found: $line"
    status=1
  fi
done < "$TEST_TMPDIR/expected"
if grep -vF -f "$TEST_TMPDIR/expected" "$TEST_TMPDIR/found"; then
  echo "FAIL: nobody expected the findings above"
  status=1
fi
wc -l < "$TEST_TMPDIR/found"
exit $status
"""

def _lint_test_impl(ctx):
    reports = []
    count = 0
    for name, targets in [("host", ctx.attr.host), ("aarch64", ctx.attr.aarch64), ("armv7m", ctx.attr.armv7m)]:
        infos = [target[_LintInfo] for target in targets]
        sources = [source for info in infos for source in info.sources]
        units = [info.unit for info in infos if info.unit]
        reports += [report for info in infos for report in info.reports]
        reports += _tidy_headers(ctx, name, units, sources)
        count += len(sources) + len([header for unit in units for header in unit.headers])
    script = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(
        output = script,
        content = (_EXPECT if ctx.attr.expected else _GATHER).format(
            count = count,
            expected = "\n".join(ctx.attr.expected),
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
        "expected": attr.string_list(
            doc = "If set: what must be found, and nothing else.",
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
    """A test `lint`: clang-tidy has nothing to say of the package's C++. Stands at the end of a BUILD file.

    What is tagged "planted" is left to lint_control_test().
    """
    host, aarch64, armv7m, planted = [], [], [], False
    for name, rule in native.existing_rules().items():
        if rule["kind"] not in ["cc_binary", "cc_library", "cc_test"]:
            continue
        if "planted" in rule["tags"]:
            # Copies of sources that are looked at where they belong.
            planted = True
            continue
        constraints = str(rule.get("target_compatible_with") or "")
        if "armv7-m" in constraints:
            armv7m.append(":" + name)
        elif constraints and "os:linux" not in constraints:
            aarch64.append(":" + name)
        else:
            host.append(":" + name)
    if not host and not aarch64 and not armv7m:
        if planted:
            return
        fail("baton_lint() found no C++ above it: it stands at the end of a BUILD file")
    _lint_test(
        name = "lint",
        size = "small",
        aarch64 = sorted(aarch64),
        armv7m = sorted(armv7m),
        host = sorted(host),
        tags = ["lint"],
    )

def lint_control_test(name, targets, expected, **kwargs):
    """A negative control: clang-tidy must find in the host's targets what is expected, and nothing else.

    Args:
      name: of the test.
      targets: rules with C++, bad on purpose.
      expected: a part of each finding's line, such as "a.h:3:7: error: ...".
      **kwargs: what every test takes.
    """
    _lint_test(
        name = name,
        expected = expected,
        host = targets,
        **kwargs
    )
