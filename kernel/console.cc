#include "kernel/console.h"

#include <array>
#include <atomic>
#include <utility>

#include "arch/cpu.h"
#include "kernel/clock.h"
#include "kernel/irqs_off.h"
#include "kernel/receive_ring.h"
#include "kernel/transmitter.h"
#include "sync/cell_registry.h"
#include "sync/combining_cell.h"
#include "sync/pool.h"
#include "sync/static_owned.h"

namespace baton::kernel {
namespace {

using TransmitCell = sync::CombiningCell<Transmitter, Line, &Line::hook>;

// What one holder does for others before it lets the next one in; the rest is picked up at once by
// `serve_leftovers`, between which interrupts get their turn.
constexpr unsigned kMaxExtra = 8;

// The transmit interrupt's own request: there is one, because one is enough.  While it is out, a
// pump is coming anyway.
constinit sync::StaticOwned<Line> pump_request{Line::Kind::kPump};
constinit sync::Pool<Line, Transmitter::kLines> lines;

constinit TransmitSignals signals;
constinit sync::StaticOwned<Transmitter> the_transmitter{signals};
// Leftovers are never stranded: whoever takes this mark looks after them (submit).
constinit std::atomic<bool> leftovers{false};
void note_leftovers(TransmitCell& /*cell*/) {
  // Release pairs with the acquire in serve_leftovers(): who takes the mark sees that the holder
  // who set it is no longer inside, and does not leave the rest to it.
  leftovers.store(true, std::memory_order_release);
}
constinit TransmitCell transmit_cell{kMaxExtra, &note_leftovers};
constinit sync::CellEntry transmit_entry{"console.transmit", transmit_cell};

constinit ReceiveRing received;                                // the boot core's, interrupts masked
constinit iface::SerialPort* the_port = nullptr;               // the receive half's, and a panic's
constinit std::optional<sync::Owned<Transmitter>> taken_over;  // by a panic

void serve_leftovers() {
  for (;;) {
    // Masked from the mark to the work: see pump().
    const IrqsOff irqs_off;
    // Acquire pairs with the release in note_leftovers().
    if (!leftovers.exchange(false, std::memory_order_acquire)) {
      return;
    }
    transmit_cell.drain();
  }
}

// The holder has its interrupts masked, so that no handler of its own core finds the cell busy.
void submit(sync::Owned<Line> line) {
  {
    const IrqsOff irqs_off;
    static_cast<void>(transmit_cell.submit(std::move(line)));
  }
  serve_leftovers();
}

void pump() {
  {
    // Masked from claim to submission: a handler of this core that waits for a line (make_line)
    // needs the one pump request, and would wait for good for what the thread below it holds.
    const IrqsOff irqs_off;
    if (std::optional<sync::Owned<Line>> request = pump_request.try_claim()) {
      static_cast<void>(transmit_cell.submit(std::move(*request)));
    }
  }
  serve_leftovers();
}

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

sync::Owned<Line> make_line(Line::Kind kind) {
  for (;;) {
    if (std::optional<sync::Owned<Line>> line = lines.make(kind)) {
      return std::move(*line);
    }
    // All lines wait for the port.  The interrupt may be masked here, so push by hand.
    pump();
    arch::relax();
  }
}

}  // namespace

void Line::run(sync::Owned<Line> self, Transmitter& transmitter) {
  if (self->kind == Kind::kPump) {
    // Home first: an interrupt from here on asks for a pump of its own.
    pump_request.give_back(std::move(self));
    transmitter.pump();
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
    if (!line_) {
      line_.emplace(make_line(kind_));
    }
    Line& line = **line_;
    // The last place is kept for a line's end.
    if (c != '\n') {
      line.text[line.size++] = c;
    }
    const bool full = line.size == Line::kBytes - 1;
    if (c == '\n' || full) {
      if (c == '\n' || kind_ == Line::Kind::kLine) {
        line.text[line.size++] = '\n';
      }
      submit(std::move(*line_));
      line_.reset();
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
  submit(std::move(*line_));
  line_.reset();
}

namespace console {

void install(iface::SerialPort& port) {
  the_port = &port;
  // Release pairs with the acquire load in Transmitter::pump().
  signals.port.store(&port, std::memory_order_release);
  {
    const IrqsOff irqs_off;
    transmit_cell.install(the_transmitter.claim());
  }
  pump();
  sync::register_cell(transmit_entry);
}

void enable_interrupts() {
  the_port->set_rx_interrupt(true);
  // Relaxed: see TransmitSignals.
  signals.use_interrupts.store(true, std::memory_order_relaxed);
  pump();
}

void on_interrupt() {
  the_port->acknowledge();
  while (const std::optional<iface::RxByte> in = the_port->try_read()) {
    received.push(*in);
  }
  tell_sender();
  pump();
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
    const IrqsOff irqs_off;
    byte = received.pop();
    flow_changed = tell_sender();
  }
  if (flow_changed) {
    pump();
  }
  return byte;
}

std::uint64_t take_lost() {
  const IrqsOff irqs_off;
  return received.take_lost();
}

void wait_for_input() {
  const IrqsOff irqs_off;
  if (received.empty()) {
    // Masked: an interrupt that comes between the look and the sleep ends the sleep.
    arch::wait_for_interrupt();
  }
}

bool interrupt_waiting() {
  const IrqsOff irqs_off;
  return received.interrupt_waiting();
}

void drop_interrupt() {
  const IrqsOff irqs_off;
  received.drop_interrupt();
}

void flush(Duration limit) {
  const Instant until = now() + limit;
  while ((lines.available() != lines.capacity() || !the_port->tx_idle()) && now() < until) {
    pump();
    arch::relax();
  }
}

iface::SerialPort* take_over() {
  if (std::optional<sync::Owned<Transmitter>> transmitter = transmit_cell.remove()) {
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
