#include "kernel/trace/trace.h"

#include <utility>

#include "sync/contention.h"

namespace baton::kernel::trace {
namespace internal {
namespace {

template <std::size_t... kCore>
constexpr Written every_core(std::index_sequence<kCore...> /*cores*/) {
  return {.ring = {std::atomic<CoreRing*>(&rings[kCore].ring)...}};
}

}  // namespace

constinit std::array<Padded, arch::kMaxCores> rings{};
constinit Written written = every_core(std::make_index_sequence<arch::kMaxCores>());
constinit ThreadNames names;

}  // namespace internal

namespace {

Kind kind_of(sync::Contention what) {
  switch (what) {
    case sync::Contention::kCellBusy:
      return Kind::kCellBusy;
    case sync::Contention::kLockHeld:
      return Kind::kLockContended;
    case sync::Contention::kLockGiven:
      return Kind::kLockGiven;
  }
  return Kind::kNone;
}

}  // namespace

bool set_on(bool on) {
  if constexpr (!kKeepsRecords) return false;
  const bool was = is_on();
  for (unsigned core = 0; core < arch::kMaxCores; ++core) {
    CoreRing* const ring = on ? &internal::rings[core].ring : nullptr;
    // Relaxed: an event more or less.
    internal::written.ring[core].store(ring, std::memory_order_relaxed);
  }
  return was;
}

void internal::put_now(std::uint64_t what, const sync::IrqsOff& irqs_off) {
  put_at(arch::Counter::ticks(), what, irqs_off);
}

void record_contention() {
  if constexpr (!kKeepsRecords) return;
  sync::set_contention_hook([](sync::Contention what, const void* object) {
    const sync::IrqsOff irqs_off;
    put(pack(kind_of(what), 0,
             static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(object))),
        irqs_off);
  });
}

void mark(std::uint32_t number) {
  const sync::IrqsOff irqs_off;
  put(pack(Kind::kMark, 0, number), irqs_off);
}

}  // namespace baton::kernel::trace
