"""cortex_m_board: a board with one Cortex-M, from its description to an image and a test."""

load("//bazel:image.bzl", "kernel_image")
load("//bazel:lint.bzl", "baton_lint")
load("//bazel:py.bzl", "baton_py_binary")
load("//bazel:target_test.bzl", "target_test")

_PLATFORMS = {
    "m3": "//bazel/platforms:armv7m",
    "m4f": "//bazel/platforms:armv7m_m4f",
    "m7": "//bazel/platforms:armv7m_m7",
}

def cortex_m_board(
        name,
        core,
        soc,
        description = "board.cc",
        memory = "memory.ld",
        run = "run.json",
        deps = [],
        qemu = True,
        shell_test = True):
    """A board's targets: `kernel`, what is flashed; `qemu`, which runs it; `shell_test`, which tries it there; `lint`.

    Stands at the end of a BUILD file.

    Args:
      name: of the folder; the target of this name is the board without a kernel's commands.
      core: "m3", "m4f" or "m7".
      soc: what says where the chip has what, in boards/soc.
      description: the source with BATON_CORTEX_M_BOARD.
      memory: says where flash and RAM are; the file's name is memory.ld.
      run: how QEMU is started, and what people are told.
      deps: further libraries of the description.
      qemu: whether QEMU knows the board.
      shell_test: whether the shell is tried at the serial port.
    """
    if core not in _PLATFORMS:
        fail("board {}: core is {}, not '{}'".format(name, " or ".join(sorted(_PLATFORMS)), core))
    native.exports_files(
        ["BUILD.bazel"] + [file for file in [description, memory, run] if ":" not in file and "/" not in file],
        visibility = ["//visibility:public"],
    )
    native.cc_library(
        name = name,
        srcs = [description],
        features = ["layering_check"],
        target_compatible_with = [
            "@platforms//cpu:armv7-m",
            "@platforms//os:none",
        ],
        deps = ["//boards/cortex_m:board", soc] + deps,
        alwayslink = True,
    )
    kernel_image(
        name = "kernel",
        linker_scripts = [
            "//arch/armv7m:link/kernel.ld",
            memory,
        ],
        platform = _PLATFORMS[core],
        visibility = ["//visibility:public"],
        deps = [
            ":" + name,
            "//base/freestanding:libc",
            "//boards/cortex_m:panel_commands",
            "//kernel/commands",
        ],
    )
    if qemu:
        baton_py_binary(
            name = "qemu",
            srcs = ["//tools/qemu:runner.py"],
            args = ["--board=" + name],
            data = [
                run,
                ":kernel",
            ],
            deps = ["//tools/qemu:session"],
        )
    if qemu and shell_test:
        target_test(
            name = "shell_test",
            size = "medium",
            args = [
                "--exec",
                "cpus; ps; mem; irqs; uptime",
                "--timeout=50",
            ],
            board = run,
            image = ":kernel",
            tags = ["board_" + name],
        )
    baton_lint()
