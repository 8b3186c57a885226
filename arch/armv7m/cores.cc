#include "arch/cores.h"

#include "arch/armv7m/system_control.h"
#include "arch/mmio.h"

namespace baton::arch {

std::uint32_t core_model() noexcept {
  Mmio io(scs::kBase);
  return scs::CpuIdReg::read(io).raw();
}

std::string_view core_model_name(std::uint32_t cpuid) noexcept {
  constexpr std::uint32_t kArm = 0x41;
  const scs::CpuId id = scs::CpuId::from_raw(cpuid);
  if (id.implementer() != kArm) return "not by Arm";
  switch (id.part()) {
    case 0xc23:
      return "Cortex-M3";
    case 0xc24:
      return "Cortex-M4";
    case 0xc27:
      return "Cortex-M7";
    default:
      return "unknown Arm core";
  }
}

void system_reset() noexcept {
  Mmio io(scs::kBase);
  // What was written before is complete.
  device_barrier();
  scs::ResetControlReg::write(io, scs::ResetControl().with_key().with_reset_request(true));
  device_barrier();
  park();
}

}  // namespace baton::arch
