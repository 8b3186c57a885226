"""aarch64_code, armv7m_code: a library's object code for that CPU, for tests that look at instructions."""

load("//bazel:transitions.bzl", "aarch64_transition", "armv7m_transition")

def _code_impl(ctx):
    archives = [
        file
        for library in ctx.attr.library
        for file in library[DefaultInfo].files.to_list()
        if file.extension == "a"
    ]
    return [DefaultInfo(
        files = depset(archives),
        runfiles = ctx.runfiles(files = archives),
    )]

def _code_rule(transition):
    return rule(
        implementation = _code_impl,
        attrs = {
            "library": attr.label(
                cfg = transition,
                mandatory = True,
                providers = [CcInfo],
            ),
            "_allowlist_function_transition": attr.label(
                default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
            ),
        },
    )

aarch64_code = _code_rule(aarch64_transition)

armv7m_code = _code_rule(armv7m_transition)
