// `FlightWord`: who of several may have what an engine's channel works on.  It passes between three
// that know nothing of each other's timing: whoever starts a flight, the interrupt handler that
// finds it ended, and whoever calls it off because the interrupt does not come.
//
//   idle --try_claim()--> claimed --launch()--> flying --take(ticket)--> taken --land()--> idle
//
//   starter    if (word.try_claim()) { put the pieces in place; ticket = word.launch(); start }
//   handler    if (auto ticket = word.flying(); ticket && the device has ended)
//                if (word.take(*ticket)) { the pieces are mine: get them out; word.land(); }
//   caller-off if (word.take(ticket)) { stop the device; get the pieces out; word.land(); }
//
// One take() of a flight succeeds.  Interrupts that come twice, late or for nothing find no flight,
// or one whose device has not ended; and a handler that was held up between its two looks, while
// the flight was called off and the next one began, has a ticket of the wrong flight.  For that,
// the handler asks flying() first and the device then; and who takes a flight sees to it, before
// land(), that the device does not go on saying "ended".
//
// Any context, any core; no operation waits.  Orders: tests/model (dma programs).
#ifndef BATON_SYNC_DMA_FLIGHT_WORD_H_
#define BATON_SYNC_DMA_FLIGHT_WORD_H_

#include <cstdint>
#include <optional>

#include "sync/atomics.h"
#include "sync/misuse.h"

namespace baton::sync::dma {

template <class Atomics = StdAtomics>
class FlightWord {
 public:
  /// One flight of this word; the number comes again after 2^30 more.
  enum class Ticket : std::uint32_t {};

  FlightWord() = default;
  FlightWord(const FlightWord&) = delete;
  FlightWord& operator=(const FlightWord&) = delete;

  /// The channel is the caller's, to put a flight together.  False: it is in use.
  [[nodiscard]] bool try_claim() {
    // Relaxed: only a try, which the exchange confirms.
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    if (state(word) != kIdle) return false;
    // Acquire pairs with the release store in land(): the last flight's pieces are out.  Relaxed on
    // failure: nothing is touched.
    return word_.compare_exchange_strong(word, (word & ~kState) + kOneFlight + kClaimed,
                                         std::memory_order_acquire, std::memory_order_relaxed);
  }

  /// The flight is whole: from here on a handler may take it.  Before the device is started.
  Ticket launch() {
    // Relaxed: the caller's own word since it claimed.
    const std::uint32_t word = word_.load(std::memory_order_relaxed);
    BATON_NO_MISUSE(state(word) == kClaimed, this, "a flight is launched that nobody claimed");
    // Release pairs with the acquire load in flying(): the pieces are in place.
    word_.store((word & ~kState) + kFlying, std::memory_order_release);
    return ticket_of(word);
  }

  /// The flight that is under way.  The device is looked at after this.
  [[nodiscard]] std::optional<Ticket> flying() const {
    // Acquire pairs with the release store in launch(): the pieces are in place, and what the
    // device says now is not about a flight before.
    const std::uint32_t word = word_.load(std::memory_order_acquire);
    if (state(word) != kFlying) return std::nullopt;
    return ticket_of(word);
  }

  /// The flight's pieces are the caller's, who has the ticket from launch() or flying().  False:
  /// another one was quicker.
  [[nodiscard]] bool take(Ticket ticket) {
    std::uint32_t word = (static_cast<std::uint32_t>(ticket) << kStateBits) + kFlying;
    // Relaxed: whoever has the ticket knows of the pieces by it, and nobody touched them since.
    return word_.compare_exchange_strong(word, (word & ~kState) + kTaken, std::memory_order_relaxed,
                                         std::memory_order_relaxed);
  }

  /// The pieces are out, and the channel is free.  After take(), or a claim that came to nothing.
  void land() {
    // Relaxed: the caller's own word since it took the flight.
    const std::uint32_t word = word_.load(std::memory_order_relaxed);
    BATON_NO_MISUSE(state(word) == kTaken || state(word) == kClaimed, this,
                    "a flight lands that nobody took");
    // Release pairs with the acquire exchange in try_claim(): the pieces are out.
    word_.store(word & ~kState, std::memory_order_release);
  }

 private:
  static constexpr unsigned kStateBits = 2;
  static constexpr std::uint32_t kState = (1U << kStateBits) - 1;
  static constexpr std::uint32_t kOneFlight = 1U << kStateBits;
  static constexpr std::uint32_t kIdle = 0;
  static constexpr std::uint32_t kClaimed = 1;
  static constexpr std::uint32_t kFlying = 2;
  static constexpr std::uint32_t kTaken = 3;

  static std::uint32_t state(std::uint32_t word) { return word & kState; }
  static Ticket ticket_of(std::uint32_t word) { return static_cast<Ticket>(word >> kStateBits); }

  typename Atomics::template Atomic<std::uint32_t> word_{0};
};

}  // namespace baton::sync::dma

#endif  // BATON_SYNC_DMA_FLIGHT_WORD_H_
