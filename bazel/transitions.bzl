"""Configuration changes along the way from a test or an image to what it is made of."""

def _without_sanitizers(features):
    return [feature for feature in features if feature not in ["tsan", "asan_ubsan", "atomic_points"]]

def _bare(settings, platform, more_features = []):
    return {
        # An image is bare metal also where the host's tests run under a sanitizer.
        "//command_line_option:features": _without_sanitizers(settings["//command_line_option:features"]) + more_features,
        "//command_line_option:platforms": [platform],
    }

_BARE_INPUTS = ["//command_line_option:features"]

_BARE_OUTPUTS = [
    "//command_line_option:features",
    "//command_line_option:platforms",
]

def _board_impl(settings, attr):
    mode = settings["//command_line_option:compilation_mode"]
    small = attr.small or attr.tiny
    return dict(
        _bare(settings, str(attr.platform), (["small"] if small else []) + (["tiny"] if attr.tiny else [])),
        **{"//command_line_option:compilation_mode": "opt" if small else mode}
    )

# To the platform that the rule's `platform` attribute names; what is small is also optimized.
board_transition = transition(
    implementation = _board_impl,
    inputs = _BARE_INPUTS + ["//command_line_option:compilation_mode"],
    outputs = _BARE_OUTPUTS + ["//command_line_option:compilation_mode"],
)

def _aarch64_impl(settings, _attr):
    return _bare(settings, "//bazel/platforms:aarch64")

aarch64_transition = transition(
    implementation = _aarch64_impl,
    inputs = _BARE_INPUTS,
    outputs = _BARE_OUTPUTS,
)

def _armv7m_impl(settings, _attr):
    return _bare(settings, "//bazel/platforms:armv7m")

armv7m_transition = transition(
    implementation = _armv7m_impl,
    inputs = _BARE_INPUTS,
    outputs = _BARE_OUTPUTS,
)

def _sanitizer_impl(settings, attr):
    return {
        "//command_line_option:features": _without_sanitizers(settings["//command_line_option:features"]) +
                                          [attr.sanitizer],
    }

# To a build in which everything, the libraries of others included, is instrumented for the rule's `sanitizer`.
sanitizer_transition = transition(
    implementation = _sanitizer_impl,
    inputs = ["//command_line_option:features"],
    outputs = ["//command_line_option:features"],
)
