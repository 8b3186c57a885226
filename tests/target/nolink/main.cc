// What an image needs beside the ARMv7-M port, each piece of which can be left out.
#include <cstdint>

#include "arch/cpu.h"
#include "arch/upcalls.h"
#include "arch/vectors.h"
#include "base/assert.h"

namespace baton {
namespace {

#ifndef WITHOUT_VECTORS
[[gnu::section(".vectors"), gnu::used]] constinit const arch::VectorTable<32> vectors{};
#endif

}  // namespace

void assertion_failed(const char* /*condition*/, const char* /*file*/, int /*line*/) {
  arch::park();
}

}  // namespace baton

namespace baton::arch {

#ifndef WITHOUT_INTERRUPT_HANDLER
bool on_interrupt(const TrapFrame& /*frame*/) { return false; }
#endif
void on_preemption() {}
#ifndef WITHOUT_FAULT_HANDLER
void on_fault(const TrapFrame& /*frame*/) { park(); }
#endif
#ifndef WITHOUT_BOARD
void boot_main(std::uint64_t /*boot_argument*/) { park(); }
#endif

}  // namespace baton::arch
