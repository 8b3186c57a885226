#include "kernel/blocking/block_pool.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>

#include "gtest/gtest.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel {
namespace {

using testing::Crew;
using testing::for_each_machine;
using Pool = BlockPool<64, 3, 64>;

TEST(BlockPool, HandlesGiveBack) {
  for_each_machine({.cores = {1}, .seeds = 2}, [] {
    Pool::Storage storage;
    Pool pool(storage);
    Result<Pool::Block> a = pool.try_allocate();
    Result<Pool::Block> b = pool.allocate();
    {
      const Result<Pool::Block> c = pool.allocate_for(Duration());
      ASSERT_TRUE(a && b && c);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(c->bytes().data()) % 64, 0U);
      EXPECT_NE(a->bytes().data(), c->bytes().data());
      EXPECT_EQ(pool.try_allocate().error(), Error::kEmpty);
      EXPECT_EQ(pool.allocate_for(Duration::microseconds(2)).error(), Error::kTimedOut);
    }
    EXPECT_EQ(pool.available(), 1U);
    *a = std::move(*b);
    EXPECT_EQ(pool.available(), 2U);
    std::optional<Pool::Block> kept(std::move(*a));
    EXPECT_EQ(pool.available(), 2U);
    kept.reset();
    EXPECT_EQ(pool.available(), 3U);
  });
}

// A block is one thread's at a time, whoever waits and gives up meanwhile; handlers take some, too.
TEST(BlockPool, ABlockHasOneOwner) {
  for_each_machine({.seeds = 40, .parallel_runs = 2}, [] {
    Pool::Storage storage;
    Pool pool(storage);
    const unsigned cores = arch::host::running_config()->cores;
    std::atomic<unsigned> in_handler{0};
    testing::on_device(0, cores - 1, [&] {
      if (const Result<Pool::Block> block = pool.try_allocate()) {
        std::ranges::fill(block->bytes(), std::byte{0xff});
        ++in_handler;
      }
    });
    const testing::DevicesEnd devices_end;
    Crew crew;
    for (unsigned t = 0; t < 6; ++t) {
      crew.start({.name = "user", .priority = Priority(14 + static_cast<int>(t) % 4)}, [&, t] {
        for (unsigned i = 0; i < testing::rounds(2000, 60); ++i) {
          if (i % 8 == 0) testing::raise_device(0);
          const Result<Pool::Block> block =
              i % 3 == 0 ? pool.allocate_for(Duration::nanoseconds(800)) : pool.allocate();
          if (!block) {
            testing::count("timed out");
            continue;
          }
          std::ranges::fill(block->bytes(), static_cast<std::byte>(t));
          if (i % 4 == 0) this_thread::yield();
          EXPECT_TRUE(std::ranges::all_of(
              block->bytes(), [t](std::byte b) { return b == static_cast<std::byte>(t); }));
          testing::count("blocks");
        }
      });
    }
    crew.join();
    testing::wait_until([&] { return pool.available() == Pool::capacity(); });
    testing::count("blocks of handlers", in_handler);
  });
}

}  // namespace
}  // namespace baton::kernel
