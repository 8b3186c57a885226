#include "kernel/blocking/completion.h"

#include <memory>

#include "gtest/gtest.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel {
namespace {

using testing::for_each_machine;

TEST(Completion, EndsOnceWithAValueOrAnError) {
  for_each_machine({.cores = {1}, .seeds = 2}, [] {
    Completion<int> done;
    EXPECT_EQ(done.try_wait().error(), Error::kEmpty);
    EXPECT_TRUE(done.complete(7));
    EXPECT_FALSE(done.complete(8));
    EXPECT_FALSE(done.fail(Error::kIo));
    EXPECT_EQ(done.wait().value(), 7);
    EXPECT_TRUE(done.fail(Error::kIo));
    EXPECT_EQ(done.wait().error(), Error::kIo);
    EXPECT_EQ(done.wait_for(Duration::microseconds(3)).error(), Error::kTimedOut);
    Completion<> simple;
    EXPECT_TRUE(simple.complete());
    EXPECT_TRUE(simple.wait());
    Completion<std::unique_ptr<int>> moved;
    auto kept = std::make_unique<int>(1);
    EXPECT_TRUE(moved.complete(std::make_unique<int>(2)));
    EXPECT_FALSE(moved.complete(std::move(kept)));
    EXPECT_NE(kept, nullptr);
    EXPECT_EQ(**moved.try_wait(), 2);
  });
}

// A request whose completion lives on the waiter's stack, as a driver's: its handler touches it no
// more when wait() returns.
TEST(Completion, HandlersComplete) {
  for_each_machine({.seeds = 40, .parallel_runs = 2}, [] {
    const unsigned cores = arch::host::running_config()->cores;
    std::atomic<Completion<unsigned>*> request{nullptr};
    testing::on_device(0, cores - 1, [&] {
      if (Completion<unsigned>* const done = request.exchange(nullptr)) {
        const unsigned value = static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(done));
        EXPECT_TRUE(done->complete(value));
      }
    });
    const testing::DevicesEnd devices_end;
    const unsigned rounds = testing::rounds(500, 40);
    for (unsigned i = 0; i < rounds; ++i) {
      const auto done = std::make_unique<Completion<unsigned>>();
      request = done.get();
      testing::raise_device(0);
      const Result<unsigned> value = done->wait();
      ASSERT_TRUE(value);
      EXPECT_EQ(*value, static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(done.get())));
    }
    testing::count("requests", rounds);
  });
}

TEST(Completion, TimeoutAgainstCompletion) {
  for_each_machine({.seeds = 60, .parallel_runs = 2}, [] {
    for (unsigned i = 0; i < testing::rounds(200, 10); ++i) {
      Completion<unsigned> done;
      const bool won = testing::race(
          [&](Instant when) -> Result<void> {
            const Result<unsigned> value = done.wait_until(when);
            if (!value) return fail(value.error());
            EXPECT_EQ(*value, i);
            return {};
          },
          [&] { EXPECT_TRUE(done.complete(i)); });
      EXPECT_EQ(done.try_wait().has_value(), !won);
    }
  });
}

}  // namespace
}  // namespace baton::kernel
