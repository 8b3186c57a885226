#include "arch/armv7m/fault_status.h"

#include <string>

#include "base/format.h"
#include "gtest/gtest.h"

namespace baton::arch {
namespace {

std::string words(const FaultStatus& status) {
  FixedText<256> text;
  describe(text, status);
  return std::string(text.view());
}

TEST(FaultStatus, NamesTheAddressOfWhatTheMpuForbids) {
  EXPECT_EQ(words({.exception = 4, .cfsr = 0x82, .mmfar = 0x2000'0040}),
            "a data access that the MPU forbids, address 0x20000040 (MemManage 4)");
}

TEST(FaultStatus, AnAddressThatIsNotValidIsNotTold) {
  EXPECT_EQ(words({.exception = 4, .cfsr = 0x01, .mmfar = 0x2000'0040}),
            "an instruction fetch that the MPU forbids (MemManage 4)");
}

TEST(FaultStatus, ABusFaultHasItsOwnAddress) {
  EXPECT_EQ(words({.exception = 5, .cfsr = 0x8200, .mmfar = 1, .bfar = 0x9f00'0000}),
            "a bus error on a data access, address 0x9f000000 (BusFault 5)");
}

TEST(FaultStatus, TellsEveryCause) {
  EXPECT_EQ(words({.exception = 3, .cfsr = 0x92, .hfsr = 0x4000'0000, .mmfar = 0x2000'0000}),
            "a data access that the MPU forbids, and the MPU forbade to stack at the begin of an "
            "exception, address 0x20000000 (HardFault 3)");
}

TEST(FaultStatus, UsageFaults) {
  EXPECT_EQ(words({.exception = 6, .cfsr = 1U << 25U}), "a division by zero (UsageFault 6)");
  EXPECT_EQ(words({.exception = 6, .cfsr = 1U << 24U}),
            "an access that is not aligned (UsageFault 6)");
  EXPECT_TRUE(FaultStatus{.cfsr = 1U << 16U}.undefined_instruction());
  EXPECT_FALSE(FaultStatus{.cfsr = 1U << 17U}.undefined_instruction());
}

TEST(FaultStatus, WhatHasNoBitOfItsOwn) {
  EXPECT_EQ(words({.exception = 3, .hfsr = 2}), "a vector that could not be read (HardFault 3)");
  EXPECT_EQ(words({.exception = 3, .hfsr = 0x8000'0000}),
            "a breakpoint to which nobody listens (HardFault 3)");
  EXPECT_EQ(words({.exception = 2}), "an exception that nothing in Baton causes (NMI 2)");
}

TEST(FaultStatus, KnowsWhenTheFrameIsLost) {
  EXPECT_TRUE(FaultStatus{.cfsr = 0x10}.stacking_failed());
  EXPECT_TRUE(FaultStatus{.cfsr = 0x1000}.stacking_failed());
  EXPECT_FALSE(FaultStatus{.cfsr = 0x82}.stacking_failed());
}

}  // namespace
}  // namespace baton::arch
