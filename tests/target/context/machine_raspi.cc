// Raspberry Pi 4 and 3, told apart by their cores.
#include <cstdint>

#include "arch/cores.h"
#include "arch/memory.h"
#include "base/assert.h"
#include "drivers/intc/bcm2836/bcm2836.h"
#include "drivers/intc/gic_v2/gic_v2.h"
#include "tests/target/context/machine.h"

namespace baton::context_test {
namespace {

constexpr std::uint64_t kWindow = 0x1000;
constexpr arch::PhysAddr kDistributor = 0xff84'1000;
constexpr arch::PhysAddr kCpuInterface = 0xff84'2000;
constexpr arch::PhysAddr kLocal = 0x4000'0000;
constexpr arch::PhysAddr kBehindPage = 0x3f00'b000;
constexpr std::uint64_t kBehindOffset = 0x200;
constexpr std::uint32_t kGicVirtualTimer = 27;
constexpr std::uint32_t kLocalVirtualTimer = 3;
constexpr arch::PhysAddr kSpinTable = 0xd8;

constinit drivers::GicV2 gic(arch::Mmio(arch::kLinearBase + kDistributor),
                             arch::Mmio(arch::kLinearBase + kCpuInterface));
constinit drivers::Bcm2836Interrupts local(arch::Mmio(arch::kLinearBase + kLocal),
                                           arch::Mmio(arch::kLinearBase + kBehindPage +
                                                      kBehindOffset));
constinit Machine the_machine{
    .interrupts = &gic, .timer = iface::IrqNumber{kGicVirtualTimer}, .most_cores = 4};

}  // namespace

Machine& machine() {
  BATON_CHECK(arch::map(0, kWindow, arch::MemoryKind::kRam));
  if (arch::core_model_name(arch::core_model()) == "Cortex-A53") {
    BATON_CHECK(arch::map_device(kLocal, kWindow));
    BATON_CHECK(arch::map_device(kBehindPage, kWindow));
    the_machine.interrupts = &local;
    the_machine.timer = iface::IrqNumber{kLocalVirtualTimer};
  } else {
    BATON_CHECK(arch::map_device(kDistributor, kWindow));
    BATON_CHECK(arch::map_device(kCpuInterface, kWindow));
  }
  return the_machine;
}

arch::StartMethod start_method(unsigned index) {
  return {.kind = arch::StartMethod::Kind::kSpinTable,
          .release_address = kSpinTable + sizeof(std::uint64_t) * index};
}

}  // namespace baton::context_test
