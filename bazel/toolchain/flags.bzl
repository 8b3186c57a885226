"""What clang is told, for the host and for each bare-metal target. The only place where compiler flags live.

`{here}` stands for this folder as seen from where the compiler runs.
"""

_LLVM = "/usr/lib/llvm-19"

_WARNINGS = [
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wthread-safety",
    "-Wthread-safety-beta",
    "-Wshadow",
    "-Wconversion",
    # UBSan checks signs where it matters; the static form would drown register code in casts.
    "-Wno-sign-conversion",
    "-Wcast-qual",
    "-Wextra-semi",
    "-Wformat=2",
    "-Wimplicit-fallthrough",
    "-Wmissing-declarations",
    "-Wundef",
    "-Wunreachable-code",
    "-Wvla",
    # Headers of others are theirs to mend, also where a quoted include finds them.
    "--system-header-prefix=absl/",
    "--system-header-prefix=benchmark/",
    "--system-header-prefix=fdt.h",
    "--system-header-prefix=gmock/",
    "--system-header-prefix=gtest/",
    "--system-header-prefix=libfdt",
]

_CXX_WARNINGS = [
    # Use of a handle after it was moved from, where its class is annotated.
    "-Wconsumed",
    "-Wmissing-prototypes",
    "-Wmissing-variable-declarations",
    "-Wnon-virtual-dtor",
    "-Wold-style-cast",
    "-Woverloaded-virtual",
    "-Wsuggest-override",
    "-Wzero-as-null-pointer-constant",
]

_COMMON = [
    "-fcolor-diagnostics",
    # Frame pointers everywhere: the kernel's backtraces walk them, and so do profilers on the host.
    "-fno-omit-frame-pointer",
    "-mno-omit-leaf-frame-pointer",
    "-ffunction-sections",
    "-fdata-sections",
    "-fno-common",
    # The same object wherever the tree lies and whenever it is built.
    "-ffile-compilation-dir=.",
    "-no-canonical-prefixes",
    "-Wno-builtin-macro-redefined",
    "-D__DATE__=\"redacted\"",
    "-D__TIMESTAMP__=\"redacted\"",
    "-D__TIME__=\"redacted\"",
]

_CXX = ["-std=c++23"] + _CXX_WARNINGS

HOST = dict(
    hosted = True,
    target_triple = "local",
    compile_flags = _COMMON + _WARNINGS,
    c_flags = ["-std=gnu17"],
    cxx_flags = _CXX,
    fastbuild_flags = ["-O1", "-g1"],
    dbg_flags = ["-O0", "-g"],
    opt_flags = ["-O2", "-g1", "-DNDEBUG"],
    link_flags = [
        "--driver-mode=g++",
        "--ld-path=/usr/bin/ld.lld-19",
        "-no-canonical-prefixes",
        "-pthread",
        "-Wl,--build-id=sha1",
        "-Wl,--gc-sections",
        "-Wl,-z,now",
    ],
    builtin_include_directories = [
        "/usr/include",
        "/usr/lib/clang/19",
        "/usr/lib/gcc",
        "/usr/local/include",
        _LLVM,
    ],
)

def _bare(triple, machine_flags, picolibc, link_flags, libraries):
    return dict(
        hosted = False,
        target_triple = triple,
        compile_flags = [
            "--target=" + triple,
        ] + machine_flags + [
            "-ffreestanding",
            "-fno-pic",
            "-fno-stack-protector",
            # Four copies of every retry loop are larger and no faster.
            "-fno-unroll-loops",
            # Backtraces need frame pointers only; debuggers read .debug_frame.
            "-fno-asynchronous-unwind-tables",
            "-fno-unwind-tables",
            "-nostdlibinc",
        ] + _COMMON + _WARNINGS,
        c_flags = ["-std=gnu17", "-isystem", picolibc],
        cxx_flags = [
            "-fno-exceptions",
            "-fno-rtti",
            # One-time initialisation of locals would need locks below the kernel: there are no such locals.
            "-fno-threadsafe-statics",
            "-fno-use-cxa-atexit",
            # Statics live as long as the machine is on.
            "-fno-c++-static-destructors",
            # Every object is initialised before the program starts, or on purpose: no code runs before the entry point.
            "-Wglobal-constructors",
            "-Wexit-time-destructors",
            "-nostdinc++",
            "-isystem",
            "{here}/libcxx",
            "-isystem",
            _LLVM + "/include/c++/v1",
            "-isystem",
            picolibc,
        ] + _CXX,
        fastbuild_flags = ["-O2", "-g"],
        dbg_flags = ["-Og", "-g"],
        opt_flags = ["-O2", "-g", "-DNDEBUG"],
        link_flags = [
            "--target=" + triple,
            "--ld-path=/usr/bin/ld.lld-19",
            "-no-canonical-prefixes",
            "-nostdlib",
            "-static",
            "-Wl,--build-id=sha1",
            "-Wl,--fatal-warnings",
            "-Wl,--gc-sections",
            "-Wl,-z,max-page-size=4096",
            "-Wl,-z,separate-code",
        ] + link_flags,
        link_libraries = libraries,
        builtin_include_directories = [
            "/usr/lib/clang/19",
            "/usr/lib/picolibc",
            _LLVM,
        ],
    )

AARCH64 = _bare(
    triple = "aarch64-none-elf",
    # What Cortex-A53 and A72 share: ARMv8.0 with CRC. No FP register in kernel code, so none need be saved on entry.
    machine_flags = [
        "-march=armv8-a+crc",
        "-mtune=cortex-a72",
        "-mfix-cortex-a53-835769",
        "-mgeneral-regs-only",
        "-mno-outline-atomics",
        "-mstrict-align",
    ],
    picolibc = "/usr/lib/picolibc/aarch64-linux-gnu/include",
    link_flags = ["-Wl,--fix-cortex-a53-843419"],
    libraries = [],
)

def _armv7m(machine_flags):
    return _bare(
        triple = "thumbv7m-none-eabi",
        machine_flags = machine_flags + [
            # No FP register in kernel code, so none need be saved on entry; threads may use them where there are any.
            "-mfloat-abi=soft",
            "-mno-unaligned-access",
        ],
        picolibc = "/usr/lib/picolibc/arm-none-eabi/include",
        link_flags = [],
        # 64-bit division and the like; clang's own runtime is not packaged for this target.
        libraries = ["/usr/lib/gcc/arm-none-eabi/12.2.1/thumb/v7-m/nofp/libgcc.a"],
    )

CORTEX_M3 = _armv7m(["-mcpu=cortex-m3"])

CORTEX_M4F = _armv7m([
    "-mcpu=cortex-m4",
    "-DBATON_CORTEX_M_FP=1",
])

CORTEX_M7 = _armv7m([
    "-mcpu=cortex-m7",
    "-DBATON_CORTEX_M_FP=1",
    # Erratum 837070 of revisions up to r0p1 is worked around on all.
    "-DBATON_CORTEX_M7_R0P1=1",
])
