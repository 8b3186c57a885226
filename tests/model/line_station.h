// A small console for the model programs of kernel/line_queue.h: lines are numbers, and the port
// takes what waits whenever it is pumped.
#ifndef BATON_TESTS_MODEL_LINE_STATION_H_
#define BATON_TESTS_MODEL_LINE_STATION_H_

#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "kernel/line_queue.h"
#include "sync/batch.h"
#include "sync/cell_answers.h"
#include "sync/owned.h"
#include "sync/static_owned.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"

namespace baton::model {

/// One core of the model.
struct ModelCore {
  using Masked = model::Masked;
  static void relax() { model::relax(); }
};

/// `Environment` and `Policy` are ModelCore and ModelAtomics, or what a planted bug puts in their
/// place.
template <class Environment = ModelCore, class Policy = ModelAtomics, std::size_t kLines = 2>
class Station {
 public:
  explicit Station(unsigned max_extra = 0) : queue_(lines_, max_extra, 0) { current_ = this; }
  ~Station() { current_ = nullptr; }
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;

  void install() { queue_.install(wire_.claim()); }
  bool is_installed() const { return queue_.report().state != sync::CellState::kEmpty; }

  void fill(int number) { ready_[index(number)] = queue_.make(number); }
  void send(int number) {
    (*ready_[index(number)])->text.write(number);
    queue_.submit(std::move(*ready_[index(number)]));
  }
  void print(int number) {
    fill(number);
    send(number);
  }
  void pump() { queue_.pump(); }

  /// Has the next pump send something before all lines, as XON is.
  void signal() {
    // Relaxed, as the console's is: the pump makes the transmitter look.
    signal_.store(1, std::memory_order_relaxed);
    queue_.pump();
  }
  void expect_signal_sent() {
    require(signal_.load(std::memory_order_relaxed) == 0,
            "lost wake-up: a pump was wanted, and nobody looked");
  }

  /// Nothing is on its way any more but what waits for the port.
  void finish(int count) {
    std::optional<sync::Owned<Wire>> wire = queue_.remove();
    require(wire.has_value(), "nobody is inside, and the port's half does not come out");
    (*wire)->pump();
    require((*wire)->sent.read() == count, "stranded: a line is left behind, and nobody has it");
    require(lines_.available() == kLines, "lost: a line did not come home");
    sent = (*wire)->numbers;
    wire_.give_back(std::move(*wire));
  }
  void expect_order(int before, int after) const {
    bool seen = false;
    for (const int number : sent) {
      seen |= number == before;
      require(number != after || seen, "two lines of one writer came out in the wrong order");
    }
  }

  static constexpr std::size_t kMost = 6;
  std::array<int, kMost> sent{};

 private:
  struct Wire;
  struct Line {
    explicit Line(int n) : number(n) {}
    static void run(sync::Owned<Line> self, Wire& wire) {
      if (self->number == 0) {
        current_->queue_.run_pump(std::move(self), wire);
      } else {
        wire.enqueue(std::move(self));
      }
    }
    int number;  // 0: the pump request
    Plain<int> text{0};
    sync::InboxHook<Line, Policy> hook;
  };
  struct Wire {
    void enqueue(sync::Owned<Line> line) {
      const auto at = static_cast<std::size_t>(waiting.read());
      require(at < kLines, "more lines wait than there are");
      queue[at] = std::move(line);
      waiting.write(static_cast<int>(at) + 1);
    }
    void pump() {
      // Relaxed: see signal().
      static_cast<void>(current_->signal_.exchange(0, std::memory_order_relaxed));
      const int count = waiting.read();
      for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        const auto at = static_cast<std::size_t>(sent.read());
        require(at < kMost && queue[i].has_value(), "a line came out twice");
        require((*queue[i])->text.read() == (*queue[i])->number, "a line came out torn");
        numbers[at] = (*queue[i])->number;
        sent.write(static_cast<int>(at) + 1);
        queue[i].reset();
      }
      waiting.write(0);
    }
    Plain<int> waiting{0};
    std::array<std::optional<sync::Owned<Line>>, kLines> queue;
    Plain<int> sent{0};
    std::array<int, kMost> numbers{};
  };
  using Queue = kernel::LineQueue<Wire, Line, &Line::hook, kLines, Environment, Policy>;

