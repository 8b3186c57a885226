// What is run on a kernel to see whether a bug is in it: each scenario of kernel/stress, and
// programs for what those do not look at.  A program expects by EXPECT_*; it runs as the first
// thread of a test kernel (kernel/blocking/test_kernel.h).
#ifndef BATON_TESTS_HOST_MACHINE_PLANTED_PROGRAMS_H_
#define BATON_TESTS_HOST_MACHINE_PLANTED_PROGRAMS_H_

#include <functional>
#include <string_view>

namespace baton::host_test {

/// Empty: there is no such program.
std::function<void()> find_program(std::string_view name);

}  // namespace baton::host_test

#endif  // BATON_TESTS_HOST_MACHINE_PLANTED_PROGRAMS_H_
