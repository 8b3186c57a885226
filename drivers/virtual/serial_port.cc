#include "drivers/virtual/serial_port.h"

#include "arch/virtual_lines.h"

namespace baton::drivers {
namespace {

constexpr char kXon = 0x11;
constexpr char kXoff = 0x13;

}  // namespace

void VirtualSerialPort::type(std::string_view bytes) {
  {
    const std::scoped_lock lock(mutex_);
    typed_.insert(typed_.end(), bytes.begin(), bytes.end());
  }
  // Relaxed: set_rx_interrupt() looks, too.
  if (rx_interrupt_.load(std::memory_order_relaxed)) arch::host::lines().raise(line_);
}

std::size_t VirtualSerialPort::waiting() {
  const std::scoped_lock lock(mutex_);
  return typed_.size();
}

void VirtualSerialPort::pause(bool on) {
  {
    const std::scoped_lock lock(mutex_);
    paused_ = on;
  }
  if (!on) arch::host::lines().raise(line_);
}

bool VirtualSerialPort::try_write(char byte) noexcept {
  // Relaxed, all: see the header.
  if (in_fifo_.load(std::memory_order_relaxed) >= kFifo) {
    if (tx_interrupt_.load(std::memory_order_relaxed)) arch::host::lines().raise(line_);
    // Whoever polls for long finds that it has been sent meanwhile, interrupt or not.  Relaxed: see
    // the header.
    if (in_fifo_.fetch_add(1, std::memory_order_relaxed) == kFifo + kPatience) {
      in_fifo_.store(0, std::memory_order_relaxed);
    }
    return false;
  }
  // Relaxed: see the header.
  in_fifo_.fetch_add(1, std::memory_order_relaxed);
  if (byte == kXon || byte == kXoff) {
    pause(byte == kXoff);
  } else {
    sent_(byte);
  }
  return true;
}

void VirtualSerialPort::set_tx_interrupt(bool on) noexcept {
  // Relaxed: see the header.
  tx_interrupt_.store(on, std::memory_order_relaxed);
  if (on) arch::host::lines().raise(line_);
}

std::optional<iface::RxByte> VirtualSerialPort::try_read() noexcept {
  const std::scoped_lock lock(mutex_);
  if (typed_.empty() || paused_) return std::nullopt;
  const iface::RxByte in{.byte = typed_.front()};
  typed_.pop_front();
  return in;
}

void VirtualSerialPort::set_rx_interrupt(bool on) noexcept {
  // Relaxed: type() looks after it has stored.
  rx_interrupt_.store(on, std::memory_order_relaxed);
  if (on && waiting() != 0) arch::host::lines().raise(line_);
}

void VirtualSerialPort::acknowledge() noexcept {
  // Relaxed: see the header.
  in_fifo_.store(0, std::memory_order_relaxed);
}

}  // namespace baton::drivers
