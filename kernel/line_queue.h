// `LineQueue`: how lines get from every core and every context to one serial port, apart from what
// a line and a port are.
//
// A line comes from a pool and is submitted to a CombiningCell that holds the port's transmit half;
// whoever is inside runs it.  Two things more travel through the cell:
//
//   the pump request  has the transmitter look: the port has room again, or a signal is set.  There
//                     is one, because one is enough: while it is wanted, a pump is coming anyway,
//                     and will see what whoever wanted it has seen or written.
//   the mark          says that a holder left work behind.  Whoever takes it drains the cell.
//
// Somebody who waits for a line pushes by hand, as the port's interrupt may be masked.  A handler
// that waits so cannot wait for the thread below it on its own core.  Hence the rule: what a waiter
// may need, be it the cell, the pump request or the mark, is held with interrupts masked.
//
// Any core, any context.  tests/model explores this code, and what becomes of it without any one of
// its masks or orders.
#ifndef BATON_KERNEL_LINE_QUEUE_H_
#define BATON_KERNEL_LINE_QUEUE_H_

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

#include "sync/atomics.h"
#include "sync/combining_cell.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/static_owned.h"

namespace baton::kernel {

/// `Transmitter` has `pump()`.  `Line::run` enqueues a line, and hands the pump request to
/// run_pump().  `Environment` has `Masked`, a guard while which no handler of this core starts, and
/// `relax()`, called between two looks at what somebody else has to change.
template <class Transmitter, class Line, auto Hook, std::size_t kLines, class Environment,
          class Atomics = sync::StdAtomics>
class LineQueue : private sync::CombiningCell<Transmitter, Line, Hook, Atomics> {
  using Cell = sync::CombiningCell<Transmitter, Line, Hook, Atomics>;
  using Masked = typename Environment::Masked;

 public:
  using Lines = sync::Pool<Line, kLines, Atomics>;

  /// A holder serves at most its own request and `max_extra` others before it lets the next one in
  /// and interrupts come through.  The pump request is a Line(pump...).
  template <class... Args>
  constexpr LineQueue(Lines& lines, unsigned max_extra, Args&&... pump)
      : Cell(max_extra, &note_leftovers),
        lines_(lines),
        pump_request_(std::forward<Args>(pump)...) {}

  /// From here on lines are run; until then they only queue up.  Once.
  void install(sync::Owned<Transmitter> transmitter) {
    {
      const Masked masked;
      Cell::install(std::move(transmitter));
    }
    serve_leftovers();
  }

  /// A line to fill.  Waits while all are on their way: until somebody's pump has sent one.  There
  /// must be more lines than contexts that fill one at a time, threads and handlers of every core:
  /// a handler would wait for good for the line that the thread below it has not filled yet.
  template <class... Args>
  sync::Owned<Line> make(const Args&... args) {
    for (;;) {
      if (std::optional<sync::Owned<Line>> line = lines_.make(args...)) {
        return std::move(*line);
      }
      pump();
      Environment::relax();
    }
  }

  /// Sends the line on its way.
  void submit(sync::Owned<Line> line) {
    {
      // Masked while inside: a handler that waits for a line needs the cell.
      const Masked masked;
      static_cast<void>(Cell::submit(std::move(line)));
    }
    serve_leftovers();
  }

  /// Has the transmitter look whether the port has room.
  void pump() {
    {
      // Masked from claim to submission: a handler that waits for a line needs the request.
      const Masked masked;
      // Release pairs with the acquire in run_pump(): a pump that was wanted already sees what this
      // one is for.  Acquire pairs with the release there: the request is home.
      if (!pump_wanted_.exchange(true, std::memory_order_acq_rel)) {
        static_cast<void>(Cell::submit(pump_request_.claim()));
      }
    }
    serve_leftovers();
  }

  /// What Line::run() does with the pump request.
  void run_pump(sync::Owned<Line> request, Transmitter& transmitter) {
    // Home first: who wants a pump from here on asks for one of their own.
    pump_request_.give_back(std::move(request));
    // An exchange and no store, so that it reads from those who wanted this pump, too.  Acquire
    // pairs with the release in pump(): what they want looked at is looked at below.  Release pairs
    // with the acquire there: the request is home.
    static_cast<void>(pump_wanted_.exchange(false, std::memory_order_acq_rel));
    transmitter.pump();
  }

  /// For a panic, and for reports.
  using Cell::remove;
  using Cell::report;
  /// The cell by its own type, for the list of cells and for a debugger.
  constexpr const Cell& cell() const { return *this; }

 private:
  static void note_leftovers(Cell& cell) {
    // Release pairs with the acquire in serve_leftovers(): who takes the mark sees that the holder
    // who set it is no longer inside, and does not leave the rest to it.  An exchange and no store,
    // so that a mark which two have set is taken for both: it continues the release sequence.
    static_cast<void>(
        static_cast<LineQueue&>(cell).leftovers_.exchange(true, std::memory_order_release));
  }

  void serve_leftovers() {
    for (;;) {
      // Masked from the mark to the work: a handler that waits for a line needs what was left.
      const Masked masked;
      // Acquire pairs with the release in note_leftovers().
      if (!leftovers_.exchange(false, std::memory_order_acquire)) {
        return;
      }
      Cell::drain();
    }
  }

  Lines& lines_;
  sync::StaticOwned<Line, Atomics> pump_request_;
  typename Atomics::template Atomic<bool> pump_wanted_{false};
  typename Atomics::template Atomic<bool> leftovers_{false};
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_LINE_QUEUE_H_
