#include "sync/seq_lock.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"
#include "sync/atomics.h"

namespace baton::sync {
namespace {

struct Calibration {
  std::uint64_t ticks;
  std::uint32_t shift;
  std::uint32_t flags;
  friend bool operator==(const Calibration&, const Calibration&) = default;
};
// Not a whole number of words.
struct Odd {
  std::uint8_t bytes[13];
};

static_assert(sizeof(SeqLock<Calibration>) == 3 * sizeof(std::uint64_t));
static_assert(std::is_trivially_destructible_v<SeqLock<Calibration>>);
static_assert(!std::is_copy_constructible_v<SeqLock<Calibration>>);

constinit SeqLock<Calibration> g_zero;
constinit SeqLock<Calibration> g_calibration{
    {.ticks = 0x0102'0304'0506'0708, .shift = 9, .flags = 1}};

TEST(SeqLock, StartsAsItWasMade) {
  EXPECT_EQ(g_zero.read(), Calibration{});
  EXPECT_EQ(g_calibration.try_read(),
            (Calibration{.ticks = 0x0102'0304'0506'0708, .shift = 9, .flags = 1}));
}

TEST(SeqLock, ReadsWhatWasWritten) {
  SeqLock<Calibration> lock;
  // The number wraps at the second write.
  for (std::uint32_t n = 1; n < 10; ++n) {
    lock.write({.ticks = n, .shift = 2 * n, .flags = 3 * n});
    EXPECT_EQ(lock.try_read(), (Calibration{.ticks = n, .shift = 2 * n, .flags = 3 * n}));
  }
}

TEST(SeqLock, OfAnOddSize) {
  SeqLock<Odd> lock;
  Odd value{};
  for (std::size_t i = 0; i < sizeof(value.bytes); ++i)
    value.bytes[i] = static_cast<std::uint8_t>(i + 1);
  lock.write(value);
  const Odd copy = lock.read();
  EXPECT_EQ(std::memcmp(&copy, &value, sizeof(value)), 0);
  static constinit SeqLock<Odd> constant{Odd{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}}};
  const Odd other = constant.read();
  EXPECT_EQ(std::memcmp(&other, &value, sizeof(value)), 0);
}

TEST(IrqSeqLock, IsTheSameLock) {
  IrqSeqLock<Calibration> lock;
  lock.write({.ticks = 1, .shift = 2, .flags = 3});
  EXPECT_EQ(lock.try_read(), (Calibration{.ticks = 1, .shift = 2, .flags = 3}));
}

// An atomic that calls somebody before each operation: an interrupt handler on the same core.
std::function<void()> g_handler;
template <class T>
class InterruptedAtomic {
 public:
  constexpr InterruptedAtomic() = default;
  constexpr explicit InterruptedAtomic(T value) : value_(value) {}
  T load(std::memory_order order) const {
    interrupt();
    return value_.load(order);
  }
  void store(T value, std::memory_order order) {
    interrupt();
    value_.store(value, order);
  }

 private:
  static void interrupt() {
    if (!g_handler) return;
    const auto handler = std::move(g_handler);
    g_handler = nullptr;
    handler();
    g_handler = handler;
  }
  std::atomic<T> value_{};
};
struct InterruptedAtomics {
  template <class T>
  using Atomic = InterruptedAtomic<T>;
  template <class T>
  using Plain = sync::Plain<T>;
};

TEST(SeqLock, AHandlerThatInterruptsTheWriterIsRefused) {
  SeqLock<Calibration, InterruptedAtomics> lock;
  const Calibration value{.ticks = 1, .shift = 2, .flags = 3};
  std::string answers;
  g_handler = [&] {
    const std::optional<Calibration> copy = lock.try_read();
    answers += !copy.has_value() ? '-' : *copy == value ? 'n' : 'o';
  };
  lock.write(value);
  g_handler = nullptr;
  // Before the look at the number, before it is odd, before each word, before it is even.
  EXPECT_EQ(answers, "oo---");
  EXPECT_EQ(lock.read(), value);
}

TEST(SeqLock, AReaderThatIsInterruptedByAWriterKnowsIt) {
  SeqLock<Calibration, InterruptedAtomics> lock;
  int at = 0;
  std::string answers;
  for (int when = 0; when < 4; ++when) {
    at = 0;
    g_handler = [&] {
      if (at++ == when) lock.write({.ticks = 7, .shift = 7, .flags = 7});
    };
    answers += lock.try_read().has_value() ? 'y' : '-';
  }
  g_handler = nullptr;
  EXPECT_EQ(answers, "y---");
}

#ifndef NDEBUG
TEST(SeqLockDeathTest, TwoWriters) {
  SeqLock<Calibration, InterruptedAtomics> lock;
  int at = 0;
  g_handler = [&] {
    if (at++ == 3) lock.write({});
  };
  EXPECT_DEATH(lock.write({}), "a value is written while somebody else writes it");
  g_handler = nullptr;
}
#endif

TEST(SeqLock, BetweenThreads) {
  constexpr std::uint32_t kWrites = 200'000;
  static SeqLock<Calibration> lock;
  static std::atomic<bool> done{false};
  int copies = 0;
  int refused = 0;
  std::thread writer([] {
    for (std::uint32_t n = 1; n <= kWrites; ++n) lock.write({.ticks = n, .shift = n, .flags = n});
    // Release pairs with the acquire below.
    done.store(true, std::memory_order_release);
  });
  std::uint64_t last = 0;
  // Acquire pairs with the release of the writer's last store.
  while (!done.load(std::memory_order_acquire)) {
    const std::optional<Calibration> copy = lock.try_read();
    if (!copy.has_value()) {
      ++refused;
      continue;
    }
    ++copies;
    ASSERT_EQ(copy->ticks, copy->shift);
    ASSERT_EQ(copy->ticks, copy->flags);
    ASSERT_GE(copy->ticks, last);
    last = copy->ticks;
  }
  writer.join();
  EXPECT_EQ(lock.read().ticks, kWrites);
  std::cout << "copies: " << copies << ", refused: " << refused << "\n";
}

}  // namespace
}  // namespace baton::sync
