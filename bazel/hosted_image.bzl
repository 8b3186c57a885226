"""hosted_image: what kernel_image makes for a board, for the virtual machine: a Linux program."""

def hosted_image(name, deps, **kwargs):
    """Links a board and a kernel: a program may do that which may not include a board's headers.

    Args:
      name: of the program.
      deps: //boards/host, and commands.
      **kwargs: as for cc_binary.
    """
    native.cc_binary(
        name = name,
        target_compatible_with = ["@platforms//os:linux"],
        deps = deps,
        **kwargs
    )
