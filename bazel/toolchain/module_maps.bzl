"""Module maps of the headers that any library may include without naming a dependency.

layering_check refuses an include that no module declares, so the compiler's and the system's headers must be in one. They
are listed file by file because a module given by its folder would have to be built. Made anew by each Bazel server: a
package installed meanwhile adds headers.
"""

# Of /usr/include: what stands at its top, and these folders.
_SYSTEM_FOLDERS = [
    "/usr/include/*-linux-gnu",
    "/usr/include/asm-generic",
    "/usr/include/c++",
    "/usr/include/linux",
    # The peers that benchmarks measure against.
    "/usr/include/ck",
    "/usr/include/oneapi",
    "/usr/include/tbb",
    "/usr/include/urcu",
]

_CLANG = "/usr/lib/llvm-19/lib/clang/19/include"

_TARGET_FOLDERS = [
    _CLANG,
    "/usr/lib/llvm-19/include/c++/v1",
    "/usr/lib/picolibc/*/include",
]

def _list(repository_ctx, command):
    found = repository_ctx.execute(["sh", "-c", command])
    if found.return_code != 0:
        fail("cannot list headers: " + found.stderr)
    return sorted([line for line in found.stdout.split("\n") if line])

def _module_map(headers):
    # The name is fixed: every module map that Bazel writes says `use "crosstool"`.
    return "module \"crosstool\" [system] {\n" + "".join([
        "  textual header \"{}\"\n".format(header)
        for header in headers
    ]) + "}\n"

def _system_module_maps_impl(repository_ctx):
    # A folder that is not there is no error: its package may not be wanted.
    find = "for d in {}; do if [ -d \"$d\" ]; then find -L \"$d\" -type f; fi; done"
    host = _list(repository_ctx, find.format(" ".join(_SYSTEM_FOLDERS + [_CLANG]))) + \
           _list(repository_ctx, "find -L /usr/include -maxdepth 1 -type f")
    target = _list(repository_ctx, find.format(" ".join(_TARGET_FOLDERS)))
    repository_ctx.file("host.modulemap", _module_map(host))
    repository_ctx.file("target.modulemap", _module_map([
        header
        for header in target
        # Ours takes its place.
        if not header.endswith("/__config_site")
    ] + [str(repository_ctx.path(repository_ctx.attr.config_site))]))
    repository_ctx.file("BUILD.bazel", "exports_files([\"host.modulemap\", \"target.modulemap\"])\n")

system_module_maps = repository_rule(
    implementation = _system_module_maps_impl,
    attrs = {"config_site": attr.label(allow_single_file = True, mandatory = True)},
    local = True,
    doc = "host.modulemap and target.modulemap, from the headers that are installed.",
)
