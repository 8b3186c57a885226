// From exceptions.S to whoever handles what came.
#include <cstddef>
#include <cstdint>
#include <utility>

#include "arch/armv7m/exception_table.h"
#include "arch/armv7m/system_control.h"
#include "arch/armv7m/trap_frame.h"
#include "arch/cpu.h"
#include "arch/guarded.h"
#include "arch/mmio.h"
#include "arch/trap.h"
#include "arch/upcalls.h"

namespace baton::arch {
namespace {

// An interrupt's end found that the thread is to give way, and PendSV has not come yet.
constinit bool gives_way = false;

// Clears what was told.
constexpr auto kEveryBit = mmio::Plain<>::from_raw(~std::uint32_t{0});

// What there is of a frame that could not be stacked.
constinit StackedFrame lost_frame{};

// The expected faults' table is short and sorted by nothing: a few entries.
bool go_on_elsewhere(StackedFrame& stacked) {
  for (const ExceptionTableEntry* entry = armv7m_exception_table_start;
       entry != armv7m_exception_table_end; ++entry) {
    if (entry->at == stacked.pc) {
      stacked.pc = entry->go_on_at;
      return true;
    }
  }
  return false;
}

bool is_readable(const StackedFrame* stacked) {
  const auto at = reinterpret_cast<std::uintptr_t>(stacked);
  return guarded_read<std::uint32_t>(at).has_value() &&
         guarded_read<std::uint32_t>(at + sizeof(StackedFrame) - sizeof(std::uint32_t)).has_value();
}

FaultStatus read_status(Mmio& io) {
  return {.exception = exception_number(),
          .cfsr = scs::FaultStatusReg::read(io).raw(),
          .hfsr = scs::HardFaultStatusReg::read(io).raw(),
          .mmfar = scs::MemFaultAddressReg::read(io).raw(),
          .bfar = scs::BusFaultAddressReg::read(io).raw()};
}

}  // namespace
}  // namespace baton::arch

extern "C" {

void armv7m_interrupt(baton::arch::StackedFrame* stacked, std::uint32_t exc_return,
                      std::uint32_t frame_pointer);
bool armv7m_pend_sv(baton::arch::StackedFrame* stacked, std::uint32_t exc_return,
                    std::uint32_t frame_pointer);
void armv7m_on_preemption();
void armv7m_fault(baton::arch::StackedFrame* stacked, std::uint32_t exc_return,
                  const std::uint32_t* r4_r11);

void armv7m_interrupt(baton::arch::StackedFrame* stacked, std::uint32_t exc_return,
                      std::uint32_t frame_pointer) {
  namespace scs = baton::arch::scs;
  const baton::arch::TrapFrame frame{.stacked = stacked,
                                     .exc_return = exc_return,
                                     .frame_pointer = frame_pointer,
                                     .fault = nullptr};
  const bool gives_way = baton::arch::on_interrupt(frame);
  if (gives_way) baton::arch::gives_way = true;
  // The handler that an interrupt may come into is PendSV, on its way out: it has looked already.
  if (gives_way || baton::arch::from_handler(frame)) {
    baton::arch::Mmio io(scs::kBase);
    scs::InterruptControlReg::write(io, scs::InterruptControl().with_set_pend_sv(true));
    // Pending before the return: no instruction of the thread comes between.
    baton::arch::device_barrier();
  }
}

bool armv7m_pend_sv(baton::arch::StackedFrame* stacked, std::uint32_t exc_return,
                    std::uint32_t frame_pointer) {
  if (std::exchange(baton::arch::gives_way, false)) return true;
  return baton::arch::on_interrupt({.stacked = stacked,
                                    .exc_return = exc_return,
                                    .frame_pointer = frame_pointer,
                                    .fault = nullptr});
}

void armv7m_on_preemption() { baton::arch::on_preemption(); }

void armv7m_fault(baton::arch::StackedFrame* stacked, std::uint32_t exc_return,
                  const std::uint32_t* r4_r11) {
  namespace arch = baton::arch;
  arch::Mmio io(arch::scs::kBase);
  arch::FaultState state{.r4_r11 = {},
                         .status = arch::read_status(io),
                         .frame_at = reinterpret_cast<std::uintptr_t>(stacked),
                         .frame_lost = false};
  // What is to come may fault, and has its own status then.
  arch::scs::FaultStatusReg::clear(io, arch::kEveryBit);
  arch::scs::HardFaultStatusReg::clear(io, arch::kEveryBit);
  state.frame_lost = state.status.stacking_failed() || !arch::is_readable(stacked);
  if (!state.frame_lost && arch::go_on_elsewhere(*stacked)) return;
  for (std::size_t i = 0; i < state.r4_r11.size(); ++i) state.r4_r11[i] = r4_r11[i];
  constexpr std::size_t kFramePointer = 7 - 4;
  arch::on_fault({.stacked = state.frame_lost ? &arch::lost_frame : stacked,
                  .exc_return = exc_return,
                  .frame_pointer = state.r4_r11[kFramePointer],
                  .fault = &state});
}

}  // extern "C"
