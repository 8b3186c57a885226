// Trees of whole machines, for tests.
#ifndef BATON_DRIVERS_FDT_TESTING_MACHINES_H_
#define BATON_DRIVERS_FDT_TESTING_MACHINES_H_

#include <string_view>

#include "drivers/fdt/testing/blob.h"

namespace baton::drivers::fdt {

/// A file below drivers/fdt/testdata: "virt_gic2.dtb" and "virt_gic3.dtb" are what QEMU's `virt`
/// makes for itself with four cores and 1 GiB.  Ends the test program when it cannot be read.
Blob load_tree(std::string_view file);

/// A tree in the manner of a Raspberry Pi 4 with 8 GB, as its firmware would leave it.
Blob raspberry_pi_4();

/// A tree in the manner of a Raspberry Pi 3: no GIC, but two chained controllers of its own.
Blob raspberry_pi_3();

}  // namespace baton::drivers::fdt

#endif  // BATON_DRIVERS_FDT_TESTING_MACHINES_H_
