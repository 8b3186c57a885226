// The machine as its board describes it to the kernel: what there is, and the drivers for it.
//
// The one place where the kernel meets devices, through the interfaces of drivers/iface.  A board
// fills it in once, on the boot core, and hands it to kernel::start(); afterwards it is read only.
#ifndef BATON_KERNEL_MACHINE_H_
#define BATON_KERNEL_MACHINE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "arch/cores.h"
#include "arch/memory.h"
#include "drivers/iface/firmware.h"
#include "drivers/iface/interrupt_controller.h"
#include "drivers/iface/power.h"
#include "drivers/iface/serial_port.h"
#include "kernel/shell/command.h"

namespace baton::kernel {

/// A core: its hardware name and how to bring it in.  Index 0 is the boot core.
struct CoreDescription {
  std::uint64_t affinity = 0;
  arch::StartMethod start;
};

/// RAM, or a part of it that is not the kernel's to use.
struct MemoryRange {
  arch::PhysAddr begin = 0;
  std::uint64_t bytes = 0;
  std::string_view what;  ///< "RAM", "device tree", "firmware"...
};

struct Machine {
  std::string_view name;
  std::string_view described_by;  ///< where the facts come from: "device tree", "ATAGs", ...
  std::string_view boot_arguments;
  std::span<const CoreDescription> cores;
  std::span<const MemoryRange> ram;
  std::span<const MemoryRange> reserved;

  iface::InterruptController* interrupts = nullptr;
  std::optional<iface::IrqNumber> timer_irq;
  iface::SerialPort* serial = nullptr;
  /// None: the port cannot interrupt, and the kernel looks at it a hundred times a second.
  std::optional<iface::IrqNumber> serial_irq;
  /// Of the transmit half, where that has a line of its own.
  std::optional<iface::IrqNumber> serial_tx_irq;
  /// Has the kernel look so often at a port with an interrupt, too: where some interrupts are lost.
  bool serial_loses_interrupts = false;
  iface::PowerControl* power = nullptr;
  iface::Firmware* firmware = nullptr;  ///< may stay null

  /// Commands that only this board has.
  std::span<const shell::Command> commands;
};

/// The machine that was started; valid from kernel::start() on, on every core.  Any context.
const Machine& machine();

/// Null until kernel::start(): for a panic that comes before.
const Machine* machine_if_any();

}  // namespace baton::kernel

#endif  // BATON_KERNEL_MACHINE_H_
