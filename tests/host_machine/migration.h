// Fibers that go from core to core: each core takes one from a place that all share, runs it for a
// turn, and puts it back.  `kPut` is the memory order of the latter: release is right.
#ifndef BATON_TESTS_HOST_MACHINE_MIGRATION_H_
#define BATON_TESTS_HOST_MACHINE_MIGRATION_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <vector>

#include "arch/context.h"
#include "arch/counter.h"
#include "arch/cpu.h"
#include "arch/host/machine.h"
#include "arch/irq.h"
#include "tests/host_machine/upcalls.h"

namespace baton::host_test {

template <std::memory_order kPut>
class Migration {
 public:
  static constexpr unsigned kTurns = 40;
  static constexpr unsigned kFibers = 12;

  Migration() {
    for (unsigned i = 0; i < kFibers; ++i) {
      Fiber& fiber = fibers_[i];
      fiber.all = this;
      fiber.number = i;
      fiber.stack = std::make_unique<std::byte[]>(arch::kMinStackBytes);
      fiber.context.prepare({fiber.stack.get(), arch::kMinStackBytes}, &Migration::fiber_main,
                            &fiber);
      // Relaxed: no core runs yet.
      places_[i].store(&fiber, std::memory_order_relaxed);
    }
  }
  ~Migration() {
    for (Fiber& fiber : fibers_) {
      fiber.context.release();
    }
  }
  Migration(const Migration&) = delete;
  Migration& operator=(const Migration&) = delete;

  /// What every core runs.
  void core_main() {
    const unsigned self = arch::core_index();
    come_up();
    unsigned place = self;
    // Relaxed: only so that all are there.
    up_.fetch_add(1, std::memory_order_relaxed);
    while (up_.load(std::memory_order_relaxed) < arch::host::running_config()->cores) {
      arch::relax();
    }
    // Relaxed: says only that there is nothing left.
    while (finished_.load(std::memory_order_relaxed) < kFibers) {
      place = (place + 1) % kFibers;
      // Acquire pairs with the store below.
      Fiber* const fiber = places_[place].exchange(nullptr, std::memory_order_acquire);
      if (fiber == nullptr) {
        arch::relax();
        continue;
      }
      const arch::LocalIrq::State irqs = arch::LocalIrq::save_and_disable();
      fiber->on_core = self;
      arch::set_thread_pointer(fiber);
      arch::Context::switch_to(cores_[self], fiber->context);
      arch::LocalIrq::restore(irqs);
      check(arch::core_index() == self, "a boot flow is on another core");
      if (fiber->turns < kTurns) {
        Fiber* empty = nullptr;
        unsigned to = place;
        // Release pairs with the exchange above, where the order is as it should be.
        // Relaxed on failure: the next place is tried.
        while (
            !places_[to].compare_exchange_strong(empty, fiber, kPut, std::memory_order_relaxed)) {
          empty = nullptr;
          to = (to + 1) % kFibers;
        }
      } else {
        // Relaxed: see above.
        finished_.fetch_add(1, std::memory_order_relaxed);
      }
    }
  }

  /// What went wrong, if something did.
  std::uint64_t errors() const {
    return errors_.load(std::memory_order_relaxed);
  }  // Relaxed: over.
  const char* first_error() const {
    return first_error_.load(std::memory_order_relaxed);  // Relaxed: a literal.
  }
  /// Times that a fiber went on on another core than before.
  std::uint64_t moves() const {
    std::uint64_t sum = 0;
    for (const Fiber& fiber : fibers_) {
      sum += fiber.moves;
    }
    return sum;
  }

 private:
  struct Fiber {
    arch::Context context;
    std::unique_ptr<std::byte[]> stack;
    Migration* all = nullptr;
    unsigned number = 0;
    // No atomics: whoever has the fiber has these.
    unsigned on_core = 0;
    unsigned turns = 0;
    std::uint64_t moves = 0;
  };

  void check(bool holds, const char* what) {
    if (!holds) {
      // Relaxed, both: read when the run is over.
      errors_.fetch_add(1, std::memory_order_relaxed);
      const char* none = nullptr;
      first_error_.compare_exchange_strong(none, what, std::memory_order_relaxed,
                                           std::memory_order_relaxed);
    }
  }

  [[noreturn]] static void fiber_main(void* argument) {
    auto& self = *static_cast<Fiber*>(argument);
    Migration& all = *self.all;
    std::array<volatile std::uint64_t, 32> canaries{};
    for (;;) {
      const unsigned core = arch::core_index();
      for (std::size_t i = 0; i < canaries.size(); ++i) {
        canaries[i] = self.number * 1'000'000 + self.turns * 100 + i;
      }
      all.check(!arch::LocalIrq::enabled(), "a fiber goes on with interrupts unmasked");
      all.check(arch::core_index() == self.on_core, "core_index() is another core's");
      all.check(arch::thread_pointer() == &self, "thread_pointer() is another thread's");
      // Interrupts may come here, and other cores go on.
      arch::preemption_point();
      all.check(!arch::LocalIrq::enabled(), "another core's interrupts are unmasked, not these");
      arch::LocalIrq::enable();
      static_cast<void>(arch::Counter::ticks());
      all.check(arch::LocalIrq::enabled(), "another core's interrupts are masked, not these");
      all.check(arch::core_index() == self.on_core, "core_index() is another core's later");
      all.check(arch::thread_pointer() == &self, "thread_pointer() is another thread's later");
      static_cast<void>(arch::LocalIrq::save_and_disable());
      for (std::size_t i = 0; i < canaries.size(); ++i) {
        all.check(canaries[i] == self.number * 1'000'000 + self.turns * 100 + i,
                  "a word on a fiber's stack changed");
      }
      ++self.turns;
      arch::Context::switch_to(self.context, all.cores_[arch::core_index()]);
      self.moves += arch::core_index() != core ? 1 : 0;
    }
  }

  std::array<Fiber, kFibers> fibers_;
  std::array<std::atomic<Fiber*>, kFibers> places_{};
  std::array<arch::Context, arch::kMaxCores> cores_;
  std::atomic<unsigned> up_{0};
  std::atomic<unsigned> finished_{0};
  std::atomic<std::uint64_t> errors_{0};
  std::atomic<const char*> first_error_{nullptr};
};

/// A negative control's main(): cores hand fibers over without a release.
inline int hand_over_unordered(arch::host::Mode mode) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Migration<std::memory_order_relaxed> migration;
    const arch::host::Outcome outcome =
        arch::host::run({.cores = 4, .mode = mode, .seed = seed},
                        std::vector<std::function<void()>>(4, [&] { migration.core_main(); }));
    if (!outcome.well() || migration.errors() != 0) {
      return EXIT_FAILURE;
    }
  }
  return EXIT_SUCCESS;
}

}  // namespace baton::host_test

#endif  // BATON_TESTS_HOST_MACHINE_MIGRATION_H_
