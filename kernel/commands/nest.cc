#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <utility>

#include "arch/cpu.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/clock.h"
#include "kernel/commands/commands.h"
#include "kernel/core.h"
#include "kernel/cross_call.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/panic.h"
#include "kernel/sched/static_thread.h"
#include "kernel/sched/this_thread.h"
#include "kernel/sizes.h"
#include "sync/atomics.h"

namespace baton::kernel::commands {
namespace {

constexpr std::size_t kLevels = 4;
constexpr Duration kPatience = Duration::seconds(1);

template <class Condition>
bool comes_true(Condition condition) {
  const Instant until = now() + kPatience;
  while (!condition()) {
    if (now() >= until) return false;
    arch::relax();
  }
  return true;
}

// Handlers of four lines that no device uses, one of each priority, on one core.  Each makes the
// next more urgent line pending and spins until its handler has run: without nesting it would spin
// in vain.  The innermost makes all lines pending again, which must wait, and wakes a thread, which
// must wait for the outermost's end and not a moment longer.
class Tower {
 public:
  // Once: which lines, and their handlers.
  Result<void> set_up() {
    if (std::exchange(is_set_up_, true)) return {};
    std::uint32_t irq = machine().interrupts->irq_count();
    for (std::size_t level = 0; level < kLevels; ++level) {
      Result<void> done = fail(Error::kInvalidArgument);
      while (!done && done.error() == Error::kInvalidArgument && irq > 32) {
        levels_[level].irq = static_cast<iface::IrqNumber>(--irq);
        done = set_interrupt_handler(
            levels_[level].irq, kNames[level],
            [](void* self) { the_tower().on_interrupt(*static_cast<Level*>(self)); },
            &levels_[level], static_cast<iface::IrqPriority>(level));
      }
      if (!done) return done;
    }
    return {};
  }

  // In a thread of this core.
  void build() {
    for (Level& level : levels_) {
      if (!enable_interrupt(level.irq, arch::core_index())) ++errors_;
    }
    const ThreadOptions options{
        .name = "nest", .priority = kUrgent, .affinity = CoreMask{1} << arch::core_index()};
    for (std::uint64_t round = 0; round < rounds_; ++round) {
      const auto wait = [](void*) {
        if (the_tower().bell_.acquire()) the_tower().woken_ = true;
      };
      woken_ = false;
      if (!thread_.start(options, wait, nullptr)) ++errors_;
      build_one();
      thread_.join();
    }
    for (Level& level : levels_) {
      if (!machine().interrupts->disable(level.irq)) ++errors_;
    }
  }

  // In a thread of this core: a handler that never ends.
  void get_stuck() {
    stuck_ = true;
    if (!enable_interrupt(levels_[0].irq, arch::core_index())) ++errors_;
    raise(levels_[0]);
  }
  bool is_stuck() const { return load(levels_[0].runs) != 0; }

  void start(std::uint64_t rounds) {
    rounds_ = rounds;
    errors_ = 0;
    deepest_ = 0;
    bytes_ = 0;
  }
  std::uint64_t errors() const { return errors_; }
  std::size_t deepest() const { return deepest_; }
  std::uintptr_t bytes() const { return bytes_; }

  static Tower& the_tower();

 private:
  struct Level {
    iface::IrqNumber irq{};
    unsigned runs = 0;      // of this round
    std::uintptr_t sp = 0;  // about where its stack begins
  };
  static constexpr std::array<std::string_view, kLevels> kNames{"low", "normal", "high", "highest"};
  static constexpr Priority kUrgent = Priority::highest();

  void build_one() {
    for (Level& level : levels_) level.runs = 0;
    depth_ = 0;
    raise(levels_[0]);
    // Each runs once inside, and all but the innermost once more afterwards.
    const bool over = comes_true([this] {
      unsigned runs = 0;
      for (const Level& level : levels_) runs += load(level.runs);
      return runs == 2 * kLevels - 1;
    });
    // The thread is more urgent than this one, so it came first.
    if (!over || !load(woken_)) ++errors_;
    if (!over) bell_.release();
  }

