#include "drivers/intc/nvic/nvic.h"

#include <cstdint>

#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "drivers/iface/interrupt_controller.h"
#include "drivers/intc/nvic/fake_nvic.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

constexpr std::uintptr_t kBase = 0xe000e000;
constexpr unsigned kLines = 40;
constexpr std::uint8_t kPriority = 0x60;
using Kind = iface::Claim::Kind;

class NvicTest : public testing::Test {
 protected:
  explicit NvicTest(unsigned priority_bits = 3) : device_(kLines, priority_bits) {
    bus_.attach(kBase, 0x1000, device_);
  }
  void init() { ASSERT_TRUE(nvic_.init().has_value() && nvic_.init_core().has_value()); }

  FakeNvic device_;
  arch::FakeBus bus_;
  Nvic nvic_{arch::Mmio(kBase), kLines, kPriority};
};

class NvicOf2Bits : public NvicTest {
 protected:
  NvicOf2Bits() : NvicTest(2) {}
};
class NvicOf8Bits : public NvicTest {
 protected:
  NvicOf8Bits() : NvicTest(8) {}
};

TEST_F(NvicTest, InitLeavesEverythingOffAndAlike) {
  arch::Mmio(kBase).write<std::uint32_t>(0x104, 0x81);
  device_.make_pending(3);
  ASSERT_TRUE(device_.enabled(32));
  init();
  for (unsigned line = 0; line < kLines; ++line) {
    EXPECT_FALSE(device_.enabled(line)) << line;
    EXPECT_FALSE(device_.pending(line)) << line;
    EXPECT_EQ(device_.priority(line), kPriority) << line;
  }
  EXPECT_EQ(nvic_.priority_bits(), 3U);
  EXPECT_EQ(nvic_.irq_count(), 16U + kLines);
}

TEST_F(NvicOf8Bits, CountsTheBitsThatExist) {
  init();
  EXPECT_EQ(nvic_.priority_bits(), 8U);
}

TEST_F(NvicOf2Bits, RefusesWhatTheBitsCannotSay) {
  const Result<void> done = nvic_.init();
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error(), Error::kUnsupported);
}

TEST_F(NvicTest, EnablesAndDisablesOneLine) {
  init();
  ASSERT_TRUE(nvic_.enable(Nvic::line(33), 0).has_value());
  ASSERT_TRUE(nvic_.enable(Nvic::line(5), 0).has_value());
  EXPECT_TRUE(device_.enabled(33) && device_.enabled(5));
  EXPECT_FALSE(device_.enabled(1) || device_.enabled(32) || device_.enabled(34));
  ASSERT_TRUE(nvic_.disable(Nvic::line(33)).has_value());
  EXPECT_FALSE(device_.enabled(33));
  EXPECT_TRUE(device_.enabled(5));
}

TEST_F(NvicTest, KnowsWhatIsNoLine) {
  init();
  EXPECT_EQ(nvic_.enable(Nvic::line(kLines), 0).error(), Error::kOutOfRange);
  EXPECT_EQ(nvic_.enable(Nvic::line(0), 1).error(), Error::kOutOfRange);
  EXPECT_EQ(nvic_.enable(iface::IrqNumber{14}, 0).error(), Error::kInvalidArgument);
  EXPECT_EQ(nvic_.disable(Nvic::kSysTick).error(), Error::kInvalidArgument);
  EXPECT_TRUE(nvic_.enable(Nvic::kSysTick, 0).has_value());
}

TEST_F(NvicTest, AClaimSaysWhatIsHandledOnce) {
  init();
  for (int i = 0; i < 2; ++i) {
    device_.handle(16 + 7);
    const iface::Claim claim = nvic_.claim();
    EXPECT_EQ(claim.kind, Kind::kIrq);
    EXPECT_EQ(claim.number, static_cast<std::uint32_t>(Nvic::line(7)));
    nvic_.complete(claim);
    EXPECT_EQ(nvic_.claim().kind, Kind::kNone);
  }
}

TEST_F(NvicTest, AnIpiToOneselfComesByPendSv) {
  init();
  nvic_.send_ipi(1, 2);
  nvic_.send_ipi(1, 0);
  nvic_.send_ipi(1, 0);
  EXPECT_TRUE(device_.take_pend_sv());
  device_.handle(14);
  for (const std::uint32_t ipi : {0U, 2U}) {
    const iface::Claim claim = nvic_.claim();
    EXPECT_EQ(claim.kind, Kind::kIpi);
    EXPECT_EQ(claim.number, ipi);
    nvic_.complete(claim);
  }
  EXPECT_EQ(nvic_.claim().kind, Kind::kNone);
  EXPECT_EQ(nvic_.claim().kind, Kind::kNone) << "PendSV for another reason";
}

TEST_F(NvicTest, ThereIsNobodyElseToSendTo) {
  init();
  nvic_.send_ipi(0xfe, 0);
  EXPECT_FALSE(device_.take_pend_sv());
  device_.handle(14);
  EXPECT_EQ(nvic_.claim().kind, Kind::kNone);
}

TEST_F(NvicTest, AnIpiThatWasSentBeforeALineCameIsNotForgotten) {
  init();
  nvic_.send_ipi(1, 0);
  device_.handle(16);
  EXPECT_EQ(nvic_.claim().kind, Kind::kIrq);
  EXPECT_EQ(nvic_.claim().kind, Kind::kIpi);
  EXPECT_EQ(nvic_.claim().kind, Kind::kNone);
}

}  // namespace
}  // namespace baton::drivers
