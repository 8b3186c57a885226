// What a player of the hammer counts, and how it chooses.
#ifndef BATON_TESTS_TARGET_HAMMER_TALLY_H_
#define BATON_TESTS_TARGET_HAMMER_TALLY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sync/cell_answers.h"

namespace baton::hammer {

enum class Object : std::uint8_t { kTake, kMap, kOptional, kNumeric, kCombining, kPool, kInbox };
inline constexpr std::array<std::string_view, 7> kObjectNames = {
    "take", "map", "optional", "numeric", "combining", "pool", "inbox"};

/// How often an object was used, and how often it was not to be had.
struct Tally {
  std::uint64_t done = 0;
  std::uint64_t busy = 0;   ///< somebody else was inside, or came first
  std::uint64_t empty = 0;  ///< nothing there
  std::uint64_t full = 0;   ///< no room

  void note(sync::Absent absent) { ++(absent == sync::Absent::kEmpty ? empty : busy); }
  void note(sync::Refusal refusal) { ++(refusal == sync::Refusal::kFull ? full : busy); }
};

/// xorshift64 by Marsaglia.
class Random {
 public:
  constexpr explicit Random(std::uint64_t seed) : state_(seed) {}
  /// 0 .. n - 1.
  unsigned pick(std::size_t n) {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return static_cast<unsigned>((state_ >> 11U) % n);
  }

 private:
  std::uint64_t state_;
};

}  // namespace baton::hammer

#endif  // BATON_TESTS_TARGET_HAMMER_TALLY_H_
