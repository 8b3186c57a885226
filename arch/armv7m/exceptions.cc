// From exceptions.S to whoever handles what came.
#include <cstddef>
#include <cstdint>

#include "arch/armv7m/system_control.h"
#include "arch/armv7m/trap_frame.h"
#include "arch/mmio.h"
#include "arch/upcalls.h"
#include "base/assert.h"

extern "C" {

void armv7m_interrupt(const baton::arch::TrapFrame* frame);
void armv7m_fault(baton::arch::TrapFrame* frame);
extern const std::byte armv7m_semihosting_breakpoint[];
extern const std::byte armv7m_semihosting_nobody[];

void armv7m_interrupt(const baton::arch::TrapFrame* frame) {
  const bool preempt = baton::arch::on_interrupt(*frame);
  // There is one thread: nothing on this port switches to another.
  BATON_CHECK(!preempt);
}

void armv7m_fault(baton::arch::TrapFrame* frame) {
  namespace scs = baton::arch::scs;
  if (frame->pc == reinterpret_cast<std::uintptr_t>(armv7m_semihosting_breakpoint)) {
    // The place alone tells: nothing else can go wrong there.
    baton::arch::Mmio io(scs::kBase);
    scs::HardFaultStatusReg::clear(io, scs::HardFaultStatusReg::read(io));
    frame->pc = reinterpret_cast<std::uintptr_t>(armv7m_semihosting_nobody);
    return;
  }
  baton::arch::on_fault(*frame);
}

}  // extern "C"
