#include "boards/raspi/dma.h"

#include <array>
#include <cstdint>

#include "boards/common/lazy.h"
#include "drivers/dma/bcm2835_dma/bcm2835_dma.h"
#include "drivers/iface/interrupt_controller.h"
#include "kernel/core.h"
#include "kernel/dma/dma_commands.h"
#include "kernel/dma/dma_service.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "sync/dma/window.h"

namespace baton::board {
namespace {

using drivers::Bcm2835Dma;

// The first GiB, by its uncached alias.  [BCM2835 1.2.4]
constexpr sync::dma::Window kWithinReach{
    .physical = 0, .bytes = std::uint64_t{1} << 30U, .bus = 0xc0000000, .unit = 4};

// The channels of a line.
struct Line {
  iface::IrqNumber irq{};
  std::uint32_t channels = 0;
};

[[clang::no_destroy]] constinit Lazy<Bcm2835Dma> storage;
constinit Bcm2835Dma* engine = nullptr;
constinit Lazy<kernel::DmaService> service_storage;
constinit kernel::DmaService* service = nullptr;
constinit std::array<Line, Bcm2835Dma::kChannels> lines{};
constinit unsigned line_count = 0;
constinit bool has_gic = false;

void on_line(void* argument) {
  const Line& line = *static_cast<const Line*>(argument);
  for (unsigned channel = 0; channel < Bcm2835Dma::kChannels; ++channel) {
    if ((line.channels >> channel & 1U) != 0) engine->handle(channel);
  }
}

// With a GIC, one core after the other; without, one core gets them all.
Result<void> let_through(bool on) {
  for (unsigned i = 0; i < line_count; ++i) {
    const iface::IrqNumber irq = lines[i].irq;
    const unsigned core = has_gic ? i % kernel::core_count() : 0;
    Result<void> done =
        on ? kernel::enable_interrupt(irq, core) : kernel::machine().interrupts->disable(irq);
    if (!done && on && core != 0) done = kernel::enable_interrupt(irq, 0);
    if (!done) return done;
  }
  return {};
}

Result<unsigned> use_all() {
  const unsigned before = engine->channels();
  if (const Result<void> used = engine->use(Bcm2835Dma::kAllChannels); !used) {
    return fail(used.error());
  }
  service->add_channels(engine->channels() - before);
  return engine->channels();
}

}  // namespace

std::span<const kernel::shell::Command> set_up_dma(arch::Mmio io, const Soc& soc) {
  engine = &storage.emplace(io, kWithinReach);
  has_gic = soc.has_gic;
  for (unsigned channel = 0; channel < Bcm2835Dma::kChannels; ++channel) {
    const iface::IrqNumber irq = soc.dma_irqs[channel];
    if (line_count == 0 || lines[line_count - 1].irq != irq) lines[line_count++].irq = irq;
    lines[line_count - 1].channels |= 1U << channel;
  }
  for (unsigned i = 0; i < line_count; ++i) {
    if (!kernel::set_interrupt_handler(lines[i].irq, "dma", on_line, &lines[i])) return {};
  }
  if (!engine->use(soc.dma_channels)) return {};
  service = &service_storage.emplace(*engine, engine->channels());
  return kernel::dma_commands({.service = service, .let_through = let_through, .use_all = use_all});
}

}  // namespace baton::board
