// QEMU's `virt` machine: everything comes from the device tree that QEMU hands over.
//
// [QEMU docs/system/arm/virt.rst]
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "arch/cores.h"
#include "arch/memory.h"
#include "arch/upcalls.h"
#include "boards/common/description.h"
#include "boards/common/device_tree.h"
#include "boards/common/lazy.h"
#include "boards/common/psci_power.h"
#include "drivers/fdt/address.h"
#include "drivers/fdt/chosen.h"
#include "drivers/fdt/clocks.h"
#include "drivers/fdt/cpus.h"
#include "drivers/fdt/fdt.h"
#include "drivers/fdt/interrupts.h"
#include "drivers/intc/gic_v2/gic_v2.h"
#include "drivers/intc/gic_v3/gic_v3.h"
#include "drivers/uart/pl011/pl011.h"
#include "kernel/console.h"
#include "kernel/panic.h"
#include "kernel/start.h"

namespace baton::board {
namespace {

namespace fdt = drivers::fdt;

// Where the machine has its UART and, for an ELF image, its tree, when nothing tells.
constexpr arch::PhysAddr kUsualUart = 0x09000000;
constexpr arch::PhysAddr kRamBase = 0x40000000;
constexpr std::uint64_t kUartBytes = 0x1000;
constexpr std::uint32_t kUsualUartClockHz = 24'000'000;

constinit Description description;
constinit kernel::Machine machine;
constinit PsciPower power;
constinit Lazy<drivers::Pl011> uart;
constinit Lazy<drivers::GicV2> gic_v2;
constinit Lazy<drivers::GicV3> gic_v3;
constinit std::array<drivers::GicV3::RedistributorRegion, 4> redistributors{};
constinit std::array<std::uint64_t, arch::kMaxCores> affinities{};

template <class T>
T must(std::string_view what, Result<T> result) {
  if (!result) {
    kernel::panic("the device tree's {}: {}; boot with the tree that QEMU makes, or a whole one",
                  what, result.error());
  }
  if constexpr (!std::is_void_v<T>) {
    return *result;
  }
}

void install_uart(arch::PhysAddr at, std::uint32_t clock_hz) {
  const Result<arch::Mmio> window = arch::map_device(at, kUartBytes);
  if (!window) {
    return;  // no console: nobody to tell
  }
  drivers::Pl011& port = uart.emplace(*window, "PL011");
  if (port.init({.clock_hz = clock_hz})) {
    machine.serial = &port;
    kernel::console::install(port);
  }
}

struct Uart {
  fdt::Node node;
  fdt::Range registers;
  std::uint32_t clock_hz = kUsualUartClockHz;
};

// What /chosen names, if it is a PL011, else the first there is.
Result<Uart> find_uart(const fdt::Fdt& tree) {
  Uart found;
  const auto chosen = fdt::stdout_path(tree);
  if (chosen && tree.is_compatible(chosen->node, "arm,pl011")) {
    found.node = chosen->node;
  } else if (const auto first = tree.find_compatible("arm,pl011")) {
    found.node = *first;
  } else {
    return fail(first.error());
  }
  const auto at = fdt::registers(tree, found.node);
  if (!at) {
    return fail(at.error());
  }
  found.registers = *at;
  if (const auto clock = fdt::clock_frequency(tree, found.node)) {
    found.clock_hz = *clock;
  }
  return found;
}

arch::Mmio map_registers(const fdt::Fdt& tree, fdt::Node node, std::size_t index) {
  const fdt::Range at = must("interrupt controller", fdt::registers(tree, node, index));
  return must("interrupt controller", arch::map_device(at.base, at.size));
}

void set_up_gic(const fdt::Fdt& tree) {
  if (const auto v3 = tree.find_compatible("arm,gic-v3")) {
    const std::size_t regions =
        static_cast<std::size_t>(tree.u32(*v3, "#redistributor-regions").value_or(1));
    if (regions > redistributors.size()) {
      kernel::panic("the device tree has {} regions of redistributors; at most {} are known",
                    regions, redistributors.size());
    }
    for (std::size_t i = 0; i < regions; ++i) {
      const fdt::Range at = must("interrupt controller", fdt::registers(tree, *v3, 1 + i));
      const arch::Mmio window = must("interrupt controller", arch::map_device(at.base, at.size));
      redistributors[i] = {.base = window.base(), .bytes = at.size};
    }
    const auto cores = description.cores.all();
    for (std::size_t i = 0; i < cores.size(); ++i) {
      affinities[i] = cores[i].affinity;
    }
    machine.interrupts =
        &gic_v3.emplace(map_registers(tree, *v3, 0), std::span(redistributors).first(regions),
                        std::span(affinities).first(cores.size()));
    return;
  }
  for (const std::string_view name : {"arm,cortex-a15-gic", "arm,gic-400"}) {
    if (const auto v2 = tree.find_compatible(name)) {
      const arch::Mmio distributor = map_registers(tree, *v2, 0);
      machine.interrupts = &gic_v2.emplace(distributor, map_registers(tree, *v2, 1));
      return;
    }
  }
  kernel::panic(
      "the device tree names no interrupt controller that Baton has a driver for "
      "(GICv2, GICv3)");
}

iface::IrqNumber gic_line(std::string_view what, const Result<fdt::Interrupt>& interrupt) {
  return static_cast<iface::IrqNumber>(must(what, fdt::gic_interrupt(must(what, interrupt))).intid);
}

[[noreturn]] void boot(std::uint64_t tree_address) {
  const FoundTree found = find_tree(tree_address);
  if (!found.tree) {
    install_uart(kUsualUart, kUsualUartClockHz);
    kernel::panic("device tree at {:#x} {}{}; boot with the tree that QEMU makes, or a whole one",
                  tree_address, found.damage.empty() ? "not found" : "damaged: ", found.damage);
  }
  const fdt::Fdt& tree = *found.tree;
  const Result<Uart> port = find_uart(tree);
  install_uart(port ? port->registers.base : kUsualUart, port ? port->clock_hz : kUsualUartClockHz);
  must("UART", port);
  must("memory", describe_memory(tree, tree_address, description));
  must("cores", describe_cores(tree, description));
  if (const auto arguments = fdt::bootargs(tree)) {
    description.boot_arguments = *arguments;
  }
  must("memory", adopt(description, machine));
  set_up_gic(tree);
  machine.serial_irq = gic_line("UART interrupt", fdt::interrupt(tree, port->node));
  const fdt::Timer timer = must("timer", fdt::timer(tree));
  if (!timer.virt) {
    kernel::panic("the device tree's timer has no virtual timer interrupt");
  }
  machine.timer_irq = gic_line("timer interrupt", *timer.virt);
  if (const auto psci = fdt::psci(tree); psci && psci->conduit == fdt::Psci::Conduit::kSmc) {
    power.set_conduit(arch::StartMethod::Kind::kPsciSmc);
  }
  machine.power = &power;
  machine.name = "QEMU virt";
  if (description.cores_left_out != 0) {
    kernel::console::print("{} cores more than the {} that Baton runs on are left alone",
                           description.cores_left_out, arch::kMaxCores);
  }
  kernel::start(machine);
}

}  // namespace
}  // namespace baton::board

void baton::arch::boot_main(std::uint64_t boot_argument) {
  // An ELF image is handed no address; QEMU then puts the tree at RAM's start.
  board::boot(boot_argument != 0 ? boot_argument : board::kRamBase);
}
