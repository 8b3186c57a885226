// Bad on purpose: does not include what it needs, which a header looked at before it does.
#ifndef BATON_BAZEL_TESTS_LINT_NEEDS_OTHERS_H_
#define BATON_BAZEL_TESTS_LINT_NEEDS_OTHERS_H_

namespace lint_sample {

inline std::string needs_string() { return ""; }

}  // namespace lint_sample

#endif  // BATON_BAZEL_TESTS_LINT_NEEDS_OTHERS_H_
