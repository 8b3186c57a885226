// Lists as boot loaders write them, and lists damaged in every way that a length can be.
#include "drivers/atags/atags.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace baton::drivers::atags {
namespace {

using Words = std::vector<std::uint32_t>;

constexpr std::uint32_t kCore = 0x54410001;
constexpr std::uint32_t kMemory = 0x54410002;
constexpr std::uint32_t kSerial = 0x54410006;
constexpr std::uint32_t kRevision = 0x54410007;
constexpr std::uint32_t kCommandLine = 0x54410009;
constexpr std::uint32_t kInitrd2 = 0x54420005;

// Memory of exactly the length given, so that AddressSanitizer sees a read behind it.
class Window {
 public:
  explicit Window(const Words& words) : Window(std::as_bytes(std::span(words))) {}
  explicit Window(std::span<const std::byte> bytes)
      : size_(bytes.size()), bytes_(std::make_unique<std::byte[]>(bytes.size())) {
    std::ranges::copy(bytes, bytes_.get());
  }
  std::span<std::byte> bytes() const { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<std::byte[]> bytes_;
};

class ListBuilder {
 public:
  ListBuilder() { add(kCore, {0, 0x1000, 0}); }
  ListBuilder& add(std::uint32_t tag, std::initializer_list<std::uint32_t> contents) {
    words_.push_back(static_cast<std::uint32_t>(2 + contents.size()));
    words_.push_back(tag);
    words_.insert(words_.end(), contents);
    return *this;
  }
  ListBuilder& add_text(std::string text) {
    text.resize((text.size() + 4) / 4 * 4);  // at least one zero
    words_.push_back(static_cast<std::uint32_t>(2 + text.size() / 4));
    words_.push_back(kCommandLine);
    const std::size_t at = words_.size();
    words_.resize(at + text.size() / 4);
    std::memcpy(&words_[at], text.data(), text.size());
    return *this;
  }
  const Words& words() const { return words_; }
  Words end() const {
    Words all = words_;
    all.insert(all.end(), {0, 0});
    return all;
  }