  void on_interrupt(Level& level) {
    const std::size_t height = static_cast<std::size_t>(&level - levels_.data());
    const bool again = level.runs != 0;
    ++depth_;
    level.sp = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    // Nobody less urgent came between; the second time, right after the first, neither.
    if (depth_ != height + 1) ++errors_;
    if (stuck_) {
      store(level.runs, 1);
      for (;;) arch::relax();
    }
    if (!again) {
      if (height + 1 < kLevels) {
        Level& next = levels_[height + 1];
        raise(next);
        if (!comes_true([&] { return load(next.runs) != 0; })) ++errors_;
      } else {
        stand_on_top();
      }
      if (load(woken_)) ++errors_;
    }
    --depth_;
    store(level.runs, level.runs + 1);
  }

  void stand_on_top() {
    deepest_ = depth_;
    bytes_ = levels_.front().sp - levels_.back().sp;
    for (std::size_t i = 0; i + 1 < kLevels; ++i) raise(levels_[i]);
    bell_.release();
    // Time for what must not come.
    busy_wait(Duration::microseconds(50));
    for (std::size_t i = 0; i + 1 < kLevels; ++i) {
      if (load(levels_[i].runs) != 0) ++errors_;
    }
  }

  void raise(const Level& level) {
    if (!machine().interrupts->raise(level.irq)) ++errors_;
  }

  // What this core's handlers and threads tell each other.
  template <class T>
  static T load(const T& value) {
    return *static_cast<const volatile T*>(&value);
  }
  static void store(unsigned& value, unsigned to) { *static_cast<volatile unsigned*>(&value) = to; }

  std::array<Level, kLevels> levels_;
  StaticThread<sizes::kCommandStack> thread_;
  Semaphore bell_{0};
  std::uint64_t rounds_ = 0;
  std::uint64_t errors_ = 0;
  std::size_t depth_ = 0;
  std::size_t deepest_ = 0;
  std::uintptr_t bytes_ = 0;
  bool woken_ = false;
  bool stuck_ = false;
  bool is_set_up_ = false;
};

constinit Tower tower;

Tower& Tower::the_tower() { return tower; }

// Core 1 is inside a handler for good when this core panics.
shell::Status panic_beside_a_handler(shell::Context& context) {
  const auto get_stuck = [](void*) { tower.get_stuck(); };
  if (const Result<void> posted = call_on(1, get_stuck, nullptr, Duration::seconds(5)); !posted) {
    return context.fail("core 1 did not take part: {}", posted.error());
  }
  if (!comes_true([] { return tower.is_stuck(); })) return context.fail("no handler ran");
  kernel::panic("core 1 is stuck in a handler");
}

}  // namespace

shell::Status nest(shell::Context& context, shell::Words args) {
  constexpr std::uint64_t kMostRounds = 1'000'000;
  const bool stuck = !args.empty() && args[0] == "stuck";
  const auto rounds = args.empty() || stuck ? 1 : context.number("ROUNDS", args[0], 1, kMostRounds);
  if (!rounds) return shell::Status::kFailed;
  if (!handlers_nest()) {
    context.print("{} knows no priorities: handlers run one after the other\n",
                  machine().interrupts->name());
    return shell::Status::kOk;
  }
  if (const Result<void> done = tower.set_up(); !done) {
    return context.fail("no lines to try it with: {}", done.error());
  }
  if (stuck) return panic_beside_a_handler(context);
  std::uint64_t errors = 0;
  for (std::uint32_t left = online_mask(); left != 0; left &= left - 1) {
    const auto core = static_cast<unsigned>(std::countr_zero(left));
    sync::Atomic<bool> over{false};
    tower.start(*rounds);
    const auto build = [](void* flag) {
      tower.build();
      // Release pairs with the acquire below: what it has counted.
      static_cast<sync::Atomic<bool>*>(flag)->store(true, std::memory_order_release);
    };
    if (const Result<void> posted = call_on(core, build, &over, Duration::seconds(5)); !posted) {
      return context.fail("core {} did not take part: {}", core, posted.error());
    }
    // Acquire pairs with the release above.
    while (!over.load(std::memory_order_acquire)) {
      static_cast<void>(this_thread::sleep_for(Duration::milliseconds(1)));
    }
    context.print("cpu {}: {} handlers deep, {} bytes of stack from the first to the last\n", core,
                  tower.deepest(), tower.bytes());
    errors += tower.errors() + (tower.deepest() == kLevels ? 0 : 1);
  }
  context.print("nest: rounds={} errors={}\n", *rounds, errors);
  return errors == 0 ? shell::Status::kOk : shell::Status::kFailed;
}

}  // namespace baton::kernel::commands
