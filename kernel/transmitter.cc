#include "kernel/transmitter.h"

#include <utility>

#include "base/assert.h"

namespace baton::kernel {

void Transmitter::enqueue(sync::Owned<Line> line) {
  BATON_ASSERT(count_ < kLines);
  queue_[(head_ + count_) % kLines].emplace(std::move(line));
  ++count_;
  pump();
}

bool Transmitter::idle() const { return count_ == 0 && (port_ == nullptr || port_->tx_idle()); }

// What goes before the text: a line of somebody else takes the shell's unfinished one off the
// screen, and the shell draws it again below.
void Transmitter::begin(const Line& line) {
  begun_ = true;
  sent_ = 0;
  if (line.kind == Line::Kind::kLine && raw_open_) {
    extra_ = "\r\x1b[J";
    raw_open_ = false;
    // Relaxed: see TransmitSignals.
    signals_.disturbed.store(true, std::memory_order_relaxed);
  }
}

bool Transmitter::send_urgent() {
  // Relaxed: see TransmitSignals.
  const char byte = signals_.urgent.exchange('\0', std::memory_order_relaxed);
  if (byte == '\0' || port_->try_write(byte)) {
    return true;
  }
  // No room: the next pump tries again, unless somebody has something more urgent by then.
  char nothing = '\0';
  // Relaxed: see TransmitSignals.
  signals_.urgent.compare_exchange_strong(nothing, byte, std::memory_order_relaxed,
                                          std::memory_order_relaxed);
  return false;
}

// False: the port is full.
bool Transmitter::send(const Line& line) {
  if (!begun_) {
    begin(line);
  }
  for (;;) {
    for (; *extra_ != '\0'; ++extra_) {
      if (!port_->try_write(*extra_)) {
        return false;
      }
    }
    if (sent_ == line.size) {
      return true;
    }
    const char byte = line.text[sent_];
    if (byte == '\n') {
      ++sent_;
      extra_ = "\r\n";
      continue;
    }
    if (!port_->try_write(byte)) {
      return false;
    }
    ++sent_;
  }
}

void Transmitter::set_interrupt(bool on) {
  // Relaxed: see TransmitSignals.
  if (interrupt_on_ != on && signals_.use_interrupts.load(std::memory_order_relaxed)) {
    interrupt_on_ = on;
    port_->set_tx_interrupt(on);
  }
}

void Transmitter::pump() {
  if (port_ == nullptr) {
    // Acquire pairs with the release store in console::install(): the driver is set up.
    port_ = signals_.port.load(std::memory_order_acquire);
    if (port_ == nullptr) {
      return;
    }
  }
  bool room = send_urgent();
  while (room && count_ != 0) {
    std::optional<sync::Owned<Line>>& head = queue_[head_];
    if (!head) {
      break;  // never: count_ says that it is there
    }
    const Line& line = **head;
    room = send(line);
    if (!room) {
      break;
    }
    if (line.kind == Line::Kind::kRaw && line.size != 0) {
      raw_open_ = !line.view().ends_with('\n');
    }
    head.reset();
    begun_ = false;
    head_ = (head_ + 1) % kLines;
    --count_;
  }
  set_interrupt(!room);
}

}  // namespace baton::kernel
