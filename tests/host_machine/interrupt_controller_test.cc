// The machine's controller through drivers/iface: what it answers to whom.
#include "drivers/virtual/interrupt_controller.h"

#include <gtest/gtest.h>

#include <vector>

#include "arch/cpu.h"
#include "arch/host/machine.h"
#include "tests/host_machine/upcalls.h"

namespace baton::host_test {
namespace {

using iface::Claim;
using iface::IrqNumber;

constexpr IrqNumber kDevice{arch::host::kFirstDevice + 3};

TEST(InterruptController, AnswersAsItsInterfaceSays) {
  drivers::VirtualInterruptController controller(2);
  EXPECT_EQ(controller.irq_count(), 32U);
  const arch::host::Outcome outcome = arch::host::run(
      {.cores = 2}, {[&] {
        ASSERT_TRUE(controller.init());
        EXPECT_EQ(controller.enable(drivers::kVirtualTimerIrq, 0).error(), Error::kNotFound);
        ASSERT_TRUE(controller.init_core());
        EXPECT_TRUE(controller.enable(drivers::kVirtualTimerIrq, 0));
        EXPECT_TRUE(controller.enable(kDevice, 0));
        EXPECT_EQ(controller.enable(drivers::kVirtualTimerIrq, 1).error(), Error::kInvalidArgument);
        EXPECT_EQ(controller.enable(kDevice, 1).error(), Error::kNotFound);
        EXPECT_EQ(controller.enable(kDevice, 2).error(), Error::kOutOfRange);
        EXPECT_EQ(controller.enable(IrqNumber{32}, 0).error(), Error::kOutOfRange);
        EXPECT_EQ(controller.enable(IrqNumber{7}, 0).error(), Error::kInvalidArgument);
        EXPECT_EQ(controller.disable(IrqNumber{32}).error(), Error::kOutOfRange);
        EXPECT_EQ(controller.disable(IrqNumber{12}).error(), Error::kInvalidArgument);
        EXPECT_TRUE(controller.disable(kDevice));
        EXPECT_EQ(controller.claim().kind, Claim::Kind::kNone);
        controller.complete({});
      }});
  EXPECT_TRUE(outcome.well()) << outcome.report;
}

TEST(InterruptController, ClaimsInOrderOfUrgency) {
  drivers::VirtualInterruptController controller(1);
  std::vector<Claim> claims;
  const arch::host::Outcome outcome =
      arch::host::run({.cores = 1, .seed = 4}, {[&] {
                        ASSERT_TRUE(controller.init());
                        ASSERT_TRUE(controller.init_core());
                        ASSERT_TRUE(controller.enable(kDevice, 0));
                        arch::host::lines().set_priority(arch::host::kFirstDevice + 3, 0x10);
                        controller.send_ipi(1, 5);
                        controller.send_ipi(1, 2);
                        // To itself and to a core that is not there.
                        controller.send_ipi(3, 2);
                        EXPECT_TRUE(controller.raise(kDevice));
                        // Until all of them have arrived.
                        for (unsigned i = 0; i < 20'000; ++i) {
                          arch::relax();
                        }
                        for (;;) {
                          const Claim claim = controller.claim();
                          if (claim.kind == Claim::Kind::kNone) {
                            break;
                          }
                          claims.push_back(claim);
                          // Nothing else while it is active: all others are no more urgent.
                          EXPECT_EQ(controller.claim().kind, Claim::Kind::kNone);
                          controller.complete(claim);
                        }
                      }});
  EXPECT_TRUE(outcome.well()) << outcome.report;
  ASSERT_EQ(claims.size(), 3U);
  EXPECT_EQ(claims[0].kind, Claim::Kind::kIrq);
  EXPECT_EQ(claims[0].number, static_cast<std::uint32_t>(kDevice));
  EXPECT_EQ(claims[1].kind, Claim::Kind::kIpi);
  EXPECT_EQ(claims[1].number, 2U);
  EXPECT_EQ(claims[2].number, 5U);
}

}  // namespace
}  // namespace baton::host_test
