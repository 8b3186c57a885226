#include "arch/aarch64/esr.h"

#include <cstdint>
#include <string>

#include "base/format.h"
#include "gtest/gtest.h"

namespace baton::arch {
namespace {

std::string words(std::uint64_t esr, std::uint64_t far = 0) {
  FixedText<256> text;
  describe(text, Esr(esr), far);
  return std::string(text.view());
}

constexpr std::uint64_t syndrome(ExceptionClass exception_class, std::uint32_t iss) {
  return static_cast<std::uint64_t>(exception_class) << 26U | 1U << 25U | iss;
}

TEST(EsrTest, NullReadIsATranslationFault) {
  EXPECT_EQ(words(syndrome(ExceptionClass::kDataAbortSame, 0x04), 0x10),
            "read from 0x0000000000000010: translation fault at level 0 (nothing is mapped there)");
}

TEST(EsrTest, WriteToTextIsAPermissionFault) {
  EXPECT_EQ(words(syndrome(ExceptionClass::kDataAbortSame, 0x4f), 0xffffff8000080000),
            "write to 0xffffff8000080000: permission fault at level 3 "
            "(it is mapped, but not for this)");
}

TEST(EsrTest, FetchFromDataNamesTheFetch) {
  EXPECT_EQ(words(syndrome(ExceptionClass::kInstructionAbortSame, 0x0f), 0xffffff8000090000),
            "instruction fetch from 0xffffff8000090000: permission fault at level 3 "
            "(it is mapped, but not for this)");
}

TEST(EsrTest, AlignmentAndExternalAborts) {
  EXPECT_EQ(words(syndrome(ExceptionClass::kDataAbortSame, 0x21), 0x1001),
            "read from 0x0000000000001001: alignment fault (device memory and exclusives want "
            "aligned addresses)");
  EXPECT_EQ(words(syndrome(ExceptionClass::kDataAbortSame, 0x10), 0xfe104000),
            "read from 0x00000000fe104000: external abort (no device or memory answered)");
}

TEST(EsrTest, AddressIsNotMadeUpWhenFnvIsSet) {
  const Esr esr(syndrome(ExceptionClass::kDataAbortSame, 0x410));
  EXPECT_FALSE(esr.has_address());
  EXPECT_EQ(words(esr.raw(), 0xdead),
            "read from an unknown address: external abort (no device or memory answered)");
}

TEST(EsrTest, OtherClassesHaveWords) {
  EXPECT_EQ(words(syndrome(ExceptionClass::kUnknown, 0)), "undefined instruction");
  EXPECT_EQ(words(syndrome(ExceptionClass::kBreakpointInstruction, 0xba7)),
            "BRK instruction 0xba7");
  EXPECT_EQ(words(syndrome(ExceptionClass::kPcAlignment, 0), 0x3),
            "misaligned program counter 0x0000000000000003");
  EXPECT_EQ(words(0x3fULL << 26U), "exception of class 0x3f");
}

// Every syndrome there is gives some words, and never runs past the sink.
TEST(EsrTest, EveryClassAndStatusHasWords) {
  for (std::uint64_t exception_class = 0; exception_class < 64; ++exception_class) {
    for (std::uint64_t status = 0; status < 64; ++status) {
      EXPECT_FALSE(words(exception_class << 26U | status).empty());
    }
  }
}

}  // namespace
}  // namespace baton::arch
