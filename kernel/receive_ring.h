// Bytes that came in and nobody has read yet, with the account of what was lost.
//
// One core's, its interrupts masked (or its handler): no locking of its own.
#ifndef BATON_KERNEL_RECEIVE_RING_H_
#define BATON_KERNEL_RECEIVE_RING_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "drivers/iface/serial_port.h"
#include "kernel/sizes.h"

namespace baton::kernel {

class ReceiveRing {
 public:
  static constexpr std::size_t kBytes = sizes::kReceivedBytes;
  /// A sender is asked to pause above the first, to go on below the second.
  static constexpr std::size_t kPauseAt = kBytes * 3 / 4;
  static constexpr std::size_t kResumeAt = kBytes / 4;
  static constexpr char kCtrlC = 0x03;

  constexpr ReceiveRing() = default;

  /// Stores the byte.  Damaged ones (framing, parity, break) and those there is no room for count
  /// as lost; an overrun means that at least one before it is.  A ctrl-C is noticed even where
  /// there is no room for it.
  void push(const iface::RxByte& in);

  /// The oldest byte.
  std::optional<char> pop();

  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }

  /// Bytes lost where the next byte would be: between the last one popped and the one that pop()
  /// gives next.  Told once.
  std::uint64_t take_lost();

  bool interrupt_waiting() const { return interrupt_waiting_; }
  /// Drops everything up to and including the last ctrl-C.
  void drop_interrupt();

  /// What to tell the sender since the last call, if anything: true = pause, false = go on.
  std::optional<bool> take_flow_change();

 private:
  struct Slot {
    char byte;
    std::uint16_t lost_before;  // saturates
  };
  std::array<Slot, kBytes> slots_{};
  std::size_t head_ = 0;
  std::size_t count_ = 0;
  std::size_t up_to_interrupt_ = 0;  // bytes up to and including the last stored ctrl-C
  std::uint64_t lost_ = 0;           // after the last stored byte
  bool interrupt_waiting_ = false;
  bool told_to_pause_ = false;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_RECEIVE_RING_H_
