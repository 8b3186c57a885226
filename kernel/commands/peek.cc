#include <concepts>
#include <cstdint>

#include "arch/guarded.h"
#include "kernel/commands/commands.h"

namespace baton::kernel::commands {
namespace {

template <std::unsigned_integral T>
shell::Status peek_as(shell::Context& context, std::uintptr_t address, std::uint64_t count) {
  if (address % sizeof(T) != 0) {
    return context.fail("{:#x} is not a multiple of {}, the size of what is read", address,
                        sizeof(T));
  }
  for (std::uint64_t i = 0; i < count; ++i, address += sizeof(T)) {
    const Result<T> value = arch::guarded_read<T>(address);
    if (!value) {
      return context.fail("{:#018x}: {}", address, value.error());
    }
    context.print("{:#018x}: ", address);
    if constexpr (sizeof(T) == 1) {
      context.print("{:#04x}\n", *value);
    } else if constexpr (sizeof(T) == 2) {
      context.print("{:#06x}\n", *value);
    } else if constexpr (sizeof(T) == 4) {
      context.print("{:#010x}\n", *value);
    } else {
      context.print("{:#018x}\n", *value);
    }
    if (context.interrupted()) {
      return context.fail("stopped");
    }
  }
  return shell::Status::kOk;
}

}  // namespace

shell::Status peek(shell::Context& context, shell::Words args) {
  constexpr std::uint64_t kMost = 256;
  constexpr std::uint64_t kUsualBits = 32;
  const auto address = context.number("ADDRESS", args[0]);
  const auto count = args.size() > 1 ? context.number("COUNT", args[1], 1, kMost) : 1;
  const auto bits = args.size() > 2 ? context.number("BITS", args[2], 8, 64) : kUsualBits;
  if (!address || !count || !bits) {
    return shell::Status::kFailed;
  }
  const auto at = static_cast<std::uintptr_t>(*address);
  if (at != *address) {
    return context.fail("{:#x} is beyond the last address", *address);
  }
  switch (*bits) {
    case 8:
      return peek_as<std::uint8_t>(context, at, *count);
    case 16:
      return peek_as<std::uint16_t>(context, at, *count);
    case 32:
      return peek_as<std::uint32_t>(context, at, *count);
    case 64:
      return peek_as<std::uint64_t>(context, at, *count);
    default:
      return context.fail("BITS is 8, 16, 32 or 64");
  }
}

}  // namespace baton::kernel::commands
