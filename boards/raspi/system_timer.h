// `systimer`: Broadcom's own timer beside the generic one.
#ifndef BATON_BOARDS_RASPI_SYSTEM_TIMER_H_
#define BATON_BOARDS_RASPI_SYSTEM_TIMER_H_

#include <span>

#include "arch/mmio.h"
#include "drivers/iface/interrupt_controller.h"
#include "kernel/shell/command.h"

namespace baton::board {

/// Sets up the timer and its interrupt's handler; the commands that show it.  Boot core, once.
std::span<const kernel::shell::Command> system_timer_commands(arch::Mmio io, iface::IrqNumber irq);

}  // namespace baton::board

#endif  // BATON_BOARDS_RASPI_SYSTEM_TIMER_H_
