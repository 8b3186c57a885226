// A register of enable bits that several contexts change, each its own bits, none waiting.
//
// The device has one word, with no set and clear addresses; a read-modify-write from two cores, or
// from a handler that interrupts one, would lose a bit.  So the truth is an atomic word in memory,
// changed by fetch_or and fetch_and, and the register is a copy of it: a caller writes what the
// word says, then looks at the word again, and repeats if it has changed meanwhile.
//
// Why the register ends up equal to the word: take the last write to the register.  Its writer then
// reads the word and finds what it wrote, or it would write once more.  A change that comes after
// that reading is followed by a write of its own author, later than the last one: there is none.  A
// change before that reading was in it.  For "after" and "before" to mean the same to the device
// and to memory, the register is read back (a read does not overtake a write to the same device, so
// the write has arrived) and a barrier stands between the device's side and memory's side, both
// ways.
//
// Until the last caller has returned, the register may show an older word for a few instructions:
// an interrupt just switched off may still come once.
#ifndef BATON_DRIVERS_COMMON_SHARED_MASK_H_
#define BATON_DRIVERS_COMMON_SHARED_MASK_H_

#include <atomic>
#include <cstddef>

#include "arch/mmio.h"
#include "sync/atomics.h"

namespace baton::drivers {

/// The word behind register `Reg` (an mmio::Rw).  set() and clear(): any context, any core at once,
/// lock-free; a call repeats only if another one changed the word meanwhile.
template <class Reg>
class SharedMask {
 public:
  using Bits = typename Reg::Type;

  constexpr SharedMask() = default;
  SharedMask(const SharedMask&) = delete;
  SharedMask& operator=(const SharedMask&) = delete;

  /// Sets word and register, whatever they held.  Before any other call may run.  Uses no atomic
  /// read-modify-write, so it works while the MMU is still off.
  void reset(arch::Mmio& io, Bits bits, std::size_t index = 0) noexcept {
    // Relaxed: nobody else is here yet.
    word_.store(bits.raw(), std::memory_order_relaxed);
    Reg::write(io, bits, index);
  }

  /// Switches the bits on that `bits` has, leaving the others.
  void set(arch::Mmio& io, Bits bits, std::size_t index = 0) noexcept {
    // Release: pairs with the acquire load in publish() of whoever sees the new word and writes it.
    word_.fetch_or(bits.raw(), std::memory_order_acq_rel);
    publish(io, index);
  }

  /// Switches the bits off that `bits` has, leaving the others.
  void clear(arch::Mmio& io, Bits bits, std::size_t index = 0) noexcept {
    // Release: pairs with the acquire load in publish() of whoever sees the new word and writes it.
    word_.fetch_and(static_cast<typename Bits::Raw>(~bits.raw()), std::memory_order_acq_rel);
    publish(io, index);
  }

 private:
  void publish(arch::Mmio& io, std::size_t index) noexcept {
    // Memory before device: the change of the word comes before this caller's write.
    arch::device_barrier();
    // Acquire: pairs with the release in set() and clear().
    auto written = word_.load(std::memory_order_acquire);
    for (;;) {
      Reg::write(io, Bits::from_raw(written), index);
      static_cast<void>(Reg::read(io, index));
      // Device before memory: the write has arrived before the word is looked at again.
      arch::device_barrier();
      // Acquire: pairs with the release in set() and clear().
      const auto now = word_.load(std::memory_order_acquire);
      if (now == written) {
        return;
      }
      written = now;
    }
  }

  sync::Atomic<typename Bits::Raw> word_{0};
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_COMMON_SHARED_MASK_H_
