// The two SoCs that one image serves, as tables of facts: what holds where no device tree says
// otherwise.  [BCM2711, BCM2837 peripherals]
#ifndef BATON_BOARDS_RASPI_SOC_H_
#define BATON_BOARDS_RASPI_SOC_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "arch/memory.h"
#include "drivers/gpio/bcm2835_gpio/bcm2835_gpio.h"
#include "drivers/iface/interrupt_controller.h"

namespace baton::board {

struct Soc {
  std::string_view board;  ///< the machine's name, unless the firmware knows better
  arch::PhysAddr peripherals;
  drivers::Bcm2835Gpio::Variant gpio;

  bool has_gic;
  arch::PhysAddr gic_distributor;  ///< with a GIC
  arch::PhysAddr gic_cpu_interface;
  arch::PhysAddr local_block;        ///< without one: the per-core controller,
  arch::PhysAddr legacy_interrupts;  ///< and the one behind it
  arch::PhysAddr pl011;
  arch::PhysAddr aux;

  iface::IrqNumber timer_irq;  ///< the virtual timer's
  iface::IrqNumber pl011_irq;
  iface::IrqNumber aux_irq;
  iface::IrqNumber system_timer_irq;  ///< alarm 1's
  /// Of DMA channels 0 to 10; neighbours may share one.
  std::array<iface::IrqNumber, 11> dma_irqs;
  /// Those that the firmware leaves to the CPU.  As Linux' bcm2711.dtsi, bcm283x.dtsi say.
  std::uint32_t dma_channels;
};

/// The SoC that has this kind of core (MIDR_EL1); null for one that no Raspberry Pi 3 or 4 has.
const Soc* soc_of(std::uint32_t core_model);

// Offsets from `peripherals`, the same on both, and window sizes.
inline constexpr arch::PhysAddr kSystemTimerOffset = 0x003000;
inline constexpr arch::PhysAddr kDmaOffset = 0x007000;
inline constexpr arch::PhysAddr kMailboxOffset = 0x00b880;
inline constexpr arch::PhysAddr kPowerOffset = 0x100000;
inline constexpr arch::PhysAddr kGpioOffset = 0x200000;
inline constexpr std::uint64_t kWindow = 0x1000;

}  // namespace baton::board

#endif  // BATON_BOARDS_RASPI_SOC_H_
