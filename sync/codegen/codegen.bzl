"""aarch64_code: a library's object code for AArch64, for tests that look at instructions."""

load("//bazel:transitions.bzl", "aarch64_transition")

def _aarch64_code_impl(ctx):
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

aarch64_code = rule(
    implementation = _aarch64_code_impl,
    attrs = {
        "library": attr.label(
            cfg = aarch64_transition,
            mandatory = True,
            providers = [CcInfo],
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)
