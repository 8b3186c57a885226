// Model programs of FlightWord: whenever interrupts come, and whoever calls off what, each flight's
// pieces come back once, when its device is through with them.
#include <array>
#include <span>

#include "sync/dma/flight_word.h"
#include "tests/model/atomics.h"
#include "tests/model/dma_flight.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

using Dma = Channel<sync::dma::FlightWord<ModelAtomics>>;

// Whoever gets it starts a flight, and calls it off.
void several_starters(Execution& run) {
  Dma channel;
  std::array<int, 3> flights{};
  const auto start = [&](int& count) {
    if (const auto ticket = channel.start(1)) {
      ++count;
      require(channel.call_off(*ticket), "a flight was gone, and nobody was there");
    }
  };
  run.parallel({thread("A", [&] { start(flights[0]); }), thread("B", [&] { start(flights[1]); }),
                thread("C", [&] { start(flights[2]); })});
  require(flights[0] + flights[1] + flights[2] >= 1, "free, and nobody got it");
  require(!channel.occupied.read(), "lost: a flight did not end");
}

// The interrupt comes to two cores.
void interrupt_twice(Execution& run) {
  Dma channel;
  std::array<int, 2> ended{};
  run.parallel({thread("starter",
                       [&] {
                         static_cast<void>(channel.start(1));
                         channel.run_device();
                       }),
                thread("handler", [&] { ended[0] = channel.handle() ? 1 : 0; }),
                thread("handler elsewhere", [&] { ended[1] = channel.handle() ? 1 : 0; })});
  require(ended[0] + ended[1] + (channel.handle() ? 1 : 0) == 1, "a flight ended twice, or never");
}

// It comes while the starter is at work, on its own core.
void interrupted_starter(Execution& run) {
  Dma channel;
  int ended = 0;
  int called_off = 0;
  run.parallel({thread("starter",
                       [&] {
                         if (const auto ticket = channel.start(1)) {
                           called_off += channel.call_off(*ticket) ? 1 : 0;
                         }
                       }),
                interrupt("irq", 0, [&] { ended += channel.handle() ? 1 : 0; }),
                thread("device", [&] { channel.run_device(); })});
  require(ended + called_off == 1, "a flight ended twice, or never");
}

void late(Execution& run) { late_interrupt<sync::dma::FlightWord<ModelAtomics>>(run); }

constexpr Program kPrograms[] = {
    {"dma: several starters", several_starters},
    {"dma: the interrupt comes twice", interrupt_twice},
    {"dma: interrupted", interrupted_starter},
    {"dma: a late interrupt", late},
};

}  // namespace

std::span<const Program> dma_programs() { return kPrograms; }

}  // namespace baton::model
