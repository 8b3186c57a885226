// Semihosting's calls without a machine: a test says who answers.
#include "arch/semihosting.h"

namespace baton::arch::semihosting {
namespace {

constinit Listener* the_listener = nullptr;

}  // namespace

void set_listener(Listener* listener) noexcept { the_listener = listener; }

std::optional<std::uintptr_t> call(std::uint32_t operation, const void* block) noexcept {
  if (the_listener == nullptr) return std::nullopt;
  return the_listener->call(operation, block);
}

}  // namespace baton::arch::semihosting
