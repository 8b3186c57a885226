// The DMA controller: its channels, its interrupt lines, and the commands that try it.
#ifndef BATON_BOARDS_RASPI_DMA_H_
#define BATON_BOARDS_RASPI_DMA_H_

#include <span>

#include "arch/mmio.h"
#include "boards/raspi/soc.h"
#include "kernel/shell/command.h"

namespace baton::board {

/// Sets up the controller, its interrupts masked still; the commands that show it, or none: it does
/// not answer.  Boot core, once.
std::span<const kernel::shell::Command> set_up_dma(arch::Mmio io, const Soc& soc);

}  // namespace baton::board

#endif  // BATON_BOARDS_RASPI_DMA_H_
