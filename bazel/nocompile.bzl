"""nocompile_test: code that the compiler must reject, and the message by which it does.

The source holds the misuses between `#ifdef NC_<CASE>` and `#endif`, beside the proper use, which is the control:

    void f(Cell& cell) {
      auto taken = cell.take();
    #ifdef NC_COPY_HANDLE
      auto copy = taken;
    #endif
    }
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _nocompile_test_impl(ctx):
    cc_toolchain = find_cpp_toolchain(ctx)
    feature_configuration = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = cc_toolchain,
        requested_features = ctx.features,
        # No module map is made for this rule, so there is none to check against.
        unsupported_features = ctx.disabled_features + ["layering_check", "module_maps", "use_module_maps"],
    )
    context = cc_common.merge_cc_infos(cc_infos = [dep[CcInfo] for dep in ctx.attr.deps]).compilation_context
    variables = cc_common.create_compile_variables(
        cc_toolchain = cc_toolchain,
        feature_configuration = feature_configuration,
        include_directories = context.includes,
        preprocessor_defines = context.defines,
        quote_include_directories = context.quote_includes,
        system_include_directories = context.system_includes,
        user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts,
    )
    compiler = cc_common.get_tool_for_action(
        action_name = ACTION_NAMES.cpp_compile,
        feature_configuration = feature_configuration,
    )
    flags = cc_common.get_memory_inefficient_command_line(
        action_name = ACTION_NAMES.cpp_compile,
        feature_configuration = feature_configuration,
        variables = variables,
    )

    cases = ctx.actions.declare_file(ctx.label.name + ".cases.json")
    ctx.actions.write(cases, ctx.attr.cases_json)

    # The compiler runs while building, where its inputs are known and its answer is kept; the test reads the verdict.
    verdict = ctx.actions.declare_file(ctx.label.name + ".verdict")
    ctx.actions.run(
        executable = ctx.executable._checker,
        arguments = [cases.path, verdict.path, ctx.file.src.path, compiler] + flags,
        env = {"PATH": "/bin:/usr/bin:/usr/local/bin"},
        inputs = depset(
            [ctx.file.src, cases],
            transitive = [context.headers, cc_toolchain.all_files],
        ),
        mnemonic = "NoCompile",
        outputs = [verdict],
        progress_message = "Compiling what must not compile: " + ctx.file.src.short_path,
    )

    script = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(
        output = script,
        content = "#!/bin/sh\ncat {verdict}\nhead -n 1 {verdict} | grep -q '^PASS'\n".format(verdict = verdict.short_path),
        is_executable = True,
    )
    return [DefaultInfo(
        executable = script,
        runfiles = ctx.runfiles(files = [verdict]),
    )]

_nocompile_test = rule(
    implementation = _nocompile_test_impl,
    attrs = {
        "cases_json": attr.string(mandatory = True),
        "deps": attr.label_list(providers = [CcInfo]),
        "src": attr.label(
            allow_single_file = [".cc"],
            mandatory = True,
        ),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_checker": attr.label(
            cfg = "exec",
            default = "//bazel/private:nocompile",
            executable = True,
        ),
    },
    fragments = ["cpp"],
    test = True,
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

def _quoted(text):
    """As a JSON string."""
    return "\"{}\"".format(text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))

def nocompile_test(name, src, cases, deps = [], size = "small", **kwargs):
    """Passes when the source compiles as it is and each case is rejected for the reasons given, with the host's flags.

    Args:
      name: of the test.
      src: one .cc file.
      cases: {"COPY_HANDLE": message or [message, ...]}: with -DNC_COPY_HANDLE there must be errors, every message must be
        found in one of them, and every error must have one of the messages. Messages are Python regular expressions. The
        file must mention NC_<CASE> for each case, and no other NC_ name.
      deps: cc_library targets.
      size: as for every test.
      **kwargs: what every test takes.
    """
    if not cases:
        fail("nocompile_test {} has no case: it would prove nothing".format(name))
    _nocompile_test(
        name = name,
        src = src,
        cases_json = "{" + ", ".join([
            "{}: [{}]".format(
                _quoted(case),
                ", ".join([_quoted(m) for m in ([messages] if type(messages) == "string" else messages)]),
            )
            for case, messages in sorted(cases.items())
        ]) + "}\n",
        deps = deps,
        size = size,
        **kwargs
    )
