// The processors and how to start them.  [DTSpec 3.8]  Any context; linear in the tree's size.
#ifndef BATON_DRIVERS_FDT_CPUS_H_
#define BATON_DRIVERS_FDT_CPUS_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "drivers/fdt/fdt.h"

namespace baton::drivers::fdt {

/// How a processor is brought to life.
enum class EnableMethod : std::uint8_t {
  kNone,       ///< the tree does not say
  kPsci,       ///< CPU_ON of the firmware, see `psci`
  kSpinTable,  ///< write its entry point to `release_address` and send an event
  kOther,      ///< one that Baton does not know
};

struct Cpu {
  Node node;
  std::uint64_t mpidr = 0;  ///< affinity fields as in MPIDR_EL1, all other bits clear
  EnableMethod method = EnableMethod::kNone;
  std::uint64_t release_address = 0;  ///< physical; only with kSpinTable
  std::string_view compatible;        ///< "arm,cortex-a72"; may be empty
};

/// The usable processors, in the tree's order.
struct Cpus {
  std::span<Cpu> items;     ///< the part of the caller's storage that is in use
  std::size_t found = 0;    ///< usable ones in all; more than `items` when the storage is too small
  std::size_t skipped = 0;  ///< nodes with a missing or damaged "reg", or one that came before
};

/// Every processor whose "status" allows it.  kNotFound: the tree lists none.  kUnsupported,
/// kCorrupt: addresses below /cpus are not of one or two cells.
Result<Cpus> cpus(const Fdt& tree, std::span<Cpu> out);

/// The firmware's power interface.  [PSCI 5.1, 6.1]
struct Psci {
  enum class Conduit : std::uint8_t { kHvc, kSmc };
  Conduit conduit = Conduit::kHvc;
  std::uint32_t cpu_on = 0;  ///< function number of CPU_ON, 64-bit convention where there is one
  bool standard = false;     ///< version 0.2 or later: every function has its standard number
};

/// kNotFound: no PSCI node.  kCorrupt: no such conduit, or an old version without CPU_ON's number.
Result<Psci> psci(const Fdt& tree);

}  // namespace baton::drivers::fdt

#endif  // BATON_DRIVERS_FDT_CPUS_H_