  // Programs run one at a time, on one system thread.
  static inline Station* current_ = nullptr;

  static std::size_t index(int number) { return static_cast<std::size_t>(number); }

  typename Queue::Lines lines_;
  std::array<std::optional<sync::Owned<Line>>, kMost> ready_;
  sync::StaticOwned<Wire, Policy> wire_;
  Atomic<int> signal_{0};
  Queue queue_;
};

// The programs, with every bug that can be planted still open.

// Where a handler shall wait there is a line more than a writer below it may be filling, and it is
// on its way already.

/// A handler that waits for a line, whatever the thread below it is doing.
template <class Environment = ModelCore, class Policy = ModelAtomics>
void handler_waits_for_a_line(Execution& run) {
  Station<Environment, Policy, 2> station;
  station.install();
  station.print(1);
  run.parallel({thread("thread",
                       [&] {
                         station.print(2);
                         station.print(3);
                       }),
                interrupt("irq", 0, [&] { station.print(4); })});
  station.finish(4);
  station.expect_order(2, 3);
}

/// A handler that waits for a line while the thread below it pumps.
template <class Environment = ModelCore, class Policy = ModelAtomics>
void handler_interrupts_a_pump(Execution& run) {
  Station<Environment, Policy, 1> station;
  station.install();
  station.print(1);
  run.parallel({thread("thread",
                       [&] {
                         station.pump();
                         station.pump();
                       }),
                interrupt("irq", 0, [&] { station.print(2); })});
  station.finish(2);
}

/// What the thread left behind is the pump that a handler on top of it needs.
template <class Environment = ModelCore, class Policy = ModelAtomics>
void handler_waits_for_leftovers(Execution& run) {
  Station<Environment, Policy, 2> station;
  station.install();
  station.print(1);
  station.fill(2);
  run.parallel({thread("thread", [&] { station.send(2); }),
                interrupt("irq", 0, [&] { station.print(3); }),
                thread("other core", [&] { station.pump(); })});
  station.finish(3);
}

/// A thread that waits for a line while another core pumps, and nobody is below.
template <class Environment = ModelCore, class Policy = ModelAtomics>
void another_core_pumps(Execution& run) {
  Station<Environment, Policy, 1> station;
  station.install();
  station.print(1);
  run.parallel(
      {thread("writer", [&] { station.print(2); }), thread("other core", [&] { station.pump(); })});
  station.finish(2);
}

/// Lines from before the port was there, and a handler that comes while it is being installed.
template <class Environment = ModelCore, class Policy = ModelAtomics>
void handler_during_install(Execution& run) {
  Station<Environment, Policy, 1> station;
  station.print(1);
  bool printed = false;
  run.parallel({thread("thread", [&] { station.install(); }), interrupt("irq", 0, [&] {
                  // Before, all lines would wait for the thread below.
                  if (!station.is_installed()) return;
                  station.print(2);
                  printed = true;
                })});
  station.finish(printed ? 2 : 1);
}

template <class Environment = ModelCore, class Policy = ModelAtomics>
void leftovers_of_two_cores(Execution& run) {
  Station<Environment, Policy, 2> station;
  station.install();
  run.parallel({thread("A", [&] { station.print(1); }), thread("B", [&] { station.print(2); })});
  station.finish(2);
}

/// Two holders in a row leave work behind, and the marks of both are one.
template <class Environment = ModelCore, class Policy = ModelAtomics>
void two_marks(Execution& run) {
  Station<Environment, Policy, 3> station;
  station.print(1);
  station.print(2);
  station.fill(3);
  run.parallel({thread("installer", [&] { station.install(); }),  // serves one, leaves one
                thread("writer", [&] { station.send(3); })});
  station.finish(3);
  station.expect_order(1, 2);
}

/// A signal set while somebody else's pump is on its way.
template <class Environment = ModelCore, class Policy = ModelAtomics>
void signal_during_a_pump(Execution& run) {
  Station<Environment, Policy, 1> station(2);
  station.install();
  run.parallel({thread("signaller", [&] { station.signal(); }),
                thread("other core", [&] { station.pump(); })});
  station.expect_signal_sent();
  station.finish(0);
}

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_LINE_STATION_H_
