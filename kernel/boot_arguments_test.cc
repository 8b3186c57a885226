#include "kernel/boot_arguments.h"

#include <set>
#include <string>

#include "base/format.h"
#include "gtest/gtest.h"

namespace baton::kernel {
namespace {

struct Parsed {
  BootOptions options;
  std::string complaints;
};

Parsed parse(std::string_view arguments) {
  FixedText<1024> text;
  Parsed parsed{.options = parse_boot_arguments(arguments, text), .complaints = {}};
  parsed.complaints = text.view();
  return parsed;
}

TEST(BootArgumentsTest, NothingIsFine) {
  EXPECT_EQ(parse("").options.jitter_seed, 0U);
  EXPECT_EQ(parse("   ").complaints, "");
}

TEST(BootArgumentsTest, Jitter) {
  EXPECT_EQ(parse("jitter=42").options.jitter_seed, 42U);
  EXPECT_EQ(parse("  quiet jitter=7  ").options.jitter_seed, 7U);
  EXPECT_EQ(parse("jitter=7").complaints, "");
}

TEST(BootArgumentsTest, Late) {
  EXPECT_EQ(parse("").options.late, 0U);
  EXPECT_EQ(parse("late=8").options.late, 8U);
  EXPECT_EQ(parse("late=0xfE").options.late, 0xfeU);
  EXPECT_EQ(parse("late=4294967294").options.late, 0xfffffffeU);
  EXPECT_EQ(parse("late=0xfE").complaints, "");
  for (const char* bad : {"late", "late=", "late=0x", "late=1", "late=0xf", "late=0xg", "late=-2",
                          "late=4294967296", "late=0x10000000000000002"}) {
    const Parsed parsed = parse(bad);
    EXPECT_EQ(parsed.options.late, 0U) << bad;
    EXPECT_NE(parsed.complaints.find("late=0xc"), std::string::npos) << bad;
  }
}

TEST(BootArgumentsTest, Patience) {
  EXPECT_EQ(parse("").options.patience, Duration::seconds(10));
  EXPECT_EQ(parse("patience=1").options.patience, Duration::milliseconds(1));
  for (const char* bad : {"patience", "patience=0", "patience=x", "patience=3600001"}) {
    const Parsed parsed = parse(bad);
    EXPECT_EQ(parsed.options.patience, Duration::seconds(10)) << bad;
    EXPECT_NE(parsed.complaints.find("patience=500"), std::string::npos) << bad;
  }
}

TEST(BootArgumentsTest, Uart) {
  EXPECT_EQ(parse("").options.uart, "");
  EXPECT_EQ(parse("uart=mini jitter=3").options.uart, "mini");
}

TEST(BootArgumentsTest, BadValuesAreToldAndIgnored) {
  for (const char* bad :
       {"jitter", "jitter=", "jitter=x", "jitter=-1", "jitter=1x", "jitter=99999999999999999999"}) {
    const Parsed parsed = parse(bad);
    EXPECT_EQ(parsed.options.jitter_seed, 0U) << bad;
    EXPECT_NE(parsed.complaints.find("jitter=42"), std::string::npos) << bad;
  }
}

TEST(BootArgumentsTest, UnknownWordsAreTold) {
  EXPECT_NE(parse("turbo=1 jitter=3").complaints.find("'turbo=1' is unknown"), std::string::npos);
  EXPECT_EQ(parse("turbo=1 jitter=3").options.jitter_seed, 3U);
}

TEST(BootArgumentsTest, WordsForOtherKernelsPassInSilence) {
  EXPECT_EQ(parse("console=ttyAMA0,115200 root=/dev/mmcblk0p2 rootwait vc_mem.mem_base=0x3ec00000")
                .complaints,
            "");
}

TEST(JitterTest, NoneWithoutASeedElseSpread) {
  EXPECT_EQ(jitter_us(0, 3, 1), 0U);
  std::set<std::uint64_t> seen;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    for (unsigned core = 0; core < 8; ++core) {
      const std::uint64_t delay = jitter_us(seed, core, 0);
      EXPECT_LT(delay, 20000U);
      EXPECT_EQ(delay, jitter_us(seed, core, 0));
      seen.insert(delay / 2000);
    }
  }
  EXPECT_EQ(seen.size(), 10U) << "every tenth of the range occurs";
}

}  // namespace
}  // namespace baton::kernel
