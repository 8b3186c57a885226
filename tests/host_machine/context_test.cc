// arch::Context by itself, without a machine: an OS thread that switches between flows.
#include "arch/context.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "arch/contract/preempt_state.h"
#include "arch/cpu.h"
#include "arch/thread_stack.h"
#include "arch/trap.h"

namespace baton::arch {
namespace {

struct Fiber {
  Context context;
  std::unique_ptr<std::byte[]> stack = std::make_unique<std::byte[]>(kMinStackBytes);
  Context* back = nullptr;
  unsigned number = 0;
  std::vector<unsigned>* log = nullptr;

  void prepare(void (*entry)(void*)) {
    context.prepare({stack.get(), kMinStackBytes}, entry, this);
  }
};

// Keeps values in registers and on the stack over each switch, different ones in each fiber.
[[noreturn]] void keep_values(void* argument) {
  auto& self = *static_cast<Fiber*>(argument);
  std::array<volatile unsigned, 64> on_stack{};
  for (unsigned round = 0;; ++round) {
    // Enough of them for the compiler to use every register that a call leaves alone.
    unsigned a = self.number + round;
    unsigned b = a * 3;
    unsigned c = a * 5;
    unsigned d = a * 7;
    unsigned e = a * 11;
    unsigned f = a * 13;
    double g = a * 0.5;
    asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));
    for (unsigned i = 0; i < on_stack.size(); ++i) {
      on_stack[i] = self.number * 1000 + round + i;
    }
    Context::switch_to(self.context, *self.back);
    asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));
    const unsigned was = self.number + round;
    EXPECT_EQ(a, was);
    EXPECT_EQ(b, was * 3);
    EXPECT_EQ(c, was * 5);
    EXPECT_EQ(d, was * 7);
    EXPECT_EQ(e, was * 11);
    EXPECT_EQ(f, was * 13);
    EXPECT_EQ(g, was * 0.5);
    for (unsigned i = 0; i < on_stack.size(); ++i) {
      EXPECT_EQ(on_stack[i], self.number * 1000 + round + i);
    }
    self.log->push_back(self.number);
  }
}

TEST(Context, RegistersAndStackSurviveSwitches) {
  Context main;
  std::vector<unsigned> log;
  std::array<Fiber, 3> fibers;
  for (unsigned i = 0; i < fibers.size(); ++i) {
    fibers[i].number = i + 1;
    fibers[i].back = &main;
    fibers[i].log = &log;
    fibers[i].prepare(&keep_values);
  }
  constexpr unsigned kRounds = 100;
  for (unsigned round = 0; round < kRounds; ++round) {
    for (Fiber& fiber : fibers) {
      Context::switch_to(main, fiber.context);
    }
  }
  // The first switch only gets each fiber going.
  ASSERT_EQ(log.size(), (kRounds - 1) * fibers.size());
  for (unsigned i = 0; i < log.size(); ++i) {
    EXPECT_EQ(log[i], i % fibers.size() + 1);
  }
  for (Fiber& fiber : fibers) {
    const std::uintptr_t at = fiber.context.stack_pointer();
    const auto bottom = reinterpret_cast<std::uintptr_t>(fiber.stack.get());
    EXPECT_GT(at, bottom);
    EXPECT_LT(at, bottom + kMinStackBytes);
    fiber.context.release();
    EXPECT_EQ(fiber.context.stack_pointer(), 0U);
  }
}

[[noreturn]] void leave_at_once(void* argument) {
  auto& self = *static_cast<Fiber*>(argument);
  std::array<char, 300> frame{};
  asm volatile("" : : "r"(frame.data()) : "memory");
  ++self.number;
  for (;;) {
    Context::switch_to(self.context, *self.back);
  }
}

// A stack and its context are used again at once: what the sanitizers keep must go each time.
TEST(Context, IsReusedManyTimes) {
  Context main;
  Fiber fiber;
  fiber.back = &main;
  for (unsigned i = 0; i < 20'000; ++i) {
    // As a kernel does, to see later how deep the stack went; by a loop of our own, which
    // AddressSanitizer looks at.
    for (std::size_t at = 0; at < kMinStackBytes; at += i % 100 == 0 ? 8 : 1024) {
      fiber.stack[at] = std::byte{0xa5};
    }
    fiber.prepare(&leave_at_once);
    Context::switch_to(main, fiber.context);
    ASSERT_EQ(fiber.number, i + 1);
    fiber.context.release();
  }
}

