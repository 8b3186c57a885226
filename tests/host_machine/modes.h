// Tests of the machine run in both modes, on 1, 2, 4 and 8 cores: values for TEST_P.
#ifndef BATON_TESTS_HOST_MACHINE_MODES_H_
#define BATON_TESTS_HOST_MACHINE_MODES_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "arch/host/machine.h"

namespace baton::host_test {

struct ModeAndCores {
  arch::host::Mode mode;
  unsigned cores;
};

class OnMachines : public ::testing::TestWithParam<ModeAndCores> {
 protected:
  bool simulated() const { return GetParam().mode == arch::host::Mode::kSimulated; }
  unsigned cores() const { return GetParam().cores; }
  /// Seeds to try: one run says little of a mode that draws its choices, and much of the other.
  std::uint64_t seeds() const { return simulated() ? 50 : 3; }
  arch::host::Config config(std::uint64_t seed) const {
    return {.cores = cores(), .mode = GetParam().mode, .seed = seed};
  }
  /// The same function on every core.
  std::vector<std::function<void()>> on_all(const std::function<void()>& entry) const {
    return std::vector<std::function<void()>>(cores(), entry);
  }
};

inline std::vector<ModeAndCores> all_modes(unsigned fewest_cores = 1) {
  std::vector<ModeAndCores> all;
  for (const auto mode : {arch::host::Mode::kSimulated, arch::host::Mode::kParallel}) {
    for (const unsigned cores : {1U, 2U, 4U, 8U}) {
      if (cores >= fewest_cores) {
        all.push_back({.mode = mode, .cores = cores});
      }
    }
  }
  return all;
}

inline std::string mode_name(const ::testing::TestParamInfo<ModeAndCores>& info) {
  return (info.param.mode == arch::host::Mode::kSimulated ? "Simulated" : "Parallel") +
         std::to_string(info.param.cores);
}

}  // namespace baton::host_test

#endif  // BATON_TESTS_HOST_MACHINE_MODES_H_
