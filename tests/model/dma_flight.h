// An engine's channel for model programs: a device that copies one word when it gets round to it,
// and those who start it, handle its interrupts and call it off.  `Word` is FlightWord, or one with
// a bug planted.
#ifndef BATON_TESTS_MODEL_DMA_FLIGHT_H_
#define BATON_TESTS_MODEL_DMA_FLIGHT_H_

#include <optional>

#include "sync/dma/flight_word.h"
#include "tests/model/atomics.h"

namespace baton::model {

template <class Word>
class Channel {
 public:
  using Ticket = typename Word::Ticket;

  // What the device's register says.
  static constexpr int kIdle = 0;
  static constexpr int kActive = 1;  // started
  static constexpr int kMoving = 2;  // at it: it cannot be stopped before it has ended
  static constexpr int kEnded = 3;

  /// A whole flight's start, if the channel is free; `value` is what the device is to move.
  std::optional<Ticket> start(int value) {
    if (!word.try_claim()) return std::nullopt;
    require(!occupied.read(), "two flights in one channel");
    occupied.write(true);
    source.write(value);
    const Ticket ticket = word.launch();
    // Release pairs with the acquire exchange in run_device().
    status.store(kActive, std::memory_order_release);
    return ticket;
  }

  /// The device, for one flight.  False: it was not started, or was stopped.
  bool run_device() {
    int seen = kActive;
    // Acquire pairs with the release store in start().
    if (!status.compare_exchange_strong(seen, kMoving, std::memory_order_acquire,
                                        std::memory_order_relaxed)) {
      return false;
    }
    target.write(source.read());
    // Release pairs with the acquire in handle() and stop().
    status.store(kEnded, std::memory_order_release);
    return true;
  }

  /// An interrupt, whenever it comes.  True: it found a flight, and ended it.
  bool handle() {
    const std::optional<Ticket> ticket = word.flying();
    // Acquire pairs with the release store in run_device().
    if (!ticket || status.load(std::memory_order_acquire) != kEnded) return false;
    if (!word.take(*ticket)) return false;
    require(target.read() == source.read(), "a flight has ended that has not");
    // Relaxed: the device has ended, and is started by nobody before the channel lands.
    status.store(kIdle, std::memory_order_relaxed);
    leave();
    return true;
  }

  /// Calls the flight off.  True: it was still under way.
  bool call_off(Ticket ticket) {
    if (!word.take(ticket)) return false;
    int seen = kActive;
    if (!status.compare_exchange_strong(seen, kIdle, std::memory_order_relaxed,
                                        std::memory_order_relaxed)) {
      // Acquire pairs with the release store in run_device().
      status.await([](int now) { return now == kEnded; }, std::memory_order_acquire);
      status.store(kIdle, std::memory_order_relaxed);  // relaxed: as in handle()
    }
    leave();
    return true;
  }

  Word word;
  Plain<bool> occupied{false};

 private:
  // The pieces go back to their owner.
  void leave() {
    require(occupied.read(), "a flight's pieces were taken twice");
    source.write(0);
    target.write(0);
    occupied.write(false);
    word.land();
  }

  Atomic<int> status{kIdle};
  Plain<int> source{0};
  Plain<int> target{0};
};

/// Two flights one after the other; the first is called off, maybe in the middle, or is over
/// before.  Interrupts come when they like.
template <class Word>
void late_interrupt(Execution& run) {
  Channel<Word> channel;
  int ended = 0;
  int called_off = 0;
  int started = 0;
  run.parallel({thread("starter",
                       [&] {
                         for (int flight = 1; flight <= 2; ++flight) {
                           const auto ticket = channel.start(flight);
                           if (!ticket) return;
                           ++started;
                           if (flight == 1 && channel.call_off(*ticket)) ++called_off;
                         }
                       }),
                thread("device",
                       [&] {
                         channel.run_device();
                         channel.run_device();
                       }),
                thread("handler", [&] { ended += channel.handle() ? 1 : 0; })});
  require(started - ended - called_off == (channel.word.flying() ? 1 : 0),
          "lost or doubled: not every flight ended once");
}

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_DMA_FLIGHT_H_
