#include "kernel/boot_arguments.h"

#include <algorithm>
#include <array>
#include <optional>

namespace baton::kernel {
namespace {

// What the Raspberry Pi firmware and emulators put on a Linux kernel's command line.
constexpr std::array<std::string_view, 14> kForOthers = {
    "console",  "root",   "rootwait",           "rootfstype",    "earlycon",   "fsck.repair",
    "quiet",    "init",   "dwc_otg.lpm_enable", "8250.nr_uarts", "bcm2708_fb", "coherent_pool",
    "smsc95xx", "vc_mem",
};

std::optional<std::uint64_t> decimal(std::string_view text) {
  if (text.empty() || text.size() > 18) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// Decimal, or hexadecimal after 0x.
std::optional<std::uint64_t> number(std::string_view text) {
  if (!text.starts_with("0x")) return decimal(text);
  text.remove_prefix(2);
  if (text.empty() || text.size() > 15) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const char letter = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      value = value * 16 + static_cast<std::uint64_t>(c - '0');
    } else if (letter >= 'a' && letter <= 'f') {
      value = value * 16 + static_cast<std::uint64_t>(letter - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

bool is_for_others(std::string_view name) {
  return std::any_of(kForOthers.begin(), kForOthers.end(), [name](std::string_view other) {
    return name == other || (name.starts_with(other) && name[other.size()] == '.');
  });
}

void parse_word(std::string_view word, BootOptions& options, TextSink& complaints) {
  const std::size_t equals = word.find('=');
  std::string_view name = word;
  std::string_view value;
  if (equals != std::string_view::npos) {
    value = name;
    value.remove_prefix(equals + 1);
    name.remove_suffix(name.size() - equals);
  }
  if (name == "jitter") {
    if (const std::optional<std::uint64_t> seed = decimal(value)) {
      options.jitter_seed = *seed;
    } else {
      format_to(complaints, "boot argument '{}': jitter wants a decimal number, as in jitter=42\n",
                word);
    }
  } else if (name == "late") {
    const std::optional<std::uint64_t> mask = number(value);
    if (mask && *mask <= 0xffffffff && (*mask & 1U) == 0) {
      options.late = static_cast<std::uint32_t>(*mask);
    } else {
      format_to(complaints,
                "boot argument '{}': late wants a mask of cores, bit 0, the boot core's, not among "
                "them, as in late=0xc\n",
                word);
    }
  } else if (name == "patience") {
    const std::optional<std::uint64_t> ms = decimal(value);
    if (ms && *ms >= 1 && *ms <= 3'600'000) {
      options.patience = Duration::milliseconds(*ms);
    } else {
      format_to(complaints,
                "boot argument '{}': patience wants milliseconds, 1 to 3600000, as in "
                "patience=500\n",
                word);
    }
  } else if (name == "uart") {
    options.uart = value;
  } else if (!is_for_others(name)) {
    format_to(complaints,
              "boot argument '{}' is unknown and ignored; there are: jitter=SEED late=MASK "
              "patience=MILLISECONDS uart=NAME\n",
              word);
  }
}

}  // namespace

BootOptions parse_boot_arguments(std::string_view arguments, TextSink& complaints) {
  BootOptions options;
  while (!arguments.empty()) {
    const std::size_t end = std::min(arguments.find(' '), arguments.size());
    if (end != 0) {
      parse_word(std::string_view(arguments.data(), end), options, complaints);
    }
    arguments.remove_prefix(std::min(end + 1, arguments.size()));
  }
  return options;
}

// SplitMix64's finalizer, for its avalanche: neighbouring inputs give unrelated delays.
// [Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA '14]
std::uint64_t jitter_us(std::uint64_t seed, unsigned core, unsigned step) {
  if (seed == 0) {
    return 0;
  }
  constexpr std::uint64_t kLongest = 20000;
  std::uint64_t z = seed * 0x9e3779b97f4a7c15 + core * 64 + step;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111eb;
  return (z ^ (z >> 31U)) % kLongest;
}

}  // namespace baton::kernel
