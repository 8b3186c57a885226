// `dmatest` and `dmafault`: a DMA engine tried from every core, in order and out of order.  For
// boards that have one.
#ifndef BATON_KERNEL_DMA_DMA_COMMANDS_H_
#define BATON_KERNEL_DMA_DMA_COMMANDS_H_

#include <span>

#include "kernel/dma/dma_service.h"
#include "kernel/shell/command.h"

namespace baton::kernel {

/// What the commands need to know of a board.
struct DmaTestBoard {
  DmaService* service = nullptr;
  /// Lets the engine's interrupts through, or keeps them.  Threads.
  Result<void> (*let_through)(bool on) = nullptr;
  /// Adds the channels that might be the firmware's.  How many there are then.  Threads.
  Result<unsigned> (*use_all)() = nullptr;
};

/// The commands, for Machine::commands.  Boot core, once.
std::span<const shell::Command> dma_commands(const DmaTestBoard& board);

}  // namespace baton::kernel

#endif  // BATON_KERNEL_DMA_DMA_COMMANDS_H_
