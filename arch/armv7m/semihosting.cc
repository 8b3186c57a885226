#include "arch/semihosting.h"

#include <array>

// The answer in the low word; the high one is 0 where nobody listens.
extern "C" std::uint64_t armv7m_semihosting_call(std::uint32_t operation, const void* block);

namespace baton::arch::semihosting {
namespace {

constexpr std::uint32_t kWrite0 = 0x04;
constexpr std::uint32_t kGetCommandLine = 0x15;
constexpr std::uint32_t kExitExtended = 0x20;
constexpr std::uint32_t kApplicationExit = 0x20026;

}  // namespace

void exit(std::uint8_t status) noexcept {
  const std::array<std::uint32_t, 2> block{kApplicationExit, status};
  asm volatile("" ::"r"(block.data()) : "memory");
  armv7m_semihosting_call(kExitExtended, block.data());
}

std::optional<std::string_view> command_line(std::span<char> buffer) noexcept {
  std::array<std::uint32_t, 2> block{reinterpret_cast<std::uintptr_t>(buffer.data()),
                                     buffer.size()};
  const std::uint64_t result = armv7m_semihosting_call(kGetCommandLine, block.data());
  if (result >> 32U == 0 || static_cast<std::uint32_t>(result) != 0 || block[1] >= buffer.size()) {
    return std::nullopt;
  }
  return std::string_view(buffer.data(), block[1]);
}

void write(const char* text) noexcept {
  asm volatile("" ::"r"(text) : "memory");
  armv7m_semihosting_call(kWrite0, text);
}

std::optional<std::uintptr_t> call(std::uint32_t operation, const void* block) noexcept {
  asm volatile("" ::"r"(block) : "memory");
  const std::uint64_t result = armv7m_semihosting_call(operation, block);
  if (result >> 32U == 0) return std::nullopt;
  return static_cast<std::uint32_t>(result);
}

}  // namespace baton::arch::semihosting
