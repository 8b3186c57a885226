// Each way in which a tree can be damaged, one at a time, and what is said about it.
#include "drivers/fdt/check.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "drivers/fdt/testing/blob.h"
#include "drivers/fdt/testing/machines.h"
#include "drivers/fdt/testing/tree_builder.h"
#include "gtest/gtest.h"

namespace baton::drivers::fdt {
namespace {

// Offsets of the header's fields.
constexpr std::size_t kTotalSize = 4;
constexpr std::size_t kStructure = 8;
constexpr std::size_t kStrings = 12;
constexpr std::size_t kReservations = 16;
constexpr std::size_t kVersion = 20;
constexpr std::size_t kOldestReader = 24;
constexpr std::size_t kStringsSize = 32;
constexpr std::size_t kStructureSize = 36;

// Tokens of the structure block.
constexpr std::uint32_t kBegin = 1;
constexpr std::uint32_t kEnd = 2;
constexpr std::uint32_t kProperty = 3;
constexpr std::uint32_t kNop = 4;
constexpr std::uint32_t kFinish = 9;

Blob small_tree() {
  return TreeBuilder({{.base = 0x1000, .size = 0x2000}}).text("model", {"test"}).finish();
}

Finding inspect_tokens(std::vector<std::uint32_t> tokens, std::string_view strings = {}) {
  const Blob blob = assemble(tokens, strings);
  return inspect(blob.bytes());
}

constexpr std::uint32_t kFirstToken = 56;  // where `assemble` puts it without reservations

TEST(Check, SoundTreesPass) {
  EXPECT_EQ(inspect(small_tree().bytes()), Finding{});
  EXPECT_EQ(inspect(raspberry_pi_4().bytes()), Finding{});
  EXPECT_EQ(inspect(raspberry_pi_3().bytes()), Finding{});
  EXPECT_EQ(inspect(load_tree("virt_gic2.dtb").bytes()), Finding{});
  EXPECT_EQ(inspect(load_tree("virt_gic3.dtb").bytes()), Finding{});
  EXPECT_EQ(inspect_tokens({kBegin, 0, kEnd, kFinish}), Finding{});
}

TEST(Check, AWindowMayBeLongerThanItsTree) {
  const Blob tree = small_tree();
  std::vector<std::byte> longer(tree.bytes().begin(), tree.bytes().end());
  longer.resize(longer.size() + 100, std::byte{0xff});
  const Blob window(longer);
  EXPECT_EQ(inspect(window.bytes()), Finding{});
}

TEST(Check, NoHeader) {
  EXPECT_EQ(inspect({}), (Finding{Damage::kNoHeader, 0}));
  const Blob tree = small_tree();
  const Blob start(tree.bytes().first(kHeaderBytes - 1));
  EXPECT_EQ(inspect(start.bytes()), (Finding{Damage::kNoHeader, 0}));
}

TEST(Check, Misaligned) {
  const Blob tree = small_tree();
  std::vector<std::byte> shifted(tree.bytes().size() + 4);
  std::ranges::copy(tree.bytes(), shifted.begin() + 4);
  EXPECT_EQ(inspect(std::span<const std::byte>(shifted).subspan(4)),
            (Finding{Damage::kMisaligned, 0}));
}

struct FieldCase {
  const char* name;
  std::size_t field;
  std::uint32_t value;
  Damage damage;
};

class BadField : public ::testing::TestWithParam<FieldCase> {};

TEST_P(BadField, IsFound) {
  Blob tree = small_tree();
  tree.put_cell(GetParam().field, GetParam().value);
  EXPECT_EQ(inspect(tree.bytes()).damage, GetParam().damage);
}

INSTANTIATE_TEST_SUITE_P(
    Check, BadField,
    ::testing::Values(FieldCase{"Magic", 0, 0xd00dfeee, Damage::kBadMagic},
                      FieldCase{"Atags", 0, 0x05000000, Damage::kBadMagic},
                      FieldCase{"UnfinishedWrite", 0, ~0xd00dfeedU, Damage::kBadMagic},
                      FieldCase{"LongerThanTheWindow", kTotalSize, 0x1000, Damage::kTruncated},
                      FieldCase{"LongerThanAllowed", kTotalSize, kMaxTreeBytes + 1,
                                Damage::kTooLarge},
                      FieldCase{"Endless", kTotalSize, 0xffffffff, Damage::kTooLarge},
                      FieldCase{"ShorterThanItsHeader", kTotalSize, 39, Damage::kBadBlock},
                      FieldCase{"OfNoSize", kTotalSize, 0, Damage::kBadBlock},
                      FieldCase{"Version3", kVersion, 3, Damage::kTooOld},
                      FieldCase{"Version16", kVersion, 16, Damage::kTooOld},
                      FieldCase{"ForNewerReaders", kOldestReader, 18, Damage::kTooNew},
                      FieldCase{"StructureInTheHeader", kStructure, 36, Damage::kBadBlock},
                      FieldCase{"StructureOutside", kStructure, 0x1000, Damage::kBadBlock},
                      FieldCase{"StructureFarOutside", kStructure, 0xfffffff8, Damage::kBadBlock},
                      FieldCase{"StructureMisaligned", kStructure, 62, Damage::kBadBlock},
                      FieldCase{"StructureTooLong", kStructureSize, 0x1000, Damage::kBadBlock},
                      FieldCase{"StructureWraps", kStructureSize, 0xfffffff0, Damage::kBadBlock},
                      FieldCase{"StructureOddLength", kStructureSize, 33, Damage::kBadBlock},
                      FieldCase{"StructureOfNoSize", kStructureSize, 0, Damage::kUnfinished},
                      FieldCase{"StringsOutside", kStrings, 0x1000, Damage::kBadBlock},
                      FieldCase{"StringsTooLong", kStringsSize, 0x1000, Damage::kBadBlock},
                      FieldCase{"StringsWrap", kStringsSize, 0xfffffff0, Damage::kBadBlock},
                      FieldCase{"StringsOfNoSize", kStringsSize, 0, Damage::kBadName},
                      FieldCase{"ReservationsOutside", kReservations, 0x1000, Damage::kBadBlock},
                      FieldCase{"ReservationsInTheHeader", kReservations, 32, Damage::kBadBlock},
                      FieldCase{"ReservationsMisaligned", kReservations, 44, Damage::kBadBlock}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Check, NewerTreesThatStillSuitUsPass) {
  Blob tree = small_tree();
  tree.put_cell(kVersion, 18);
  tree.put_cell(kOldestReader, 17);
  EXPECT_EQ(inspect(tree.bytes()), Finding{});
}

TEST(Check, ReservationsWithoutEnd) {
  Blob tree = TreeBuilder({{.base = 0x1000, .size = 0x2000}}).finish();
  // From the first entry's size on, everything is an entry of some size.
  constexpr std::uint32_t kList = 48;
  for (std::size_t at = kList + 8; at + 4 <= tree.bytes().size(); at += 4) tree.put_cell(at, 1);
  EXPECT_EQ(inspect(tree.bytes()), (Finding{Damage::kBadReservations, kList}));
}

TEST(Check, RootMustComeFirst) {
  EXPECT_EQ(inspect_tokens({kNop, kBegin, 0, kEnd, kFinish}),
            (Finding{Damage::kNoRoot, kFirstToken}));
  EXPECT_EQ(inspect_tokens({kFinish}), (Finding{Damage::kNoRoot, kFirstToken}));
}

TEST(Check, RootHasNoName) {
  EXPECT_EQ(inspect_tokens({kBegin, 0x61000000, kEnd, kFinish}),
            (Finding{Damage::kNoRoot, kFirstToken}));
}

TEST(Check, ThereIsOneRoot) {
  EXPECT_EQ(inspect_tokens({kBegin, 0, kEnd, kBegin, 0, kEnd, kFinish}),
            (Finding{Damage::kNoRoot, kFirstToken + 12}));
}

TEST(Check, UnknownToken) {
  EXPECT_EQ(inspect_tokens({kBegin, 0, 5, kEnd, kFinish}),
            (Finding{Damage::kBadToken, kFirstToken + 8}));
}

TEST(Check, EndOfNoNode) {
  EXPECT_EQ(inspect_tokens({kBegin, 0, kEnd, kEnd, kFinish}),
            (Finding{Damage::kBadToken, kFirstToken + 12}));
}

TEST(Check, PropertyBehindANode) {
  EXPECT_EQ(inspect_tokens({kBegin, 0, kBegin, 0x61000000, kEnd, kProperty, 0, 0, kEnd, kFinish},
                           std::string_view("a\0", 2)),
            (Finding{Damage::kBadToken, kFirstToken + 20}));
}

TEST(Check, PropertyOutsideOfTheRoot) {
  EXPECT_EQ(inspect_tokens({kBegin, 0, kEnd, kProperty, 0, 0, kFinish}, std::string_view("a\0", 2)),
            (Finding{Damage::kBadToken, kFirstToken + 12}));
}

TEST(Check, PropertyPastTheEnd) {
  const std::string_view name("a\0", 2);
  for (const std::uint32_t length : {13U, 0x1000U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
    EXPECT_EQ(inspect_tokens({kBegin, 0, kProperty, length, 0, 0, kEnd, kFinish}, name),
              (Finding{Damage::kBadValue, kFirstToken + 8}))
        << length;
  }
  EXPECT_EQ(inspect_tokens({kBegin, 0, kProperty, 0}, name),
            (Finding{Damage::kBadValue, kFirstToken + 8}));
}

TEST(Check, PropertyNames) {
  const auto with_name_at = [](std::uint32_t offset, std::string_view strings) {
    return inspect_tokens({kBegin, 0, kProperty, 0, offset, kEnd, kFinish}, strings);
  };
  const Finding bad = {Damage::kBadName, kFirstToken + 8};
  const std::string longest(kMaxNameBytes, 'n');
  EXPECT_EQ(with_name_at(0, std::string_view("a\0", 2)), Finding{});
  EXPECT_EQ(with_name_at(2, std::string_view("a\0", 2)), bad);
  EXPECT_EQ(with_name_at(0xffffffff, std::string_view("a\0", 2)), bad);
  EXPECT_EQ(with_name_at(0, "abc"), bad);
  EXPECT_EQ(with_name_at(0, longest + '\0'), Finding{});
  EXPECT_EQ(with_name_at(0, longest + 'n' + '\0'), bad);
}

TEST(Check, NodeNames) {
  TreeBuilder longest;
  longest.begin(std::string(kMaxNameBytes, 'n')).end();
  EXPECT_EQ(inspect(longest.finish().bytes()), Finding{});
  TreeBuilder longer;
  longer.begin(std::string(kMaxNameBytes + 1, 'n')).end();
  EXPECT_EQ(inspect(longer.finish().bytes()).damage, Damage::kBadName);
  EXPECT_EQ(inspect_tokens({kBegin, 0, kBegin, 0x61616161}),
            (Finding{Damage::kBadName, kFirstToken + 8}));
  EXPECT_EQ(inspect_tokens({kBegin, 0, kBegin}), (Finding{Damage::kBadName, kFirstToken + 8}));
}

TEST(Check, Depth) {
  const auto nested = [](std::size_t levels) {
    TreeBuilder tree;
    for (std::size_t i = 1; i < levels; ++i) tree.begin("n");
    for (std::size_t i = 1; i < levels; ++i) tree.end();
    return inspect(tree.finish().bytes()).damage;
  };
  EXPECT_EQ(nested(kMaxDepth), Damage::kNone);
  EXPECT_EQ(nested(kMaxDepth + 1), Damage::kTooDeep);
  EXPECT_EQ(nested(100'000), Damage::kTooDeep);
}

TEST(Check, Unfinished) {
  EXPECT_EQ(inspect_tokens({kBegin, 0}), (Finding{Damage::kUnfinished, kFirstToken + 8}));
  EXPECT_EQ(inspect_tokens({kBegin, 0, kEnd}), (Finding{Damage::kUnfinished, kFirstToken + 12}));
  EXPECT_EQ(inspect_tokens({kBegin, 0, kFinish}), (Finding{Damage::kUnfinished, kFirstToken + 8}));
}

// libfdt is stricter here than the format.
TEST(Check, WhatLibfdtRefusesIsRefused) {
  EXPECT_EQ(inspect_tokens({kBegin, 0, kEnd, kNop, kFinish}).damage, Damage::kRefused);
}

TEST(Check, TwoMegabytesOfAnythingAreCheckedInOnePass) {
  const std::size_t tokens = (kMaxTreeBytes - 4096) / 4;
  std::vector<std::uint32_t> nops(tokens, kNop);
  nops[0] = kBegin;
  nops[1] = 0;
  nops[tokens - 2] = kEnd;
  nops[tokens - 1] = kFinish;
  EXPECT_EQ(inspect_tokens(nops), Finding{});
  // Every property's name in the same long string: looking each up would take hours.
  std::vector<std::uint32_t> properties = {kBegin, 0};
  while (properties.size() + 2 < tokens / 2) {
    properties.insert(properties.end(), {kProperty, 0, 0});
  }
  properties.insert(properties.end(), {kEnd, kFinish});
  EXPECT_EQ(inspect_tokens(properties, std::string(kMaxTreeBytes / 2, 'n') + '\0').damage,
            Damage::kBadName);
}

TEST(Check, EveryDamageHasItsOwnWords) {
  std::vector<std::string_view> seen;
  for (int i = 1; i <= static_cast<int>(Damage::kRefused); ++i) {
    const std::string_view words = explain(static_cast<Damage>(i));
    EXPECT_FALSE(words.empty());
    EXPECT_NE(words, "unknown damage");
    EXPECT_EQ(std::ranges::count(seen, words), 0) << words;
    seen.push_back(words);
  }
  EXPECT_EQ(explain(Damage::kNone), "");
}

TEST(AnnouncedSize, IsReadFromTheFirstTwoCells) {
  const Blob tree = small_tree();
  const Blob start(tree.bytes().first(8));
  EXPECT_EQ(announced_size(start.bytes()), tree.bytes().size());
}

TEST(AnnouncedSize, RefusesWhatCannotBe) {
  Blob start(small_tree().bytes().first(8));
  start.put_cell(kTotalSize, kMaxTreeBytes);
  EXPECT_EQ(announced_size(start.bytes()), kMaxTreeBytes);
  start.put_cell(kTotalSize, kMaxTreeBytes + 1);
  EXPECT_EQ(announced_size(start.bytes()).error(), Error::kUnsupported);
  start.put_cell(kTotalSize, kHeaderBytes - 1);
  EXPECT_EQ(announced_size(start.bytes()).error(), Error::kCorrupt);
  start.put_cell(0, 0x54410001);
  EXPECT_EQ(announced_size(start.bytes()).error(), Error::kNotFound);
  EXPECT_EQ(announced_size(std::span<const std::byte>(start.bytes()).first(7)).error(),
            Error::kInvalidArgument);
}

}  // namespace
}  // namespace baton::drivers::fdt
