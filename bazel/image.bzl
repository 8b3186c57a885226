"""kernel_image: what a board boots."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")
load(":transitions.bzl", "board_transition")

KernelImageInfo = provider(
    doc = "A linked kernel.",
    fields = {
        "elf": "With symbols and debug information.",
        "img": "Raw bytes, as a boot loader copies them to the load address.",
        "map": "The linker's map.",
    },
)

def link_arguments(ctx, linker_inputs):
    """The command line after the toolchain's own flags, and the files that it names."""
    arguments = ctx.actions.args()
    inputs = []
    scripts = ctx.files.linker_scripts
    for i, script in enumerate(scripts):
        if i == 0:
            arguments.add(script, format = "-Wl,-T,%s")
        else:
            # Found by INCLUDE, whose names are looked up like libraries.
            arguments.add("-L" + script.dirname)
    inputs += scripts

    for linker_input in linker_inputs:
        arguments.add_all(linker_input.user_link_flags)
        inputs += linker_input.additional_inputs
        for library in linker_input.libraries:
            objects = library.objects or library.pic_objects
            if not objects:
                # Prebuilt, by cc_import.
                archive = library.static_library or library.pic_static_library
                objects = [archive]
            inputs += objects
            if library.alwayslink:
                arguments.add("-Wl,--whole-archive")
                arguments.add_all(objects)
                arguments.add("-Wl,--no-whole-archive")
            else:
                # As from an archive: only what is referred to.
                arguments.add("-Wl,--start-lib")
                arguments.add_all(objects)
                arguments.add("-Wl,--end-lib")

    arguments.add_all([ctx.expand_location(flag, ctx.attr.linker_scripts) for flag in ctx.attr.linkopts])
    return arguments, inputs

def _kernel_image_impl(ctx):
    cc_toolchain = find_cpp_toolchain(ctx)
    feature_configuration = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = cc_toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )

    elf = ctx.actions.declare_file(ctx.label.name + ".elf")
    img = ctx.actions.declare_file(ctx.label.name + ".img")
    map_file = ctx.actions.declare_file(ctx.label.name + ".map")

    # Linked by hand rather than by cc_common.link, which knows of no second output: the map.
    linking_context = cc_common.merge_cc_infos(cc_infos = [dep[CcInfo] for dep in ctx.attr.deps]).linking_context
    variables = cc_common.create_link_variables(
        feature_configuration = feature_configuration,
        cc_toolchain = cc_toolchain,
        is_using_linker = True,
        output_file = elf.path,
    )
    action = ACTION_NAMES.cpp_link_executable
    toolchain_flags = cc_common.get_memory_inefficient_command_line(
        feature_configuration = feature_configuration,
        action_name = action,
        variables = variables,
    )
    arguments, inputs = link_arguments(ctx, linking_context.linker_inputs.to_list())
    ctx.actions.run(
        executable = cc_common.get_tool_for_action(
            feature_configuration = feature_configuration,
            action_name = action,
        ),
        # The toolchain's flags end with libraries that serve the objects: objects first.
        arguments = [arguments, "-Wl,-Map=" + map_file.path] + toolchain_flags,
        env = cc_common.get_environment_variables(
            feature_configuration = feature_configuration,
            action_name = action,
            variables = variables,
        ),
        inputs = depset(inputs, transitive = [cc_toolchain.all_files]),
        outputs = [elf, map_file],
        mnemonic = "KernelLink",
        progress_message = "Linking kernel " + elf.short_path,
    )

    ctx.actions.run(
        executable = cc_toolchain.objcopy_executable,
        arguments = ["-O", "binary", elf.path, img.path],
        inputs = depset([elf], transitive = [cc_toolchain.all_files]),
        outputs = [img],
        mnemonic = "KernelImage",
        progress_message = "Making raw image " + img.short_path,
    )

    return [
        DefaultInfo(
            files = depset([elf, img]),
            runfiles = ctx.runfiles(files = [elf, img]),
        ),
        OutputGroupInfo(
            elf = depset([elf]),
            img = depset([img]),
            map = depset([map_file]),
        ),
        KernelImageInfo(elf = elf, img = img, map = map_file),
    ]

kernel_image = rule(
    implementation = _kernel_image_impl,
    attrs = {
        "deps": attr.label_list(
            providers = [CcInfo],
            doc = "cc_library targets; those that only a linker section refers to need alwayslink.",
        ),
        "linker_scripts": attr.label_list(
            allow_files = True,
            mandatory = True,
            doc = "The first is the script; it finds the others by INCLUDE and their file name.",
        ),
        "linkopts": attr.string_list(doc = "Given to clang; $(location) of a linker script is understood."),
        "platform": attr.label(
            default = "//bazel/platforms:aarch64",
            doc = "What everything in the image is built for.",
        ),
        "small": attr.bool(
            doc = "Without records for people and words for failed checks: kernel/records.h.",
        ),
        "tiny": attr.bool(
            doc = "Small, and rather small than fast.",
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    cfg = board_transition,
    doc = "Links NAME.elf for a bare-metal platform, with NAME.img (its raw bytes) and NAME.map beside it.",
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
