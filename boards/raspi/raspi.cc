// Raspberry Pi 3 and 4: one image, the SoC told by the kind of core.
//
// Where the loader passes a device tree (the Pi's firmware does), memory, cores, boot arguments,
// interrupt controller, UARTs and their lines come from it; else memory comes from ATAGs or the
// firmware's mailbox and the rest from the SoC's table.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "arch/cache.h"
#include "arch/cores.h"
#include "arch/memory.h"
#include "arch/semihosting.h"
#include "arch/upcalls.h"
#include "base/assert.h"
#include "boards/common/description.h"
#include "boards/common/device_tree.h"
#include "boards/common/lazy.h"
#include "boards/raspi/dma.h"
#include "boards/raspi/memory.h"
#include "boards/raspi/soc.h"
#include "boards/raspi/soc_tree.h"
#include "boards/raspi/system_timer.h"
#include "boards/raspi/uart.h"
#include "drivers/atags/atags.h"
#include "drivers/fdt/chosen.h"
#include "drivers/firmware/bcm2835_mailbox/bcm2835_mailbox.h"
#include "drivers/intc/bcm2836/bcm2836.h"
#include "drivers/intc/gic_v2/gic_v2.h"
#include "drivers/power/bcm2835_pm/bcm2835_pm.h"
#include "kernel/boot_arguments.h"
#include "kernel/console.h"
#include "kernel/panic.h"
#include "kernel/shell/command.h"
#include "kernel/start.h"

