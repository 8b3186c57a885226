#include "kernel/console.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <utility>

#include "arch/cpu.h"
#include "arch/preempt.h"
#include "kernel/clock.h"
#include "kernel/line_queue.h"
#include "kernel/receive_ring.h"
#include "kernel/sched/wait_queue.h"
#include "kernel/transmitter.h"
#include "sync/cell_registry.h"
#include "sync/irqs_off.h"
#include "sync/static_owned.h"

namespace baton::kernel {
namespace {

// What one holder does for others before interrupts get their turn.
constexpr unsigned kMaxExtra = 8;

struct ThisCore {
  using Masked = sync::IrqsOff;
  static void relax() { arch::relax(); }
};
// A thread and a handler of each core may be filling one.
static_assert(Transmitter::kLines > std::size_t{2} * arch::kMaxCores);
using Queue = LineQueue<Transmitter, Line, &Line::hook, Transmitter::kLines, ThisCore>;

constinit Queue::Lines lines;
constinit Queue queue{lines, kMaxExtra, Line::Kind::kPump};
constinit TransmitSignals signals;
constinit sync::StaticOwned<Transmitter> the_transmitter{signals};
constinit sync::CellEntry transmit_entry{"console.transmit", queue.cell()};

constinit ReceiveRing received;                                // the boot core's, interrupts masked
constinit WaitQueue readers;                                   // of what was received
constinit iface::SerialPort* the_port = nullptr;               // the receive half's, and a panic's
constinit std::optional<sync::Owned<Transmitter>> taken_over;  // by a panic

// Interrupts masked.  True: a pump is wanted.
bool tell_sender() {
  constexpr char kXon = 0x11;
  constexpr char kXoff = 0x13;
  const std::optional<bool> pause = received.take_flow_change();
  if (pause) {
    // Relaxed: see TransmitSignals.
    signals.urgent.store(*pause ? kXoff : kXon, std::memory_order_relaxed);
  }
  return pause.has_value();
}

// After lines were run: if one has taken the shell's off the screen, the shell, which may sleep, is
// to draw it again.
void call_disturbed() {
  // Relaxed: whoever set it, inside, comes by here afterwards.
  if (!signals.disturbed.load(std::memory_order_relaxed)) return;
  const WaitQueue::Guard guard(readers);
  readers.wake_all();
}

}  // namespace

void Line::run(sync::Owned<Line> self, Transmitter& transmitter) {
  if (self->kind == Kind::kPump) {
    queue.run_pump(std::move(self), transmitter);
    return;
  }
  transmitter.enqueue(std::move(self));
}

void LineWriter::write(std::string_view text) {
  // A piece of raw text that fits into a line is not cut: it may be an escape sequence.
  if (kind_ == Line::Kind::kRaw && line_ && (*line_)->size + text.size() >= Line::kBytes) {
    flush();
  }
  for (const char c : text) {
    Line& line = begin_line();
    // The last place is kept for a line's end.
    if (c != '\n') {
      line.text[line.size++] = c;
    }
    const bool full = line.size == Line::kBytes - 1;
    if (c == '\n' || full) {
      if (c == '\n' || kind_ == Line::Kind::kLine) {
        line.text[line.size++] = '\n';
      }
      submit_line();
    }
  }
}

void LineWriter::flush() {
  if (!line_) {
    return;
  }
  Line& line = **line_;
  if (kind_ == Line::Kind::kLine) {
    line.text[line.size++] = '\n';
  }
  submit_line();
}

// The line that is being filled.  Whoever fills one is not preempted: the pool has one for each
// core's thread and handler, and a handler that finds it empty waits.  The shell keeps one for
// longer, and is alone.
Line& LineWriter::begin_line() {
  if (!line_) {
    if (kind_ == Line::Kind::kLine) arch::preempt_disable();
    line_.emplace(queue.make(kind_));
  }
  return **line_;
}

void LineWriter::submit_line() {
  if (!line_) return;
  queue.submit(std::move(*line_));
  line_.reset();
  if (kind_ == Line::Kind::kLine) arch::preempt_enable();
  call_disturbed();
}

namespace console {

void install(iface::SerialPort& port) {
  the_port = &port;
  // Release pairs with the acquire load in Transmitter::pump().
  signals.port.store(&port, std::memory_order_release);
  queue.install(the_transmitter.claim());
  queue.pump();
  sync::register_cell(transmit_entry);
}

void enable_interrupts() {
  the_port->set_rx_interrupt(true);
  // Relaxed: see TransmitSignals.
  signals.use_interrupts.store(true, std::memory_order_relaxed);
  queue.pump();
}

void on_interrupt() {
  the_port->acknowledge();
  while (const std::optional<iface::RxByte> in = the_port->try_read()) {
    received.push(*in);
  }
  tell_sender();
  {
    const WaitQueue::Guard guard(readers);
    if (!received.empty()) readers.wake_all();
  }
  queue.pump();
  call_disturbed();
}

void write_raw(std::string_view text) {
  LineWriter writer(Line::Kind::kRaw);
  writer.write(text);
}

bool take_disturbed() {
  // Relaxed: see TransmitSignals.
  return signals.disturbed.exchange(false, std::memory_order_relaxed);
}

std::optional<char> read() {
  std::optional<char> byte;
  bool flow_changed = false;
  {
    const sync::IrqsOff irqs_off;
    byte = received.pop();
    flow_changed = tell_sender();
  }
  if (flow_changed) {
    queue.pump();
  }
  return byte;
}

std::uint64_t take_lost() {
  const sync::IrqsOff irqs_off;
  return received.take_lost();
}

void wait_for_input() {
  Waiter me;
  {
    const WaitQueue::Guard guard(readers);
    // Relaxed: set before the guard of whoever would have woken us.
    if (!received.empty() || signals.disturbed.load(std::memory_order_relaxed)) return;
    if (!readers.add(me)) return;
  }
  // Also over when the thread is asked to stop: the caller looks again in any case.
  static_cast<void>(readers.wait(me, kForever));
}

bool interrupt_waiting() {
  const sync::IrqsOff irqs_off;
  return received.interrupt_waiting();
}

void drop_interrupt() {
  const sync::IrqsOff irqs_off;
  received.drop_interrupt();
}

void flush(Duration limit) {
  const Instant until = now() + limit;
  while ((lines.available() != lines.capacity() || !the_port->tx_idle()) && now() < until) {
    queue.pump();
    arch::relax();
  }
}

iface::SerialPort* take_over() {
  if (std::optional<sync::Owned<Transmitter>> transmitter = queue.remove()) {
    constexpr Duration kLongEnough = Duration::milliseconds(500);
    const Instant until = now() + kLongEnough;
    while (!(*transmitter)->idle() && now() < until) {
      (*transmitter)->pump();
    }
    taken_over = std::move(transmitter);
  }
  return the_port;
}

}  // namespace console
}  // namespace baton::kernel
