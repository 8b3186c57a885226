"""Repositories made from the tarballs of Debian source packages.

tools/setup fetches the tarballs with apt, which works wherever a package mirror does; nothing here touches the network.
The sums pin what is unpacked, whoever fetched it.
"""

def tarball_cache(repository_ctx):
    """The folder that tools/setup fills; both must agree on it."""
    env = repository_ctx.os.environ
    if env.get("BATON_CACHE"):
        base = env["BATON_CACHE"]
    elif env.get("XDG_CACHE_HOME"):
        base = env["XDG_CACHE_HOME"] + "/baton"
    elif env.get("HOME"):
        base = env["HOME"] + "/.cache/baton"
    else:
        fail("none of BATON_CACHE, XDG_CACHE_HOME, HOME is set: cannot tell where the source tarballs are")
    return base + "/tarballs"

def _debian_source_impl(repository_ctx):
    tarball = repository_ctx.path(tarball_cache(repository_ctx) + "/" + repository_ctx.attr.tarball)
    if not tarball.exists:
        fail("{} is not there: run tools/setup (or ./baton, which does)".format(tarball))
    sums = repository_ctx.execute(["sha256sum", "--", str(tarball)])
    if sums.return_code != 0:
        fail("cannot read {}: {}".format(tarball, sums.stderr))
    found = sums.stdout.split(" ")[0].lstrip("\\")
    if found != repository_ctx.attr.sha256:
        fail("{} has SHA-256 {}, not {}: delete it and run tools/setup".format(
            tarball,
            found,
            repository_ctx.attr.sha256,
        ))
    repository_ctx.extract(tarball, stripPrefix = repository_ctx.attr.strip_prefix)
    if repository_ctx.attr.build_file:
        # The tarball's own, if any, is for another build.
        for name in ["BUILD", "BUILD.bazel"]:
            repository_ctx.delete(name)
        repository_ctx.symlink(repository_ctx.attr.build_file, "BUILD.bazel")

    for patch in repository_ctx.attr.patches:
        repository_ctx.patch(patch, strip = 1)

    # Only the root's matters: it would name repositories that are downloaded.
    for name in ["WORKSPACE", "WORKSPACE.bazel", "MODULE.bazel", "WORKSPACE.bzlmod"]:
        repository_ctx.delete(name)
    repository_ctx.file("WORKSPACE", "workspace(name = \"{}\")\n".format(repository_ctx.name))

debian_source = repository_rule(
    implementation = _debian_source_impl,
    attrs = {
        "build_file": attr.label(
            allow_single_file = True,
            doc = "Takes the place of the tarball's own BUILD file at its root.",
        ),
        "patches": attr.label_list(allow_files = True, doc = "Applied with -p1."),
        "sha256": attr.string(mandatory = True),
        "strip_prefix": attr.string(mandatory = True, doc = "The tarball's top folder."),
        "tarball": attr.string(mandatory = True, doc = "Its name, as apt-get source saves it."),
    },
    environ = ["BATON_CACHE", "XDG_CACHE_HOME", "HOME"],
    doc = "Unpacks a source tarball of Debian's from the cache that tools/setup fills.",
)
