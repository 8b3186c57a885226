// What a torture program is told:  PROGRAM [--seed=N] [--seconds=N] [--busted=KIND]
#ifndef BATON_TESTS_TORTURE_ARGUMENTS_H_
#define BATON_TESTS_TORTURE_ARGUMENTS_H_

#include <chrono>
#include <string>
#include <vector>

#include "tests/stress/stress.h"

namespace baton::torture {

struct Arguments : stress::Arguments {
  std::chrono::milliseconds duration{1500};
};

/// Ends the program with a usage line when an argument is unknown, or `busted` is none of `kinds`.
Arguments parse(int argc, char** argv, const std::vector<std::string>& kinds);

}  // namespace baton::torture

#endif  // BATON_TESTS_TORTURE_ARGUMENTS_H_
