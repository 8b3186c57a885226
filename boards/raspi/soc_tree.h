// What a device tree says of interrupt controllers and UARTs, over the SoC's table.
#ifndef BATON_BOARDS_RASPI_SOC_TREE_H_
#define BATON_BOARDS_RASPI_SOC_TREE_H_

#include "boards/raspi/soc.h"
#include "drivers/fdt/fdt.h"

namespace baton::board {

/// `soc` with everything that `tree` tells put in its place: which interrupt controller there is
/// and where, where the UARTs are and which lines they and the virtual timer raise.  What the tree
/// leaves out, or says in a way that makes no sense, stays as it was.
Soc by_tree(Soc soc, const drivers::fdt::Fdt& tree);

}  // namespace baton::board

#endif  // BATON_BOARDS_RASPI_SOC_TREE_H_
