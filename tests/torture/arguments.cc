#include "tests/torture/arguments.h"

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace baton::torture {

Arguments parse(int argc, char** argv, const std::vector<std::string>& kinds) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    const std::string value(equals == std::string_view::npos ? "" : argument.substr(equals + 1));
    if (name == "--seed") {
      arguments.seed = std::strtoull(value.c_str(), nullptr, 10);
    } else if (name == "--seconds" && std::atoi(value.c_str()) > 0) {
      arguments.duration = std::chrono::seconds(std::atoi(value.c_str()));
    } else if (name == "--busted" && std::count(kinds.begin(), kinds.end(), value) == 1) {
      arguments.busted = value;
    } else {
      std::fprintf(stderr, "usage: %s [--seed=N] [--seconds=N] [--busted=KIND]; KIND:", argv[0]);
      for (const std::string& kind : kinds) std::fprintf(stderr, " %s", kind.c_str());
      std::fprintf(stderr, "\n");
      std::exit(2);
    }
  }
  if (arguments.seed == 0) arguments.seed = std::random_device()();
  std::printf("seed=%" PRIu64 " duration=%lld ms%s%s\n", arguments.seed,
              static_cast<long long>(arguments.duration.count()),
              arguments.busted.empty() ? "" : " busted=", arguments.busted.c_str());
  return arguments;
}

}  // namespace baton::torture
