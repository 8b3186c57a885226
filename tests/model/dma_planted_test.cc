// Bugs planted in the hand-over of a DMA channel, each found by name.
#include <atomic>
#include <cstdint>
#include <optional>

#include "gtest/gtest.h"
#include "sync/dma/flight_word.h"
#include "tests/model/atomics.h"
#include "tests/model/dma_flight.h"
#include "tests/model/planted.h"

namespace baton::model {
namespace {

enum class Bug : std::uint8_t { kNone, kNoNumber, kTakenByLooking };

/// FlightWord with one bug.
template <Bug kBug>
class BustedWord {
 public:
  enum class Ticket : std::uint32_t {};

  bool try_claim() {
    std::uint32_t seen = word_.load(std::memory_order_relaxed);
    return seen % 4 == 0 &&
           word_.compare_exchange_strong(seen, seen + (kBug == Bug::kNoNumber ? 1 : 5),
                                         std::memory_order_acquire, std::memory_order_relaxed);
  }
  Ticket launch() {
    const std::uint32_t seen = word_.load(std::memory_order_relaxed);
    word_.store(seen + 1, std::memory_order_release);
    return Ticket{seen / 4};
  }
  std::optional<Ticket> flying() const {
    const std::uint32_t seen = word_.load(std::memory_order_acquire);
    if (seen % 4 != 2) return std::nullopt;
    return Ticket{seen / 4};
  }
  bool take(Ticket ticket) {
    std::uint32_t seen = static_cast<std::uint32_t>(ticket) * 4 + 2;
    if (kBug == Bug::kTakenByLooking) {
      if (word_.load(std::memory_order_relaxed) != seen) return false;
      word_.store(seen + 1, std::memory_order_relaxed);
      return true;
    }
    return word_.compare_exchange_strong(seen, seen + 1, std::memory_order_relaxed,
                                         std::memory_order_relaxed);
  }
  void land() {
    const std::uint32_t seen = word_.load(std::memory_order_relaxed);
    word_.store(seen / 4 * 4, std::memory_order_release);
  }

 private:
  Atomic<std::uint32_t> word_{0};
};

TEST(DmaPlanted, TheProgramPassesWithoutABug) {
  expect_passed("dma: none", late_interrupt<BustedWord<Bug::kNone>>);
}

TEST(DmaPlanted, ALateInterruptEndsTheNextFlight) {
  expect_found("dma: tickets without a number", "data race",
               late_interrupt<BustedWord<Bug::kNoNumber>>);
}

TEST(DmaPlanted, TwoTakeOneFlight) {
  expect_found("dma: taken by looking, then storing", "data race",
               late_interrupt<BustedWord<Bug::kTakenByLooking>>);
}

}  // namespace
}  // namespace baton::model
