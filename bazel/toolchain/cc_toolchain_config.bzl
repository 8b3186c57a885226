"""A C++ toolchain of clang 19 and lld, configured from the flags of flags.bzl."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "feature",
    "feature_set",
    "flag_group",
    "flag_set",
    "tool_path",
    "with_feature_set",
)

_C = [ACTION_NAMES.c_compile]

_CXX = [
    ACTION_NAMES.cpp_compile,
    ACTION_NAMES.cpp_header_parsing,
    ACTION_NAMES.cpp_module_compile,
    ACTION_NAMES.cpp_module_codegen,
    ACTION_NAMES.linkstamp_compile,
]

_ASSEMBLE = [
    ACTION_NAMES.assemble,
    ACTION_NAMES.preprocess_assemble,
]

_LINK = [
    ACTION_NAMES.cpp_link_executable,
    ACTION_NAMES.cpp_link_dynamic_library,
    ACTION_NAMES.cpp_link_nodeps_dynamic_library,
]

def _flags(actions, flags, mode = None):
    """One flag_set, or none where there is no flag: empty groups are refused."""
    if not flags:
        return []
    return [flag_set(
        actions = actions,
        flag_groups = [flag_group(flags = flags)],
        with_features = [with_feature_set(features = [mode])] if mode else [],
    )]

def _layering_features():
    """What a source file includes must be in a direct dependency: clang checks it against module maps."""
    compiles = [
        ACTION_NAMES.c_compile,
        ACTION_NAMES.cpp_compile,
        ACTION_NAMES.cpp_header_parsing,
        ACTION_NAMES.cpp_module_compile,
    ]
    return [
        # Lets Bazel write a module map for every library.
        feature(name = "module_maps", enabled = True),
        feature(
            name = "use_module_maps",
            requires = [feature_set(features = ["module_maps"])],
            flag_sets = _flags(compiles, [
                "-fmodule-name=%{module_name}",
                "-fmodule-map-file=%{module_map_file}",
            ]),
        ),
        feature(
            name = "layering_check",
            implies = ["use_module_maps"],
            flag_sets = [flag_set(
                actions = compiles,
                flag_groups = [
                    flag_group(flags = ["-fmodules-strict-decluse", "-Wprivate-header"]),
                    flag_group(
                        iterate_over = "dependent_module_map_files",
                        flags = ["-fmodule-map-file=%{dependent_module_map_files}"],
                    ),
                ],
            )],
        ),
    ]

def _sanitizer_features():
    asan_ubsan = ["-fsanitize=address,undefined"]
    return [
        feature(
            name = "tsan",
            flag_sets = _flags(_C + _CXX, ["-fsanitize=thread", "-O1"]) + _flags(_LINK, ["-fsanitize=thread"]),
        ),
        feature(
            name = "asan_ubsan",
            flag_sets = _flags(
                _C + _CXX,
                asan_ubsan + ["-fno-sanitize-recover=all", "-fsanitize-address-use-after-scope", "-O1"],
            ) + _flags(_LINK, asan_ubsan),
        ),
        # Every atomic operation becomes a call, and nothing else does: arch/host/atomic_points.cc has what is called.
        feature(
            name = "atomic_points",
            flag_sets = _flags(
                _C + _CXX,
                [
                    "-fsanitize=thread",
                    "-mllvm",
                    "-tsan-instrument-memory-accesses=0",
                    "-mllvm",
                    "-tsan-instrument-func-entry-exit=0",
                    "-mllvm",
                    "-tsan-instrument-memintrinsics=0",
                    "-DBATON_ATOMIC_POINTS",
                    "-O1",
                ],
            ),
        ),
    ]

def _size_features():
    # For images that have little room: kernel/records.h.
    tiny = ["-Oz", "-flto", "-fvisibility=hidden", "-fwhole-program-vtables", "-fvirtual-function-elimination"]
    return [
        feature(name = "small", flag_sets = _flags(_C + _CXX, ["-DBATON_SMALL=1"])),
        # Beside it: slower, and what is not needed is found across sources.
        feature(name = "tiny", flag_sets = _flags(_C + _CXX, tiny) + _flags(_LINK, tiny)),
    ]

def _placed(here, flags):
    return [flag.replace("{here}", here) for flag in flags]

def _impl(ctx):
    here = ctx.label.package
    if ctx.label.workspace_root:
        here = ctx.label.workspace_root + "/" + here

    all_compiles = _C + _CXX + _ASSEMBLE
    features = [
        feature(name = "fastbuild"),
        feature(name = "dbg"),
        feature(name = "opt"),
        feature(
            name = "default_compile_flags",
            enabled = True,
            flag_sets = _flags(all_compiles, _placed(here, ctx.attr.compile_flags)) +
                        _flags(all_compiles, _placed(here, ctx.attr.fastbuild_flags), "fastbuild") +
                        _flags(all_compiles, _placed(here, ctx.attr.dbg_flags), "dbg") +
                        _flags(all_compiles, _placed(here, ctx.attr.opt_flags), "opt") +
                        _flags(_C, _placed(here, ctx.attr.c_flags)) +
                        _flags(_CXX, _placed(here, ctx.attr.cxx_flags)) +
                        # Most flags say nothing to an assembler.
                        _flags(_ASSEMBLE, ["-Wno-unused-command-line-argument"]),
        ),
        feature(
            name = "default_link_flags",
            enabled = True,
            flag_sets = _flags(_LINK, _placed(here, ctx.attr.link_flags)),
        ),
        # Last on the line, where an archive serves those before it.
        feature(
            name = "default_link_libraries",
            enabled = True,
            flag_sets = _flags(_LINK, ctx.attr.link_libraries),
        ),
        # lld takes the objects of a library as one archive, so none need be written.
        feature(name = "supports_start_end_lib", enabled = True),
    ] + _layering_features() + (_sanitizer_features() if ctx.attr.hosted else _size_features())

    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        features = features,
        cxx_builtin_include_directories = ctx.attr.builtin_include_directories,
        toolchain_identifier = "clang-19-" + ctx.attr.cpu,
        host_system_name = "local",
        target_system_name = ctx.attr.target_triple,
        target_cpu = ctx.attr.cpu,
        target_libc = "glibc" if ctx.attr.hosted else "picolibc",
        compiler = "clang",
        abi_version = "clang",
        abi_libc_version = "local",
        tool_paths = [
            tool_path(name = name, path = "/usr/bin/" + tool)
            for name, tool in [
                ("ar", "llvm-ar-19"),
                ("compat-ld", "ld.lld-19"),
                ("cpp", "clang-cpp-19"),
                ("dwp", "llvm-dwp-19"),
                ("gcc", "clang-19"),
                ("gcov", "llvm-cov-19"),
                ("gcov-tool", "llvm-profdata-19"),
                ("ld", "ld.lld-19"),
                ("llvm-cov", "llvm-cov-19"),
                ("nm", "llvm-nm-19"),
                ("objcopy", "llvm-objcopy-19"),
                ("objdump", "llvm-objdump-19"),
                ("strip", "llvm-strip-19"),
            ]
        ],
    )

_clang_toolchain_config = rule(
    implementation = _impl,
    attrs = {
        "builtin_include_directories": attr.string_list(),
        "c_flags": attr.string_list(),
        "compile_flags": attr.string_list(),
        "cpu": attr.string(mandatory = True),
        "cxx_flags": attr.string_list(),
        "dbg_flags": attr.string_list(),
        "fastbuild_flags": attr.string_list(),
        "hosted": attr.bool(doc = "Runs on an operating system: the sanitizers are there."),
        "link_flags": attr.string_list(),
        "link_libraries": attr.string_list(),
        "opt_flags": attr.string_list(),
        "target_triple": attr.string(mandatory = True),
    },
    provides = [CcToolchainConfigInfo],
)

def clang_toolchain(name, cpu, flags, module_map, files = []):
    """A cc_toolchain.

    Args:
      name: of the cc_toolchain; //bazel/toolchain registers it through a toolchain().
      cpu: the name that output folders and `--cpu` would carry.
      flags: a table of flags.bzl.
      module_map: the headers that need no dependency.
      files: ours that compiles read, beside the module map.
    """
    _clang_toolchain_config(name = name + "_config", cpu = cpu, **flags)
    native.filegroup(name = name + "_files", srcs = files + [module_map])
    native.filegroup(name = name + "_no_files")
    native.cc_toolchain(
        name = name,
        all_files = name + "_files",
        ar_files = name + "_no_files",
        as_files = name + "_files",
        compiler_files = name + "_files",
        dwp_files = name + "_no_files",
        linker_files = name + "_no_files",
        module_map = module_map,
        objcopy_files = name + "_no_files",
        strip_files = name + "_no_files",
        supports_param_files = True,
        toolchain_config = name + "_config",
        toolchain_identifier = "clang-19-" + cpu,
    )
