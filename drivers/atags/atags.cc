#include "drivers/atags/atags.h"

#include <algorithm>

namespace baton::drivers::atags {
namespace {

constexpr std::size_t kWordBytes = 4;
constexpr std::size_t kHeaderBytes = 2 * kWordBytes;
constexpr std::uint64_t kAddressLimit = std::uint64_t{1} << 32U;

// [ATAGS appendix A]
constexpr std::uint32_t kNone = 0;
constexpr std::uint32_t kCore = 0x54410001;
constexpr std::uint32_t kMemory = 0x54410002;
constexpr std::uint32_t kRevision = 0x54410007;
constexpr std::uint32_t kCommandLine = 0x54410009;
constexpr std::uint32_t kInitrd2 = 0x54420005;

// The word at `index`, which is inside of `bytes`.
std::uint32_t word(std::span<const std::byte> bytes, std::size_t index) {
  std::uint32_t value = 0;
  for (std::size_t i = kWordBytes; i-- > 0;) {
    value = (value << 8U) | std::to_integer<std::uint32_t>(bytes[index * kWordBytes + i]);
  }
  return value;
}

}  // namespace

std::string_view explain(Damage damage) {
  switch (damage) {
    case Damage::kNone:
      return "";
    case Damage::kNoCore:
      return "the list does not begin with ATAG_CORE";
    case Damage::kBadLength:
      return "a record is too short";
    case Damage::kTruncated:
      return "the list has no end";
    case Damage::kBadBank:
      return "memory beyond 4 GiB";
    case Damage::kTooManyBanks:
      return "more than 8 ranges of memory";
    case Damage::kBadString:
      return "the command line has no end";
  }
  return "unknown damage";
}

Result<Atags> Atags::parse(std::span<const std::byte> window) {
  Atags list;
  switch (list.read(window)) {
    case Damage::kNone:
      return list;
    case Damage::kNoCore:
      return fail(Error::kNotFound);
    case Damage::kTooManyBanks:
      return fail(Error::kUnsupported);
    default:
      return fail(Error::kCorrupt);
  }
}

Damage inspect(std::span<const std::byte> window) { return Atags().read(window); }

Damage Atags::read(std::span<const std::byte> window) {
  const auto list = window.first(std::min(window.size(), kMaxListBytes));
  if (list.size() < kHeaderBytes || word(list, 1) != kCore) return Damage::kNoCore;
  std::size_t at = 0;
  while (list.size() - at >= kHeaderBytes) {
    const auto rest = list.subspan(at);
    const std::size_t words = word(rest, 0);
    const std::uint32_t tag = word(rest, 1);
    if (tag == kNone) {
      size_bytes_ = at + kHeaderBytes;
      return Damage::kNone;
    }
    if (words < kHeaderBytes / kWordBytes) return Damage::kBadLength;
    if (words > rest.size() / kWordBytes) return Damage::kTruncated;
    const Damage damage = take(tag, rest.subspan(kHeaderBytes, words * kWordBytes - kHeaderBytes));
    if (damage != Damage::kNone) return damage;
    at += words * kWordBytes;
  }
  return Damage::kTruncated;
}

// Records with tags not named here are of no interest (screen, serial number, ...).
Damage Atags::take(std::uint32_t tag, std::span<const std::byte> contents) {
  switch (tag) {
    case kMemory:
      return take_bank(contents);
    case kInitrd2:
      return take_initrd(contents);
    case kCommandLine:
      return take_command_line(contents);
    case kRevision:
      if (contents.size() < kWordBytes) return Damage::kBadLength;
      revision_ = word(contents, 0);
      return Damage::kNone;
    default:
      return Damage::kNone;
  }
}

// Size, then start.
Damage Atags::take_bank(std::span<const std::byte> contents) {
  if (contents.size() < 2 * kWordBytes) return Damage::kBadLength;
  const Bank bank = {.base = word(contents, 1), .size = word(contents, 0)};
  if (bank.size == 0) return Damage::kNone;
  if (bank.end() > kAddressLimit) return Damage::kBadBank;
  if (bank_count_ == kMaxBanks) return Damage::kTooManyBanks;
  banks_[bank_count_++] = bank;
  return Damage::kNone;
}

// Start, then size: the other way round.
Damage Atags::take_initrd(std::span<const std::byte> contents) {
  if (contents.size() < 2 * kWordBytes) return Damage::kBadLength;
  const Bank disk = {.base = word(contents, 0), .size = word(contents, 1)};
  if (disk.size == 0) return Damage::kNone;
  if (disk.end() > kAddressLimit) return Damage::kBadBank;
  initrd_ = disk;
  return Damage::kNone;
}

Damage Atags::take_command_line(std::span<const std::byte> contents) {
  const auto end = std::ranges::find(contents, std::byte{0});
  if (end == contents.end()) return Damage::kBadString;
  command_line_ = {reinterpret_cast<const char*>(contents.data()),
                   static_cast<std::size_t>(end - contents.begin())};
  return Damage::kNone;
}

}  // namespace baton::drivers::atags
