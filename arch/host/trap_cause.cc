// Apart from trap.cc, whose users need no on_fault().
#include "arch/cpu.h"
#include "arch/irq.h"
#include "arch/trap.h"
#include "arch/upcalls.h"

namespace baton::arch {

void trap() noexcept {
  LocalIrq::save_and_disable();
  TrapFrame frame = TrapFrame::here(in_interrupt());
  frame.is_trap = true;
  on_fault(frame);
}

}  // namespace baton::arch
