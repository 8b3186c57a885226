"""A folder beside this file as a repository of its own.

local_repository would do, but takes a path from the root of whichever workspace is being built; this works from others too.
"""

def _folder_repository_impl(repository_ctx):
    here = repository_ctx.path(Label("//bazel/third_party:BUILD.bazel")).dirname
    for file in here.get_child(repository_ctx.attr.folder).readdir():
        repository_ctx.symlink(file, file.basename)

folder_repository = repository_rule(
    implementation = _folder_repository_impl,
    attrs = {"folder": attr.string(mandatory = True)},
    local = True,
)
