#include "arch/cores.h"

#include "arch/cache.h"
#include "arch/guarded.h"

extern "C" void secondary_entry();

namespace baton::arch {
namespace {

// [PSCI 5] Function identifiers, SMC64 where there are two.
constexpr std::uint64_t kSystemOff = 0x84000008;
constexpr std::uint64_t kSystemReset = 0x84000009;
constexpr std::uint64_t kCpuOn = 0xc4000003;

// [SMCCC 2.6] Arguments in x0-x3, result in x0; x1-x17 may change.
std::int64_t psci_call(StartMethod::Kind conduit, std::uint64_t function, std::uint64_t a = 0,
                       std::uint64_t b = 0, std::uint64_t c = 0) noexcept {
  register std::uint64_t x0 asm("x0") = function;
  register std::uint64_t x1 asm("x1") = a;
  register std::uint64_t x2 asm("x2") = b;
  register std::uint64_t x3 asm("x3") = c;
#define BATON_PSCI_CLOBBERS                                                                   \
  "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", \
      "memory"
  if (conduit == StartMethod::Kind::kPsciSmc) {
    asm volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::BATON_PSCI_CLOBBERS);
  } else {
    asm volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::BATON_PSCI_CLOBBERS);
  }
#undef BATON_PSCI_CLOBBERS
  return static_cast<std::int64_t>(x0);
}

Result<void> release(PhysAddr word, PhysAddr entry) {
  if ((word & 7U) != 0 || !guarded_read<std::uint64_t>(to_virtual(word))) {
    return fail(Error::kFault);
  }
  auto* at = reinterpret_cast<volatile std::uint64_t*>(to_virtual(word));
  *at = entry;
  // The waiting core's caches are off: it must find the word in memory.
  clean_and_invalidate(reinterpret_cast<const void*>(to_virtual(word)), sizeof(entry));
  asm volatile("sev" ::: "memory");
  return {};
}

}  // namespace

Result<void> start_core(unsigned index, std::uint64_t affinity, StartMethod method) {
  if (index >= kMaxCores) {
    return fail(Error::kInvalidArgument);
  }
  for (const CoreLocal& core : aarch64_core_locals) {
    if (core.mpidr == affinity) {
      return fail(Error::kInvalidArgument);
    }
  }
  CoreLocal& core = aarch64_core_locals[index];
  if ((core.mpidr & ~kAffinityMask) == 0 || (affinity & ~kAffinityMask) != 0) {
    return fail(Error::kInvalidArgument);
  }
  if (method.kind == StartMethod::Kind::kNone) {
    return fail(Error::kUnsupported);
  }
  core.mpidr = affinity;
  // The new core reads its block with its caches on; its instructions and tables with them off are
  // read through the walker and from memory that nobody has written since the image was loaded.
  asm volatile("dsb sy" ::: "memory");
  const PhysAddr entry = to_physical(reinterpret_cast<const void*>(&secondary_entry));
  if (method.kind == StartMethod::Kind::kSpinTable) {
    return release(method.release_address, entry);
  }
  if (psci_call(method.kind, kCpuOn, affinity, entry, 0) != 0) {
    return fail(Error::kIo);
  }
  return {};
}

std::uint32_t core_model() noexcept {
  std::uint64_t midr = 0;
  asm("mrs %0, midr_el1" : "=r"(midr));
  return static_cast<std::uint32_t>(midr);
}

std::string_view core_model_name(std::uint32_t midr) noexcept {
  constexpr std::uint32_t kArm = 0x41;
  if ((midr >> 24U) != kArm) {
    return (midr >> 24U) == 0 ? "software model" : "not by Arm";
  }
  switch ((midr >> 4U) & 0xfffU) {
    case 0xd03:
      return "Cortex-A53";
    case 0xd04:
      return "Cortex-A35";
    case 0xd05:
      return "Cortex-A55";
    case 0xd07:
      return "Cortex-A57";
    case 0xd08:
      return "Cortex-A72";
    case 0xd0b:
      return "Cortex-A76";
    case 0xd0c:
      return "Neoverse-N1";
    default:
      return "unknown Arm core";
  }
}

void psci_system_off(StartMethod::Kind conduit) noexcept { psci_call(conduit, kSystemOff); }
void psci_system_reset(StartMethod::Kind conduit) noexcept { psci_call(conduit, kSystemReset); }

}  // namespace baton::arch
