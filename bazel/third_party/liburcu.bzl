"""liburcu: the flavours of RCU of the distribution's liburcu-dev, and its queues and lists.

Its headers are copied, not linked to, because one of them needs a change to be as quick in C++ as it is in C.
"""

_HEADERS = ["urcu", "urcu.h", "urcu-bp.h", "urcu-call-rcu.h", "urcu-defer.h", "urcu-flavor.h", "urcu-pointer.h", "urcu-qsbr.h"]
_LIBRARIES = ["bp", "cds", "common", "memb", "qsbr"]

def _liburcu_impl(repository_ctx):
    found = repository_ctx.execute(["sh", "-c", "echo /usr/include/*/urcu.h"]).stdout.strip().split(" ")
    if not found or "*" in found[0]:
        fail("/usr/include/*/urcu.h is not there: run tools/setup (or ./baton, which does)")
    headers = found[0][:-len("/urcu.h")]
    libraries = headers.replace("/usr/include/", "/usr/lib/")
    wanted = [headers + "/" + name for name in _HEADERS]
    wanted_libraries = ["{}/liburcu-{}.a".format(libraries, name) for name in _LIBRARIES]
    for file in wanted + wanted_libraries:
        if not repository_ctx.path(file).exists:
            fail("{} is not there: run tools/setup (or ./baton, which does)".format(file))
    copied = repository_ctx.execute(["sh", "-c", "mkdir include lib && cp -R {} include && cp {} lib".format(
        " ".join(wanted),
        " ".join(wanted_libraries),
    )])
    if copied.return_code != 0:
        fail("cannot copy liburcu: " + copied.stderr)
    repository_ctx.patch(repository_ctx.attr.patch, strip = 1)
    repository_ctx.symlink(repository_ctx.attr.build_file, "BUILD.bazel")
    repository_ctx.file("WORKSPACE", "workspace(name = \"{}\")\n".format(repository_ctx.name))

liburcu = repository_rule(
    implementation = _liburcu_impl,
    attrs = {
        "build_file": attr.label(allow_single_file = True, mandatory = True),
        "patch": attr.label(allow_single_file = True, mandatory = True),
    },
    local = True,
    doc = "The libraries @liburcu//:bp, :memb, :qsbr, and :cds for what is built on them.",
)
