#include <sys/mman.h>

#include "arch/thread_stack.h"

namespace baton::arch {

Result<void> protect_guard(std::span<const std::byte> guard) {
  const auto begin = reinterpret_cast<std::uintptr_t>(guard.data());
  if (guard.empty() || begin % kPageBytes != 0 || guard.size() % kPageBytes != 0) {
    return fail(Error::kInvalidArgument);
  }
  if (mprotect(reinterpret_cast<void*>(begin), guard.size(), PROT_NONE) != 0) {
    return fail(Error::kNotFound);
  }
  return {};
}

}  // namespace baton::arch
