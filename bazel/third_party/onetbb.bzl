"""oneTBB's concurrent containers, from the distribution's libtbb-dev."""

_HEADERS = ["/usr/include/oneapi", "/usr/include/tbb"]
_NEEDED = ["/usr/include/oneapi/tbb/concurrent_hash_map.h", "/usr/include/tbb/concurrent_hash_map.h"]

def _onetbb_impl(repository_ctx):
    found = repository_ctx.execute(["sh", "-c", "echo /usr/lib/*/libtbb.so"]).stdout.strip().split(" ")
    library = found[0] if found else ""
    for file in _NEEDED + [library]:
        if not repository_ctx.path(file).exists:
            fail("{} is not there: run tools/setup (or ./baton, which does)".format(file))
    for folder in _HEADERS:
        repository_ctx.symlink(folder, "include/" + folder.split("/")[-1])
    repository_ctx.symlink(repository_ctx.attr.build_file, "BUILD.bazel")
    repository_ctx.file("WORKSPACE", "workspace(name = \"{}\")\n".format(repository_ctx.name))

onetbb = repository_rule(
    implementation = _onetbb_impl,
    attrs = {"build_file": attr.label(allow_single_file = True, mandatory = True)},
    local = True,
    doc = "The library @onetbb//:containers.",
)
