// A DMA engine in a thread of its own, with faults.  Its channels and their hand-over are the very
// code of a driver (drivers/common/dma_channels.h); what is simulated is registers and interrupts.
#ifndef BATON_TESTS_STRESS_SIMULATED_DMA_H_
#define BATON_TESTS_STRESS_SIMULATED_DMA_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "drivers/common/dma_channels.h"
#include "sync/dma/window.h"
#include "tests/stress/stress.h"

namespace baton::stress {

/// What goes wrong with a flight.
enum class Fault : std::uint8_t {
  kNone,
  kLate,       ///< the interrupt comes a while after the end
  kEarly,      ///< it comes before the end, too
  kTwice,      ///< it comes to two cores
  kNever,      ///< it does not come
  kElsewhere,  ///< it comes to another core than usual
  kPartial,    ///< half is moved, and the device says so
  kError,      ///< the device complains
  kStuck,      ///< nothing happens at all
  kCount,
};

/// What is wrong with the driver: a negative control.
enum class Broken : std::uint8_t { kNot, kBelievesInterrupts, kHaltsWithoutWaiting };

class SimulatedDma final : public drivers::DmaChannels {
 public:
  static constexpr unsigned kChannels = 2;
  static constexpr unsigned kCores = 2;  ///< that interrupts come to

  SimulatedDma(std::uint64_t seed, Broken broken) : broken_(broken), random_(seed) {
    add((1U << kChannels) - 1);
  }

  [[nodiscard]] std::string_view name() const noexcept override { return "simulated"; }
  [[nodiscard]] const sync::dma::Window& window() const noexcept override { return window_; }

  /// The device's thread: what there is to do now.
  void run_device();
  /// A core's handler: the interrupts that came.  True: there was one.
  bool run_handler(unsigned core);

  /// Flights with this fault.
  [[nodiscard]] int count(Fault fault) const {
    return counts_[static_cast<std::size_t>(fault)].load(std::memory_order_relaxed);
  }

 private:
  struct Move {
    const std::byte* from;  // null: fill
    std::byte* to;
    std::size_t bytes;
  };
  struct Channel {
    // A register: kActive, kMoving, kEnded, and the interrupt's flag.
    std::atomic<std::uint32_t> status{0};
    // Written before kActive is set, by whoever starts; the last two by the device.
    std::array<Move, 2 * kPieces> moves{};
    std::size_t move_count = 0;
    std::uint32_t fill = 0;
    std::size_t moved = 0;
    bool error = false;
  };
  static constexpr std::uint32_t kActive = 1;
  static constexpr std::uint32_t kMoving = 2;
  static constexpr std::uint32_t kEnded = 4;
  static constexpr std::uint32_t kInterrupt = 8;

  Result<void> prepare(unsigned channel, const Job& job) noexcept override;
  void start_device(unsigned channel) noexcept override;
  bool silence(unsigned channel) noexcept override;
  Look look(unsigned channel) noexcept override;
  void clear(unsigned channel) noexcept override;
  bool halt(unsigned channel) noexcept override;

  /// Bytes that the flight is to move.
  static std::size_t total_of(const Channel& at);
  void fly(unsigned channel, Fault fault);
  void raise(unsigned channel, unsigned core);
  static void dawdle(Random& random);

  Broken broken_;
  sync::dma::Window window_{.physical = 0, .bytes = std::uint64_t{1} << 48U, .bus = 0, .unit = 4};
  std::array<Channel, kChannels> channels_;
  std::array<std::atomic<std::uint32_t>, kCores> raised_{};
  std::array<std::atomic<int>, static_cast<std::size_t>(Fault::kCount)> counts_{};
  Random random_;  // the device's
  std::array<int, kChannels> late_{};
};

}  // namespace baton::stress

#endif  // BATON_TESTS_STRESS_SIMULATED_DMA_H_
