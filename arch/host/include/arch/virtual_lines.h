// The virtual machine's interrupt lines and devices' way to raise them, for drivers/virtual.
#ifndef BATON_ARCH_HOST_VIRTUAL_LINES_H_
#define BATON_ARCH_HOST_VIRTUAL_LINES_H_

#include "arch/host/interrupt_lines.h"  // IWYU pragma: export

#endif  // BATON_ARCH_HOST_VIRTUAL_LINES_H_
