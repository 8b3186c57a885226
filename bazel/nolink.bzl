"""nolink_test: an image that the linker must refuse, and the message by which it does."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")
load(":image.bzl", "link_arguments")
load(":transitions.bzl", "board_transition")

def _nolink_test_impl(ctx):
    cc_toolchain = find_cpp_toolchain(ctx)
    feature_configuration = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = cc_toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    elf = ctx.actions.declare_file(ctx.label.name + ".elf")
    verdict = ctx.actions.declare_file(ctx.label.name + ".verdict")
    linking_context = cc_common.merge_cc_infos(cc_infos = [dep[CcInfo] for dep in ctx.attr.deps]).linking_context
    variables = cc_common.create_link_variables(
        feature_configuration = feature_configuration,
        cc_toolchain = cc_toolchain,
        is_using_linker = True,
        output_file = elf.path,
    )
    action = ACTION_NAMES.cpp_link_executable
    toolchain_flags = cc_common.get_memory_inefficient_command_line(
        feature_configuration = feature_configuration,
        action_name = action,
        variables = variables,
    )
    arguments, inputs = link_arguments(ctx, linking_context.linker_inputs.to_list())
    judge = ctx.actions.args()
    judge.add(verdict)
    judge.add(elf)
    judge.add(len(ctx.attr.messages))
    judge.add_all(ctx.attr.messages)
    judge.add(cc_common.get_tool_for_action(
        feature_configuration = feature_configuration,
        action_name = action,
    ))

    # The linker runs while building, where its inputs are known and its answer is kept; the test reads the verdict.
    ctx.actions.run(
        executable = ctx.executable._checker,
        arguments = [judge, arguments] + toolchain_flags,
        env = {"PATH": "/bin:/usr/bin:/usr/local/bin"},
        inputs = depset(inputs, transitive = [cc_toolchain.all_files]),
        mnemonic = "NoLink",
        outputs = [verdict, elf],
        progress_message = "Linking what must not link: " + str(ctx.label),
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

_nolink_test = rule(
    implementation = _nolink_test_impl,
    attrs = {
        "deps": attr.label_list(providers = [CcInfo]),
        "linker_scripts": attr.label_list(
            allow_files = True,
            mandatory = True,
        ),
        "linkopts": attr.string_list(),
        "messages": attr.string_list(),
        "platform": attr.label(mandatory = True),
        "small": attr.bool(doc = "As kernel_image()'s; so is the next."),
        "tiny": attr.bool(),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_checker": attr.label(
            cfg = "exec",
            default = "//bazel/private:nolink",
            executable = True,
        ),
    },
    cfg = board_transition,
    fragments = ["cpp"],
    test = True,
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

def nolink_test(name, messages, deps, linker_scripts, platform, size = "small", **kwargs):
    """Passes when the image does not link, for the reasons given and for no other; with none given, when it links.

    Args:
      name: of the test.
      messages: Python regular expressions: each must be found in one of the linker's errors, and every error must have one.
      deps: as of kernel_image.
      linker_scripts: likewise.
      platform: likewise.
      size: as for every test.
      **kwargs: what every test takes.
    """
    _nolink_test(
        name = name,
        deps = deps,
        linker_scripts = linker_scripts,
        messages = messages,
        platform = platform,
        size = size,
        **kwargs
    )