namespace baton::board {
namespace {

// Core n waits on this word.  [Raspberry Pi firmware, armstub8]
constexpr arch::PhysAddr kSpinTable = 0xd8;
constexpr unsigned kCores = 4;

constinit Description description;
constinit kernel::Machine machine;
constinit Lazy<drivers::Bcm2835Mailbox> mailbox;
constinit drivers::Bcm2835Mailbox::Buffer mailbox_buffer;
constinit Lazy<drivers::GicV2> gic;
constinit Lazy<drivers::Bcm2836Interrupts> local_interrupts;
constinit Lazy<drivers::Bcm2835Pm> power;
constinit std::array<char, 256> semihosting_arguments{};

// The uncached alias of memory on the VideoCore's bus.  [BCM2835 1.2.4]
std::uint32_t bus_address(const void* pointer) noexcept {
  constexpr std::uint32_t kUncached = 0xc0000000;
  return kUncached | static_cast<std::uint32_t>(arch::to_physical(pointer));
}

// The board's own, of all its devices.
constinit std::array<kernel::shell::Command, 4> commands{};
constinit std::size_t command_count = 0;

void add_commands(std::span<const kernel::shell::Command> more) {
  BATON_CHECK(more.size() <= commands.size() - command_count);
  std::ranges::copy(more, commands.begin() + command_count);
  command_count += more.size();
}

arch::Mmio must_map(const Soc& soc, arch::PhysAddr offset, std::uint64_t bytes = kWindow) {
  const Result<arch::Mmio> window = arch::map_device(soc.peripherals + offset, bytes);
  if (!window) {
    kernel::panic("device at {:#x}: {}", soc.peripherals + offset, window.error());
  }
  return *window;
}

// Four cores in the firmware's spin table, when no tree tells otherwise.
void describe_usual_cores() {
  for (unsigned i = 0; i < kCores; ++i) {
    // There is room: the table is empty and holds eight.
    static_cast<void>(description.cores.add({.affinity = i,
                                             .start = {.kind = arch::StartMethod::Kind::kSpinTable,
                                                       .release_address = kSpinTable + 8 * i}}));
  }
}

// The words that follow the image's name on an emulator's command line.
std::string_view arguments_by_semihosting() {
  const auto line = arch::semihosting::command_line(semihosting_arguments);
  if (!line) {
    return {};
  }
  std::string_view words = *line;
  const std::size_t end_of_name = words.find(' ');
  words.remove_prefix(end_of_name == std::string_view::npos ? words.size() : end_of_name + 1);
  return words;
}

void set_up_interrupts(const Soc& soc) {
  if (soc.has_gic) {
    const auto distributor = arch::map_device(soc.gic_distributor, kWindow);
    const auto cpu_interface = arch::map_device(soc.gic_cpu_interface, 2 * kWindow);
    if (!distributor || !cpu_interface) {
      kernel::panic("the interrupt controller could not be mapped");
    }
    machine.interrupts = &gic.emplace(*distributor, *cpu_interface);
  } else {
    const auto local = arch::map_device(soc.local_block, kWindow);
    if (!local) {
      kernel::panic("the interrupt controller could not be mapped: {}", local.error());
    }
    const auto behind = arch::map_device(soc.legacy_interrupts, kWindow);
    if (!behind) {
      kernel::panic("the interrupt controller could not be mapped: {}", behind.error());
    }
    machine.interrupts = &local_interrupts.emplace(*local, *behind);
  }
  machine.timer_irq = soc.timer_irq;
}

void describe_without_tree(const std::optional<drivers::atags::Atags>& atags,
                           iface::Firmware& firmware) {
  if (Result<void> done = describe_memory(atags, firmware, description); !done) {
    kernel::panic(
        "memory: {}; the firmware passed neither a device tree nor ATAGs, and its "
        "mailbox does not answer",
        done.error());
  }
  describe_usual_cores();
}

void describe_by_tree(const drivers::fdt::Fdt& tree, std::uint64_t tree_address,
                      iface::Firmware& firmware) {
  if (Result<void> done = describe_memory(tree, tree_address, description); !done) {
    kernel::console::print("the device tree's memory: {}; asking the firmware", done.error());
    description.ram.clear();
    description.reserved.clear();
    describe_without_tree(std::nullopt, firmware);
    return;
  }
  if (Result<void> done = describe_cores(tree, description); !done) {
    // A tree without cores is what an emulator makes; the board has four all the same.
    description.cores.clear();
    describe_usual_cores();
  }
}

[[noreturn]] void boot(std::uint64_t boot_argument) {
  const Soc* usual = soc_of(arch::core_model());
  if (usual == nullptr) {
    // No way to tell anybody: where the UART is depends on the SoC.
    arch::semihosting::exit(3);
    arch::park();
  }
  drivers::Bcm2835Mailbox& firmware = mailbox.emplace(
      must_map(*usual, kMailboxOffset, 0x40), mailbox_buffer,
      drivers::Bcm2835Mailbox::Memory{.bus_address = bus_address,
                                      .clean_and_invalidate = arch::clean_and_invalidate});
  const FoundTree found = find_tree(boot_argument);
  const Soc soc = found.tree ? by_tree(*usual, *found.tree) : *usual;
  std::optional<drivers::atags::Atags> atags;
  if (found.tree) {
    description.boot_arguments = drivers::fdt::bootargs(*found.tree).value_or(std::string_view());
  } else {
    atags = find_atags(boot_argument);
    description.boot_arguments = atags && !atags->command_line().empty()
                                     ? atags->command_line()
                                     : arguments_by_semihosting();
  }
  FixedText<16> unheard;  // kernel::start() says what is wrong with the arguments
  const kernel::BootOptions options =
      kernel::parse_boot_arguments(description.boot_arguments, unheard);

  const Console console = set_up_console(soc, firmware, found.tree, options.uart);
  machine.serial = console.port;
  machine.serial_irq = console.irq;
  if (machine.serial != nullptr) {
    kernel::console::install(*machine.serial);
  }
  if (!console.complaint.empty()) {
    kernel::console::print("{}", console.complaint);
  }
  if (!found.damage.empty()) {
    kernel::console::print("device tree at {:#x} damaged: {}; going on without it", boot_argument,
                           found.damage);
  }
  if (found.tree) {
    describe_by_tree(*found.tree, boot_argument, firmware);
  } else {
    describe_without_tree(atags, firmware);
  }
  if (Result<void> done = adopt(description, machine); !done) {
    kernel::panic("memory could not be mapped: {}", done.error());
  }
  set_up_interrupts(soc);
  const auto identity = firmware.identity();
  machine.name = identity ? identity->model : soc.board;
  machine.firmware = &firmware;
  machine.power = &power.emplace(must_map(soc, kPowerOffset));
  add_commands(system_timer_commands(must_map(soc, kSystemTimerOffset), soc.system_timer_irq));
  add_commands(set_up_dma(must_map(soc, kDmaOffset), soc));
  machine.commands = std::span(commands).first(command_count);
  kernel::start(machine);
}

}  // namespace
}  // namespace baton::board

void baton::arch::boot_main(std::uint64_t boot_argument) { board::boot(boot_argument); }
