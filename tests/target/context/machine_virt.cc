// QEMU's `virt` with a GICv2, at the addresses that it has always had.
#include <cstdint>

#include "arch/cpu.h"
#include "arch/memory.h"
#include "base/assert.h"
#include "drivers/intc/gic_v2/gic_v2.h"
#include "tests/target/context/machine.h"

namespace baton::context_test {
namespace {

constexpr arch::PhysAddr kDistributor = 0x0800'0000;
constexpr arch::PhysAddr kCpuInterface = 0x0801'0000;
constexpr std::uint64_t kWindow = 0x1000;
constexpr std::uint32_t kVirtualTimer = 27;

constinit drivers::GicV2 gic(arch::Mmio(arch::kLinearBase + kDistributor),
                             arch::Mmio(arch::kLinearBase + kCpuInterface));
constinit Machine the_machine{
    .interrupts = &gic, .timer = iface::IrqNumber{kVirtualTimer}, .most_cores = arch::kMaxCores};

}  // namespace

Machine& machine() {
  BATON_CHECK(arch::map_device(kDistributor, kWindow));
  BATON_CHECK(arch::map_device(kCpuInterface, kWindow));
  return the_machine;
}

arch::StartMethod start_method(unsigned /*index*/) {
  return {.kind = arch::StartMethod::Kind::kPsciHvc};
}

}  // namespace baton::context_test
