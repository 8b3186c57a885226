#include "boards/raspi/soc.h"

#include "drivers/intc/bcm2836/bcm2836.h"

namespace baton::board {
namespace {

using drivers::Bcm2836Interrupts;

constexpr iface::IrqNumber irq(std::uint32_t number) {
  return static_cast<iface::IrqNumber>(number);
}
constexpr iface::IrqNumber gpu_irq(std::uint32_t number) {
  return irq(Bcm2836Interrupts::kGpuBase + number);
}

constexpr Soc kBcm2711{
    .board = "Raspberry Pi 4",
    .peripherals = 0xfe000000,
    .gpio = drivers::Bcm2835Gpio::Variant::kBcm2711,
    .has_gic = true,
    .gic_distributor = 0xff841000,
    .gic_cpu_interface = 0xff842000,
    .local_block = 0,
    .legacy_interrupts = 0,
    .pl011 = 0xfe201000,
    .aux = 0xfe215000,
    .timer_irq = irq(27),
    .pl011_irq = irq(153),
    .aux_irq = irq(125),
    .system_timer_irq = irq(97),
    .dma_irqs = {irq(112), irq(113), irq(114), irq(115), irq(116), irq(117), irq(118), irq(119),
                 irq(119), irq(120), irq(120)},
    .dma_channels = 0x7f5,
};

constexpr Soc kBcm2837{
    .board = "Raspberry Pi 3",
    .peripherals = 0x3f000000,
    .gpio = drivers::Bcm2835Gpio::Variant::kBcm2835,
    .has_gic = false,
    .gic_distributor = 0,
    .gic_cpu_interface = 0,
    .local_block = 0x40000000,
    .legacy_interrupts = 0x3f00b200,
    .pl011 = 0x3f201000,
    .aux = 0x3f215000,
    .timer_irq = irq(3),
    .pl011_irq = gpu_irq(57),
    .aux_irq = gpu_irq(29),
    .system_timer_irq = gpu_irq(1),
    .dma_irqs = {gpu_irq(16), gpu_irq(17), gpu_irq(18), gpu_irq(19), gpu_irq(20), gpu_irq(21),
                 gpu_irq(22), gpu_irq(23), gpu_irq(24), gpu_irq(25), gpu_irq(26)},
    .dma_channels = 0x735,
};

// [ARMv8-A D13.2.100] Implementer and part number of MIDR_EL1.
constexpr std::uint32_t kModelMask = 0xff00fff0;
constexpr std::uint32_t kCortexA53 = 0x4100d030;
constexpr std::uint32_t kCortexA72 = 0x4100d080;

}  // namespace

const Soc* soc_of(std::uint32_t core_model) {
  switch (core_model & kModelMask) {
    case kCortexA72:
      return &kBcm2711;
    case kCortexA53:
      return &kBcm2837;
    default:
      return nullptr;
  }
}

}  // namespace baton::board
