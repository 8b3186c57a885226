"""Every external repository of the build, and the toolchains that serve it."""

load("//bazel/toolchain:module_maps.bzl", "system_module_maps")
load(":concurrency_kit.bzl", "concurrency_kit")
load(":debian_source.bzl", "debian_source")
load(":folder_repository.bzl", "folder_repository")
load(":liburcu.bzl", "liburcu")
load(":onetbb.bzl", "onetbb")
load(":sources.bzl", "SOURCES")

_BUILD_FILES = {
    # Upstream's calls module_version(), which the distribution's Bazel lacks.
    "com_github_google_benchmark": "//bazel/third_party:benchmark.BUILD.bazel",
    "libfdt": "//bazel/third_party:libfdt.BUILD.bazel",
}

_PATCHES = {
    "com_google_googletest": ["//bazel/third_party:googletest_main_headers.patch"],
}

def baton_repositories():
    """Declares them all; call it from the WORKSPACE."""
    for name, source in SOURCES.items():
        debian_source(
            name = name,
            build_file = _BUILD_FILES.get(name),
            patches = _PATCHES.get(name, []),
            sha256 = source["sha256"],
            strip_prefix = source["strip_prefix"],
            tarball = source["tarball"],
        )

    # Constraint values beyond those of any packaged copy.
    folder_repository(name = "platforms", folder = "platforms")

    # The native C++ rules under the names that upstream BUILD files load.
    folder_repository(name = "rules_cc", folder = "rules_cc")

    # `bazel test` asks for it even when no coverage is wanted.
    folder_repository(name = "remote_coverage_tools", folder = "remote_coverage_tools")

    concurrency_kit(
        name = "concurrency_kit",
        build_file = "//bazel/third_party:concurrency_kit.BUILD.bazel",
        patch = "//bazel/third_party:concurrency_kit_casts.patch",
    )

    liburcu(
        name = "liburcu",
        build_file = "//bazel/third_party:liburcu.BUILD.bazel",
        patch = "//bazel/third_party:liburcu_tls.patch",
    )

    onetbb(
        name = "onetbb",
        build_file = "//bazel/third_party:onetbb.BUILD.bazel",
    )

    # From the distribution's bazel-* packages.
    native.local_repository(name = "bazel_skylib", path = "/usr/share/bazel/tools/skylib")
    native.local_repository(name = "rules_java", path = "/usr/share/bazel/rules/java")
    native.local_repository(name = "rules_proto", path = "/usr/share/bazel/rules/proto")

def baton_toolchains():
    """Makes our toolchains those of the build; call it from the WORKSPACE."""
    system_module_maps(
        name = "baton_module_maps",
        config_site = "//bazel/toolchain:libcxx/__config_site",
    )
    native.register_toolchains("@baton//bazel/toolchain:all")
