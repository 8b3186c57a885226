"""skeleton_board: what `./baton new-board` writes, written, built and booted by a test of this tree."""

load("//bazel:py.bzl", "baton_py_test")
load("//boards/cortex_m:board.bzl", "cortex_m_board")

_FILES = ["BUILD.bazel", "board.cc", "memory.ld", "run.json"]

def skeleton_board(name, options, **board):
    """The board, and `same_test`: that the BUILD file written calls cortex_m_board as this does.

    Args:
      name: of the board.
      options: of `./baton new-board NAME`.
      **board: of cortex_m_board.
    """
    native.genrule(
        name = "write",
        srcs = ["//boards/cortex_m/skeleton:known"],
        outs = ["written/" + file for file in _FILES],
        cmd = "$(location //tools/baton_cli:write_board) . $$(dirname $(location written/board.cc)) {} {}".format(
            name,
            options,
        ),
        exec_tools = ["//tools/baton_cli:write_board"],
    )
    cortex_m_board(
        name = name,
        description = "written/board.cc",
        memory = "written/memory.ld",
        run = "written/run.json",
        **board
    )
    baton_py_test(
        name = "same_test",
        srcs = ["//boards/cortex_m/skeleton:same_test.py"],
        args = ["$(location written/BUILD.bazel)"] + sorted([
            "{}={}".format(key, value)
            for key, value in dict(board, name = name).items()
        ]),
        data = ["written/BUILD.bazel"],
    )
