"""target_test: an image booted in QEMU."""

load(":image.bzl", "KernelImageInfo")

def _target_test_impl(ctx):
    image = ctx.attr.image[KernelImageInfo]
    runner = ctx.attr._runner[DefaultInfo]
    script = ctx.actions.declare_file(ctx.label.name)
    arguments = [
        "--board-json",
        ctx.file.board.short_path,
        "--image",
        image.img.short_path,
        "--elf",
        image.elf.short_path,
    ] + [ctx.expand_location(argument, ctx.attr.data) for argument in ctx.attr.args_to_runner]
    ctx.actions.write(
        output = script,
        # Tests start in their runfiles, where short paths hold.
        content = "#!/bin/sh\nexec {} \"$@\"\n".format(" ".join([
            "'" + word.replace("'", "'\\''") + "'"
            for word in [runner.files_to_run.executable.short_path] + arguments
        ])),
        is_executable = True,
    )
    runfiles = ctx.runfiles(files = [image.elf, image.img, ctx.file.board] + ctx.files.data)
    return [DefaultInfo(
        executable = script,
        runfiles = runfiles.merge(runner.default_runfiles),
    )]

_target_test = rule(
    implementation = _target_test_impl,
    attrs = {
        "args_to_runner": attr.string_list(),
        "board": attr.label(
            allow_single_file = [".json"],
            mandatory = True,
        ),
        "data": attr.label_list(allow_files = True),
        "image": attr.label(
            mandatory = True,
            providers = [KernelImageInfo],
        ),
        "_runner": attr.label(
            cfg = "exec",
            default = "//tools/qemu:runner",
            executable = True,
        ),
    },
    test = True,
)

def target_test(name, image, board, args = [], tags = [], **kwargs):
    """Boots `image` on the machine that `board` describes; passes when the runner says so.

    Args:
      name: of the test.
      image: a kernel_image.
      board: the board's run.json, which holds its QEMU command line.
      args: for //tools/qemu:runner, after `--board-json FILE --image FILE --elf FILE`; $(location) of data is understood.
      tags: beside "qemu", which every such test has.
      **kwargs: data, and what every test takes (size, timeout, shard_count, visibility, ...).
    """
    _target_test(
        name = name,
        args_to_runner = args,
        board = board,
        image = image,
        tags = tags + ["qemu"],
        **kwargs
    )
