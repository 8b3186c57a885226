// From reset.S to the board: priorities, faults, the MPU.
#include <cstdint>

#include "arch/armv7m/mpu.h"
#include "arch/armv7m/priorities.h"
#include "arch/armv7m/system_control.h"
#include "arch/irq.h"
#include "arch/mmio.h"
#include "arch/upcalls.h"

extern "C" [[noreturn]] void armv7m_start();

namespace baton::arch {
namespace {

void set_priority(Mmio& io, std::size_t exception, std::uint8_t priority) {
  scs::SystemPriorityReg::write(io, mmio::Plain<std::uint8_t>::from_raw(priority),
                                exception - scs::kFirstSystemPriority);
}

}  // namespace
}  // namespace baton::arch

// In: privileged thread mode, PRIMASK set, memory as the program expects it.
void armv7m_start() {
  namespace arch = baton::arch;
  namespace scs = baton::arch::scs;
  constexpr std::size_t kMemManage = 4;
  constexpr std::size_t kBusFault = 5;
  constexpr std::size_t kUsageFault = 6;
  constexpr std::size_t kSupervisorCall = 11;
  constexpr std::size_t kPendSv = 14;
  constexpr std::size_t kSysTick = 15;
  arch::Mmio io(scs::kBase);
  for (const std::size_t fault : {kMemManage, kBusFault, kUsageFault}) {
    arch::set_priority(io, fault, 0);
  }
  arch::set_priority(io, kSupervisorCall, BATON_PRIORITY_SUPERVISOR);
  arch::set_priority(io, kSysTick, BATON_PRIORITY_KERNEL);
  arch::set_priority(io, kPendSv, BATON_PRIORITY_LOWEST);
  scs::ConfigurationReg::write(io, scs::ConfigurationReg::read(io)
                                       .with_unaligned_trap(true)
                                       .with_divide_by_zero_trap(true)
                                       .with_stack_alignment(true));
  scs::SystemHandlersReg::write(io, scs::SystemHandlers().with_faults(true));
#ifdef BATON_CORTEX_M_FP
  scs::CoprocessorsReg::write(io, scs::Coprocessors().with_fp(true));
#endif
  asm volatile("dsb\n isb" ::: "memory");
  arch::start_mpu();
  static_cast<void>(arch::LocalIrq::save_and_disable());
  asm volatile("cpsie i" ::: "memory");
  // No loader, no argument.
  arch::boot_main(0);
}
