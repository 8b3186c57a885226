#include "sync/misuse.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <string_view>

#include "arch/cpu.h"
#include "base/assert.h"
#include "base/format.h"
#include "sync/atomics.h"
#include "sync/who.h"

namespace baton::sync {
namespace {

constinit Atomic<MisuseHook> g_hook{nullptr};

constexpr std::size_t kRoom = 320;

std::string_view kind_of(const Who& who) {
  return who.in_interrupt ? "an interrupt handler" : "a thread";
}

}  // namespace

MisuseHook set_misuse_hook(MisuseHook hook) {
  // Release pairs with the acquire here and in misused(): whoever calls a hook, or gets it back,
  // sees what its installer prepared.
  return g_hook.exchange(hook, std::memory_order_acq_rel);
}

namespace internal {

void misused(const char* what, const void* object, const Who& inside, const char* file, int line) {
  const Misuse misuse{.what = what,
                      .object = object,
                      .culprit = {.known = true,
                                  .core = arch::core_index(),
                                  .in_interrupt = arch::in_interrupt(),
                                  .return_address = __builtin_return_address(0)},
                      .inside = inside};
  // Acquire pairs with the release in set_misuse_hook().
  if (const MisuseHook hook = g_hook.load(std::memory_order_acquire); hook != nullptr) hook(misuse);
  FixedText<kRoom> text;
  format_to(text, "{} (object {}; core {}, {}, at {}", what, object, misuse.culprit.core,
            kind_of(misuse.culprit), misuse.culprit.return_address);
  if (inside.known) {
    format_to(text, "; inside: core {}, {}, at {}", inside.core, kind_of(inside),
              inside.return_address);
  }
  format_to(text, ")");
  std::array<char, kRoom + 1> sentence{};  // ends in NUL
  std::ranges::copy(text.view(), sentence.begin());
  assertion_failed(sentence.data(), file, line);
}

}  // namespace internal
}  // namespace baton::sync
