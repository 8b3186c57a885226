#include "boards/host/options.h"

#include <charconv>
#include <cstdio>
#include <string_view>

#include "arch/cpu.h"

namespace baton::board {
namespace {

constexpr char kUsage[] =
    "kernel [--smp=N] [--append=ARGUMENTS] [--exec='COMMAND; ...']\n"
    "       in real time, the console on this terminal unless --exec says what is typed\n"
    "kernel --seed=N|--seeds=A..B [--trace] ...\n"
    "       simulated: everything follows from the seed\n";

bool parse_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number != 0;
}

bool parse_seeds(std::string_view text, Options& options) {
  const std::size_t dots = text.find("..");
  options.is_simulated = true;
  if (dots == std::string_view::npos) {
    return parse_number(text, options.first_seed) && parse_number(text, options.last_seed);
  }
  return parse_number(text.substr(0, dots), options.first_seed) &&
         parse_number(text.substr(dots + 2), options.last_seed) &&
         options.first_seed <= options.last_seed;
}

bool parse_one(std::string_view flag, Options& options) {
  const std::size_t equals = flag.find('=');
  const std::string_view name = flag.substr(0, equals);
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view() : flag.substr(equals + 1);
  if (name == "--smp") {
    std::uint64_t cores = 0;
    const bool good = parse_number(value, cores) && cores <= arch::kMaxCores;
    options.cores = static_cast<unsigned>(cores);
    return good;
  }
  if (name == "--seed" || name == "--seeds") return parse_seeds(value, options);
  if (name == "--exec") {
    options.commands = value;
    return true;
  }
  if (name == "--append") {
    options.boot_arguments = value;
    return true;
  }
  if (flag == "--escape") {
    options.escape = true;
    return true;
  }
  options.trace = flag == "--trace";
  return options.trace;
}

}  // namespace

std::optional<Options> parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    if (!parse_one(argv[i], options)) {
      std::fprintf(stderr, "%s makes no sense here\n%s", argv[i], kUsage);
      return std::nullopt;
    }
  }
  if (!options.is_simulated && options.trace) {
    std::fprintf(stderr, "--trace needs --seed\n%s", kUsage);
    return std::nullopt;
  }
  return options;
}

}  // namespace baton::board
