#include "kernel/receive_ring.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace baton::kernel {

void ReceiveRing::push(const iface::RxByte& in) {
  if (in.overrun) {
    ++lost_;
  }
  if (in.framing || in.parity || in.break_) {
    ++lost_;
    return;
  }
  const bool interrupt = in.byte == kCtrlC;
  interrupt_waiting_ = interrupt_waiting_ || interrupt;
  if (count_ == kBytes) {
    ++lost_;
    if (interrupt) {
      up_to_interrupt_ = count_;  // everything stored was typed before it
    }
    return;
  }
  slots_[(head_ + count_) % kBytes] = {
      .byte = in.byte,
      .lost_before = static_cast<std::uint16_t>(std::min<std::uint64_t>(
          std::exchange(lost_, 0), std::numeric_limits<std::uint16_t>::max()))};
  ++count_;
  if (interrupt) {
    up_to_interrupt_ = count_;
  }
}

std::optional<char> ReceiveRing::pop() {
  if (count_ == 0) {
    return std::nullopt;
  }
  const char byte = slots_[head_].byte;
  head_ = (head_ + 1) % kBytes;
  --count_;
  if (up_to_interrupt_ != 0) {
    --up_to_interrupt_;
  }
  // Read like any other byte: whoever reads it acts on it.
  interrupt_waiting_ = interrupt_waiting_ && up_to_interrupt_ != 0;
  return byte;
}

std::uint64_t ReceiveRing::take_lost() {
  if (count_ == 0) {
    return std::exchange(lost_, 0);
  }
  return std::exchange(slots_[head_].lost_before, std::uint16_t{0});
}

void ReceiveRing::drop_interrupt() {
  if (up_to_interrupt_ == count_) {
    lost_ = 0;  // what was lost came before it, too
  }
  head_ = (head_ + up_to_interrupt_) % kBytes;
  count_ -= up_to_interrupt_;
  up_to_interrupt_ = 0;
  interrupt_waiting_ = false;
}

std::optional<bool> ReceiveRing::take_flow_change() {
  if (!told_to_pause_ && count_ >= kPauseAt) {
    told_to_pause_ = true;
    return true;
  }
  if (told_to_pause_ && count_ <= kResumeAt) {
    told_to_pause_ = false;
    return false;
  }
  return std::nullopt;
}

}  // namespace baton::kernel
