#include "arch/semihosting.h"

#include <array>

namespace {

struct CallResult {
  std::uint64_t value;
  std::uint64_t somebody_listens;
};

}  // namespace

extern "C" CallResult aarch64_semihosting_call(std::uint64_t operation, const void* block);

namespace baton::arch::semihosting {
namespace {

constexpr std::uint64_t kWrite0 = 0x04;
constexpr std::uint64_t kGetCommandLine = 0x15;
constexpr std::uint64_t kExitExtended = 0x20;
constexpr std::uint64_t kApplicationExit = 0x20026;

}  // namespace

void exit(std::uint8_t status) noexcept {
  const std::array<std::uint64_t, 2> block{kApplicationExit, status};
  asm volatile("" ::"r"(block.data()) : "memory");
  aarch64_semihosting_call(kExitExtended, block.data());
}

std::optional<std::string_view> command_line(std::span<char> buffer) noexcept {
  std::array<std::uint64_t, 2> block{reinterpret_cast<std::uintptr_t>(buffer.data()),
                                     buffer.size()};
  const CallResult result = aarch64_semihosting_call(kGetCommandLine, block.data());
  if (result.somebody_listens == 0 || result.value != 0 || block[1] >= buffer.size()) {
    return std::nullopt;
  }
  return std::string_view(buffer.data(), block[1]);
}

void write(const char* text) noexcept {
  asm volatile("" ::"r"(text) : "memory");
  aarch64_semihosting_call(kWrite0, text);
}

std::optional<std::uintptr_t> call(std::uint32_t operation, const void* block) noexcept {
  asm volatile("" ::"r"(block) : "memory");
  const CallResult result = aarch64_semihosting_call(operation, block);
  if (result.somebody_listens == 0) return std::nullopt;
  return result.value;
}

}  // namespace baton::arch::semihosting