 private:
  Words words_;
};

Words full_list() {
  return ListBuilder()
      .add(kMemory, {0x3b400000, 0})
      .add(kMemory, {0x80000000, 0x40000000})
      .add_text("console=ttyAMA0 quiet")
      .add(kSerial, {0x12345678, 0})
      .add(kInitrd2, {0x08000000, 1000})
      .add(kRevision, {0xc03115})
      .end();
}

TEST(Atags, ReadsEveryRecordOfInterest) {
  const Words words = full_list();
  const Window window(words);
  const auto list = Atags::parse(window.bytes());
  ASSERT_TRUE(list);
  ASSERT_EQ(list->memory().size(), 2u);
  EXPECT_EQ(list->memory()[0], (Bank{.base = 0, .size = 0x3b400000}));
  EXPECT_EQ(list->memory()[1], (Bank{.base = 0x40000000, .size = 0x80000000}));
  EXPECT_EQ(list->command_line(), "console=ttyAMA0 quiet");
  EXPECT_EQ(list->initrd(), (Bank{.base = 0x08000000, .size = 1000}));
  EXPECT_EQ(list->revision(), 0xc03115u);
  EXPECT_EQ(list->size_bytes(), words.size() * 4);
  EXPECT_EQ(inspect(window.bytes()), Damage::kNone);
}

// The words that QEMU 10.0's raspi4b leaves at 0x100 when started with -append "root=x".
TEST(Atags, ReadsTheListOfQemu) {
  const Window window(Words{5, 0x54410001, 1, 0x1000, 0, 4, 0x54410002, 0x3c000000, 0, 4,
                            0x54410009, 0x746f6f72, 0x783d, 0, 0, 0, 0, 0});
  const auto list = Atags::parse(window.bytes());
  ASSERT_TRUE(list);
  ASSERT_EQ(list->memory().size(), 1u);
  EXPECT_EQ(list->memory()[0], (Bank{.base = 0, .size = 0x3c000000}));
  EXPECT_EQ(list->command_line(), "root=x");
  EXPECT_FALSE(list->initrd());
  EXPECT_FALSE(list->revision());
  EXPECT_EQ(list->size_bytes(), 15u * 4);
}

TEST(Atags, AShortCoreAndALongEndAreFine) {
  const Window window(Words{2, kCore, 2, 0});
  const auto list = Atags::parse(window.bytes());
  ASSERT_TRUE(list);
  EXPECT_TRUE(list->memory().empty());
  EXPECT_EQ(list->command_line(), "");
  EXPECT_EQ(list->size_bytes(), 16u);
}

TEST(Atags, EmptyBanksAndDisksAreNone) {
  const Window window(ListBuilder().add(kMemory, {0, 0x1000}).add(kInitrd2, {0x1000, 0}).end());
  const auto list = Atags::parse(window.bytes());
  ASSERT_TRUE(list);
  EXPECT_TRUE(list->memory().empty());
  EXPECT_FALSE(list->initrd());
}

TEST(Atags, MemoryUpToFourGigabytes) {
  const Window window(ListBuilder().add(kMemory, {0x1000, 0xfffff000}).end());
  const auto list = Atags::parse(window.bytes());
  ASSERT_TRUE(list);
  EXPECT_EQ(list->memory()[0].end(), std::uint64_t{1} << 32U);
}

TEST(Atags, AnyAlignmentWillDo) {
  const Words words = full_list();
  std::vector<std::byte> shifted(words.size() * 4 + 1);
  std::memcpy(shifted.data() + 1, words.data(), words.size() * 4);
  const auto list = Atags::parse(std::span<const std::byte>(shifted).subspan(1));
  ASSERT_TRUE(list);
  EXPECT_EQ(list->revision(), 0xc03115u);
}

struct BadCase {
  const char* name;
  Words words;
  Damage damage;
  Error error;
};

class BadList : public ::testing::TestWithParam<BadCase> {};

TEST_P(BadList, IsRefusedWithItsReason) {
  const Window window(GetParam().words);
  EXPECT_EQ(inspect(window.bytes()), GetParam().damage);
  const auto list = Atags::parse(window.bytes());
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error(), GetParam().error);
  EXPECT_FALSE(explain(GetParam().damage).empty());
}

Words nine_banks() {
  ListBuilder list;
  for (std::uint32_t i = 0; i <= kMaxBanks; ++i) list.add(kMemory, {0x1000, i * 0x1000});
  return list.end();
}

Words beyond_the_limit() {
  Words words = {2, kCore};
  while (words.size() * 4 < kMaxListBytes) words.insert(words.end(), {2, kSerial});
  words.insert(words.end(), {0, 0});
  return words;
}

INSTANTIATE_TEST_SUITE_P(
    Atags, BadList,
    ::testing::Values(
        BadCase{"Nothing", {}, Damage::kNoCore, Error::kNotFound},
        BadCase{"OneWord", {2}, Damage::kNoCore, Error::kNotFound},
        BadCase{"DeviceTree", {0xedfe0dd0, 0x1000, 0, 0}, Damage::kNoCore, Error::kNotFound},
        BadCase{"NoCoreFirst",
                {4, kMemory, 0x1000, 0, 2, kCore, 0, 0},
                Damage::kNoCore,
                Error::kNotFound},
        BadCase{"OnlyAnEnd", {0, 0}, Damage::kNoCore, Error::kNotFound},
        BadCase{"LengthZero", {5, kCore, 0, 0, 0, 0, kMemory}, Damage::kBadLength, Error::kCorrupt},
        BadCase{"LengthOne", {5, kCore, 0, 0, 0, 1, kMemory}, Damage::kBadLength, Error::kCorrupt},
        BadCase{"CoreOfLengthZero", {0, kCore, 0, 0}, Damage::kBadLength, Error::kCorrupt},
        BadCase{
            "RunsOff", {5, kCore, 0, 0, 0, 5, kMemory, 1, 0}, Damage::kTruncated, Error::kCorrupt},
        BadCase{"HugeLength", {0xffffffff, kCore, 0, 0}, Damage::kTruncated, Error::kCorrupt},
        // Times four this is 8: a multiplication in 32 bits would accept it.
        BadCase{"WrappingLength", {0x40000002, kCore, 0, 0}, Damage::kTruncated, Error::kCorrupt},
        BadCase{"NoEnd", ListBuilder().add(kMemory, {1, 0}).words(), Damage::kTruncated,
                Error::kCorrupt},
        BadCase{"ShortMemory", ListBuilder().add(kMemory, {1}).end(), Damage::kBadLength,
                Error::kCorrupt},
        BadCase{"ShortDisk", ListBuilder().add(kInitrd2, {1}).end(), Damage::kBadLength,
                Error::kCorrupt},
        BadCase{"ShortRevision", ListBuilder().add(kRevision, {}).end(), Damage::kBadLength,
                Error::kCorrupt},
        BadCase{"WrappingMemory", ListBuilder().add(kMemory, {0x2000, 0xfffff000}).end(),
                Damage::kBadBank, Error::kCorrupt},
        BadCase{"WrappingDisk", ListBuilder().add(kInitrd2, {0xfffff000, 0x2000}).end(),
                Damage::kBadBank, Error::kCorrupt},
        BadCase{"TextWithoutEnd", ListBuilder().add(kCommandLine, {0x41414141}).end(),
                Damage::kBadString, Error::kCorrupt},
        BadCase{"TextOfNoLength", ListBuilder().add(kCommandLine, {}).end(), Damage::kBadString,
                Error::kCorrupt},
        BadCase{"TooManyBanks", nine_banks(), Damage::kTooManyBanks, Error::kUnsupported},
        BadCase{"BeyondTheLimit", beyond_the_limit(), Damage::kTruncated, Error::kCorrupt}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Atags, EveryDamageHasItsOwnWords) {
  std::vector<std::string_view> seen;
  for (int i = 1; i <= static_cast<int>(Damage::kBadString); ++i) {
    const std::string_view words = explain(static_cast<Damage>(i));
    EXPECT_FALSE(words.empty());
    EXPECT_NE(words, "unknown damage");
    EXPECT_EQ(std::ranges::count(seen, words), 0) << words;
    seen.push_back(words);
  }
  EXPECT_EQ(explain(Damage::kNone), "");
}

// Whatever the window holds: an answer that is inside of it and makes sense, or a refusal.
void expect_sane(std::span<const std::byte> window) {
  const auto list = Atags::parse(window);
  ASSERT_EQ(list.has_value(), inspect(window) == Damage::kNone);
  if (!list) return;
  EXPECT_GE(list->size_bytes(), 16u);
  EXPECT_LE(list->size_bytes(), window.size());
  for (const Bank& bank : list->memory()) {
    EXPECT_GT(bank.size, 0u);
    EXPECT_LE(bank.end(), std::uint64_t{1} << 32U);
  }
  const std::string_view line = list->command_line();
  EXPECT_EQ(line.find('\0'), line.npos);
  if (line.data() != nullptr) {
    const auto* first = reinterpret_cast<const std::byte*>(line.data());
    EXPECT_GE(first, window.data());
    EXPECT_LT(first + line.size(), window.data() + window.size());
  }
}

TEST(AtagsDamage, TruncatedAtEveryLength) {
  const Words words = full_list();
  const auto bytes = std::as_bytes(std::span(words));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const Window window(bytes.first(length));
    EXPECT_FALSE(Atags::parse(window.bytes())) << length;
  }
}

TEST(AtagsDamage, EveryByteWithEveryValue) {
  const Window window(full_list());
  for (std::byte& byte : window.bytes()) {
    const std::byte saved = byte;
    for (unsigned value = 0; value < 256; ++value) {
      byte = static_cast<std::byte>(value);
      ASSERT_NO_FATAL_FAILURE(expect_sane(window.bytes()));
    }
    byte = saved;
  }
}

TEST(AtagsDamage, RandomMutations) {
  constexpr unsigned kSeed = 20;
  constexpr int kRounds = 200'000;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  const Window original(full_list());
  const Window window(full_list());
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::ranges::copy(original.bytes(), window.bytes().begin());
    const unsigned changes = 1 + random() % 4;
    for (unsigned i = 0; i < changes; ++i) {
      const std::size_t at = random() % (window.bytes().size() / 4) * 4;
      // Mostly the small numbers and tags that a list is made of; pure noise is soon refused.
      const std::uint32_t choices[] = {static_cast<std::uint32_t>(random()),
                                       static_cast<std::uint32_t>(random() % 16),
                                       kMemory,
                                       kCommandLine,
                                       kInitrd2,
                                       0xffffffff};
      const std::uint32_t word = choices[random() % std::size(choices)];
      std::memcpy(window.bytes().data() + at, &word, sizeof word);
    }
    ASSERT_NO_FATAL_FAILURE(expect_sane(window.bytes())) << "round " << round;
    accepted += Atags::parse(window.bytes()) ? 1 : 0;
  }
  // Both outcomes must be common, or the mutations test nothing.
  EXPECT_GT(accepted, kRounds / 20);
  EXPECT_LT(accepted, kRounds * 19 / 20);
}

}  // namespace
}  // namespace baton::drivers::atags
