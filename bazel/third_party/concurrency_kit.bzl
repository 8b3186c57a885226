"""Concurrency Kit, from the distribution's libck-dev.

Its headers are copied, not linked to, because some of them need casts to be C++.
"""

_HEADERS = "/usr/include"
_NAMES = [
    "ck_backoff.h",
    "ck_cc.h",
    "ck_elide.h",
    "ck_epoch.h",
    "ck_fifo.h",
    "ck_limits.h",
    "ck_md.h",
    "ck_pr.h",
    "ck_ring.h",
    "ck_spinlock.h",
    "ck_stack.h",
    "ck_stdbool.h",
    "ck_stddef.h",
    "ck_stdint.h",
    "ck_string.h",
    "gcc",
    "spinlock",
]

def _concurrency_kit_impl(repository_ctx):
    found = repository_ctx.execute(["sh", "-c", "echo /usr/lib/*/libck.a"]).stdout.strip().split(" ")
    library = found[0] if found else ""
    wanted = [_HEADERS + "/" + name for name in _NAMES]
    for file in wanted + [library]:
        if not repository_ctx.path(file).exists:
            fail("{} is not there: run tools/setup (or ./baton, which does)".format(file))
    copied = repository_ctx.execute(["sh", "-c", "mkdir include lib && cp -R {} include && cp {} lib".format(
        " ".join(wanted),
        library,
    )])
    if copied.return_code != 0:
        fail("cannot copy Concurrency Kit: " + copied.stderr)
    repository_ctx.patch(repository_ctx.attr.patch, strip = 1)
    repository_ctx.symlink(repository_ctx.attr.build_file, "BUILD.bazel")
    repository_ctx.file("WORKSPACE", "workspace(name = \"{}\")\n".format(repository_ctx.name))

concurrency_kit = repository_rule(
    implementation = _concurrency_kit_impl,
    attrs = {
        "build_file": attr.label(allow_single_file = True, mandatory = True),
        "patch": attr.label(allow_single_file = True, mandatory = True),
    },
    local = True,
    doc = "The libraries @concurrency_kit//:spinlock, :ring, :fifo, :stack and :epoch, in C++.",
)
