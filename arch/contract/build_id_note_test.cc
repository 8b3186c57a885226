#include "arch/contract/build_id_note.h"

#include <cstring>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace baton::arch::contract {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::uint32_t kBuildId = 3;

void append(Bytes& notes, const void* data, std::size_t bytes) {
  const auto* const begin = static_cast<const std::byte*>(data);
  notes.insert(notes.end(), begin, begin + bytes);
  while (notes.size() % 4 != 0) notes.push_back(std::byte{0xee});
}

Bytes note(const std::string& owner, std::uint32_t type, const std::string& content) {
  const std::uint32_t header[] = {static_cast<std::uint32_t>(owner.size() + 1),
                                  static_cast<std::uint32_t>(content.size()), type};
  Bytes notes;
  append(notes, header, sizeof(header));
  append(notes, owner.c_str(), owner.size() + 1);
  append(notes, content.data(), content.size());
  return notes;
}

std::string found_in(const Bytes& notes) {
  const std::span<const std::byte> id = build_id_in(notes);
  return {reinterpret_cast<const char*>(id.data()), id.size()};
}

Bytes joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

TEST(BuildIdNote, IsFoundAmongOthers) {
  const Bytes mine = note("GNU", kBuildId, "twenty bytes, or five");
  EXPECT_EQ(found_in(mine), "twenty bytes, or five");
  EXPECT_EQ(found_in(joined(note("GNU", 1, "an ABI"), mine)), "twenty bytes, or five");
  EXPECT_EQ(found_in(joined(note("stapsdt", kBuildId, "xyz"), mine)), "twenty bytes, or five");
  EXPECT_EQ(found_in(joined(mine, note("GNU", kBuildId, "second"))), "twenty bytes, or five");
}

TEST(BuildIdNote, IsNotMadeUp) {
  EXPECT_EQ(found_in({}), "");
  EXPECT_EQ(found_in(note("GNU", 1, "an ABI")), "");
  EXPECT_EQ(found_in(note("GNV", kBuildId, "not ours")), "");
}

TEST(BuildIdNote, CutOffAnywhereItIsNotReadPastItsEnd) {
  const Bytes whole = joined(note("stapsdt", 3, "xyz"), note("GNU", kBuildId, "0123"));
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    // On the heap, to its last byte: a sanitizer sees the next.
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(bytes));
    EXPECT_EQ(found_in(cut), "") << bytes;
  }
  Bytes lies = note("GNU", kBuildId, "0123");
  for (const std::size_t at : {std::size_t{0}, std::size_t{4}}) {
    Bytes lying = lies;
    std::memset(&lying[at], 0xff, 4);
    EXPECT_EQ(found_in(lying), "") << at;
  }
}

}  // namespace
}  // namespace baton::arch::contract