TEST(Context, ThreadPointerIsAWord) {
  int thread = 0;
  set_thread_pointer(&thread);
  EXPECT_EQ(thread_pointer(), &thread);
  set_thread_pointer(nullptr);
  // Nobody's: the core's own.
  void* const boot = thread_pointer();
  EXPECT_NE(boot, nullptr);
  EXPECT_EQ(thread_pointer(), boot);
  PreemptState& state = *static_cast<PreemptState*>(boot);
  EXPECT_EQ(state.off.load(std::memory_order_relaxed), 0U);  // Relaxed: this thread's own.
}

constinit ThreadStack<kPageBytes> guarded_stack;

TEST(ThreadStack, IsNoLessThanTheHostNeeds) {
  EXPECT_GE(guarded_stack.bytes().size(), kMinStackBytes);
  EXPECT_EQ(guarded_stack.guard().size(), kPageBytes);
  EXPECT_EQ(guarded_stack.guard().data() + kPageBytes, guarded_stack.bytes().data());
}

TEST(ThreadStack, GuardMustBeWholePages) {
  EXPECT_EQ(protect_guard({}).error(), Error::kInvalidArgument);
  EXPECT_EQ(protect_guard(guarded_stack.guard().subspan(1)).error(), Error::kInvalidArgument);
  EXPECT_EQ(protect_guard(guarded_stack.guard().first(100)).error(), Error::kInvalidArgument);
}

[[gnu::noinline]] void leave_from_a_frame_of_its_own(Fiber& self) {
  Context::switch_to(self.context, *self.back);
  asm volatile("");
}

[[noreturn]] void leave_from_below(void* argument) {
  for (;;) {
    leave_from_a_frame_of_its_own(*static_cast<Fiber*>(argument));
  }
}

TEST(Context, BacktraceOfAThreadThatDoesNotRun) {
  Context main;
  Fiber fiber;
  fiber.back = &main;
  fiber.prepare(&leave_from_below);
  Context::switch_to(main, fiber.context);
  std::array<BacktraceEntry, 16> entries;
  const std::size_t found = backtrace(fiber.context, entries);
  ASSERT_GE(found, 4U);
  ASSERT_LT(found, entries.size());
  const auto is_in = [&](void (*function)(void*)) {
    const auto begin = reinterpret_cast<std::uintptr_t>(function);
    return std::ranges::any_of(entries, [&](const BacktraceEntry& entry) {
      return entry.address > begin && entry.address < begin + 200;
    });
  };
  EXPECT_TRUE(is_in(&leave_from_below));
  EXPECT_FALSE(is_in(&leave_at_once));
  fiber.context.release();
  EXPECT_EQ(backtrace(fiber.context, entries), 0U);
}

[[noreturn]] void never_runs(void* /*argument*/) { std::abort(); }

using ContextDeathTest = ::testing::Test;

TEST(ContextDeathTest, RunningContextIsRefused) {
  Context main;
  Context other;
  EXPECT_DEATH(Context::switch_to(main, other), "a context that is not saved");
}

TEST(ContextDeathTest, ReleasedContextIsRefused) {
  Context main;
  Fiber fiber;
  fiber.prepare(&never_runs);
  fiber.context.release();
  EXPECT_DEATH(Context::switch_to(main, fiber.context), "a context that is not saved");
}

void returns(void* /*argument*/) {}

TEST(ContextDeathTest, EntryThatReturnsIsRefused) {
  Context main;
  Fiber fiber;
  fiber.prepare(&returns);
  EXPECT_DEATH(Context::switch_to(main, fiber.context), "entry function returned");
}

TEST(ContextDeathTest, GuardIsInaccessible) {
  EXPECT_DEATH(
      {
        static_cast<void>(protect_guard(guarded_stack.guard()));
        guarded_stack.bytes().data()[0] = std::byte{1};  // the stack itself stays
        *const_cast<volatile std::byte*>(guarded_stack.guard().data()) = std::byte{1};
      },
      "");
}

TEST(ContextDeathTest, WaitsNeedAMachine) {
  EXPECT_DEATH(wait_for_interrupt(), "where no machine runs");
  EXPECT_DEATH(park(), "where no machine runs");
}

}  // namespace
}  // namespace baton::arch
