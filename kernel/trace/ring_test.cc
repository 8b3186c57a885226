#include "kernel/trace/ring.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "sync/core_atomics.h"

namespace baton::kernel::trace {
namespace {

using Small = Ring<8>;
constinit Small g_ring;  // needs no run-time initialization
static_assert(sizeof(Ring<4096>) == 4096 * 16 + sizeof(std::uint64_t));

TEST(Ring, BeginsEmpty) {
  EXPECT_EQ(Small::begin(g_ring.end()), g_ring.end());
  const auto ring = std::make_unique<Small>();
  EXPECT_FALSE(ring->read(ring->end()).has_value());
}

TEST(Ring, KeepsWhatItWasGiven) {
  Small ring;
  const Small::Number first = ring.end();
  ring.put(Small::kPayload, 0x1234'5678'9abc);
  EXPECT_EQ(ring.end(), first + 1);
  EXPECT_EQ(ring.read(first), (Small::Record{.ticks = Small::kPayload, .what = 0x1234'5678'9abc}));
}

TEST(Ring, KeepsFortyEightBitsOfTime) {
  Small ring;
  const Small::Number first = ring.end();
  ring.put(~std::uint64_t{0}, 1);
  EXPECT_EQ(ring.read(first), (Small::Record{.ticks = Small::kPayload, .what = 1}));
}

// Against a list of all that was ever put, past the wrap of the rounds' numbers.
template <class TheRing>
void against_a_list(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto ring = std::make_unique<TheRing>();
  std::vector<typename TheRing::Record> all;
  const typename TheRing::Number first = ring->end();
  for (int step = 0; step < 300; ++step) {
    for (std::uint64_t puts = random() % 7; puts != 0; --puts) {
      const typename TheRing::Record record{.ticks = random() & TheRing::kPayload,
                                            .what = random() & TheRing::kPayload};
      ring->put(record.ticks, record.what);
      all.push_back(record);
    }
    const typename TheRing::Number end = ring->end();
    ASSERT_EQ(end - first, all.size());
    ASSERT_EQ(end - TheRing::begin(end), std::min<std::size_t>(all.size(), 8));
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto record = ring->read(first + i);
      if (first + i >= TheRing::begin(end)) {
        ASSERT_EQ(record, all[i]) << "seed " << seed << ", record " << i;
      } else {
        ASSERT_FALSE(record.has_value()) << "seed " << seed << ", record " << i << " is gone";
      }
    }
  }
}

TEST(Ring, Random) {
  const std::uint64_t seeds = std::getenv("BATON_SOAK") != nullptr ? 2000 : 20;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    against_a_list<Small>(seed);
    against_a_list<Ring<8, sync::OneContextAtomics>>(seed);
  }
  std::cout << "seeds 1 to " << seeds << "\n";
}

// Words that tell which record they are of: a torn one would not fit.
std::uint64_t twin(std::uint64_t ticks) { return (ticks * 0x9e37'79b9'7f4a'7c15U) >> 16U; }

// A writer that never waits, and readers: all that is read is whole, in order, and what its number
// says.
TEST(Ring, ReadWhileItIsWritten) {
  constexpr std::uint64_t kRecords = 1'000'000;
  constexpr int kReaders = 2;
  using TheRing = Ring<64>;
  const auto ring = std::make_unique<TheRing>();
  const TheRing::Number first = ring->end();
  std::atomic<std::uint64_t> good{0};
  std::atomic<std::uint64_t> gone{0};
  std::atomic<std::uint64_t> bad{0};
  std::vector<std::thread> readers;
  readers.reserve(kReaders);
  for (int reader = 0; reader < kReaders; ++reader) {
    readers.emplace_back([&] {
      for (;;) {
        const TheRing::Number end = ring->end();
        for (TheRing::Number number = TheRing::begin(end); number != end; ++number) {
          const std::optional<TheRing::Record> record = ring->read(number);
          if (!record.has_value()) {
            ++gone;
          } else if (record->ticks == number - first && record->what == twin(record->ticks)) {
            ++good;
          } else {
            ++bad;
          }
        }
        if (end == first + kRecords) return;
      }
    });
  }
  for (std::uint64_t n = 0; n < kRecords; ++n) {
    ring->put(n, twin(n));
    if (n % 4096 == 0) std::this_thread::yield();
  }
  for (std::thread& reader : readers) reader.join();
  std::cout << kRecords << " written, " << good << " read whole, " << gone << " left out\n";
  EXPECT_EQ(bad, 0U);
  // At the end everybody reads a ring that nobody writes.
  EXPECT_GE(good, 64U * kReaders);
}

}  // namespace
}  // namespace baton::kernel::trace
