#include "sync/core_local.h"

#include <cstdint>

#include "arch/cpu.h"
#include "arch/irq.h"
#include "gtest/gtest.h"
#include "sync/irqs_off.h"

namespace baton::sync {
namespace {

struct alignas(128) Wide {
  int n = 7;
};

constinit CoreLocal<int> g_counts;

TEST(CoreLocal, EachCoreHasItsOwn) {
  for (unsigned core = 0; core < arch::kMaxCores; ++core) {
    arch::internal::hosted_core = core;
    const IrqsOff irqs_off;
    g_counts.here(irqs_off) += static_cast<int>(core) + 1;
  }
  arch::internal::hosted_core = 0;
  for (unsigned core = 0; core < arch::kMaxCores; ++core) {
    EXPECT_EQ(g_counts.of(core), static_cast<int>(core) + 1);
  }
}

TEST(CoreLocal, NoTwoCoresShareALine) {
  CoreLocal<int> local;
  const auto address = [&](unsigned core) {
    return reinterpret_cast<std::uintptr_t>(&local.of(core));
  };
  EXPECT_GE(address(1) - address(0), 64U);
  CoreLocal<Wide> wide;
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&wide.of(1)) % alignof(Wide), 0U);
  EXPECT_EQ(wide.of(1).n, 7);
}

TEST(IrqsOff, NestsAndPutsBackWhatWas) {
  ASSERT_TRUE(arch::LocalIrq::enabled());
  {
    const IrqsOff outer;
    EXPECT_FALSE(arch::LocalIrq::enabled());
    {
      const IrqsOff inner;
      EXPECT_FALSE(arch::LocalIrq::enabled());
    }
    EXPECT_FALSE(arch::LocalIrq::enabled()) << "the inner one puts back what it found";
  }
  EXPECT_TRUE(arch::LocalIrq::enabled());
}

}  // namespace
}  // namespace baton::sync
