#include "drivers/firmware/bcm2835_mailbox/property_message.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"

namespace baton::drivers {
namespace {

constexpr std::uint32_t kDone = 0x80000000;
constexpr std::uint32_t kRefused = 0x80000001;
constexpr std::uint32_t kAnswered = 0x80000000;
constexpr std::size_t kHeaderWords = 2;
constexpr std::size_t kTagHeaderWords = 3;

// One buffer for both directions.
std::size_t value_words(const PropertyTag& tag) {
  return std::max(tag.request.size(), tag.response.size());
}

Result<std::uint32_t> decode_tag(PropertyTag& tag, std::span<const std::uint32_t> words) {
  // A tag that has moved or changed was written over by something else.
  if (words[0] != tag.id) {
    return fail(Error::kCorrupt);
  }
  const std::uint32_t bytes = words[2] & ~kAnswered;
  if ((words[2] & kAnswered) == 0 || (bytes == 0 && tag.least_bytes != 0)) {
    return fail(Error::kUnsupported);
  }
  if (bytes < tag.least_bytes) {
    return fail(Error::kCorrupt);
  }
  for (std::size_t i = 0; i < tag.response.size(); ++i) {
    // What the firmware did not write is still the request: not handed on as an answer.
    tag.response[i] = i * 4 < bytes ? words[kTagHeaderWords + i] : 0;
  }
  return bytes;
}

}  // namespace

Result<std::size_t> encode_properties(std::span<const PropertyTag> tags,
                                      std::span<std::uint32_t> words) noexcept {
  std::size_t total = kHeaderWords + 1;
  for (const PropertyTag& tag : tags) {
    total += kTagHeaderWords + value_words(tag);
  }
  if (total > words.size()) {
    return fail(Error::kFull);
  }
  words[0] = static_cast<std::uint32_t>(total * 4);
  words[1] = 0;
  std::size_t at = kHeaderWords;
  for (const PropertyTag& tag : tags) {
    const std::size_t value = value_words(tag);
    words[at] = tag.id;
    words[at + 1] = static_cast<std::uint32_t>(value * 4);
    words[at + 2] = 0;
    for (std::size_t i = 0; i < value; ++i) {
      words[at + kTagHeaderWords + i] = i < tag.request.size() ? tag.request[i] : 0;
    }
    at += kTagHeaderWords + value;
  }
  words[at] = 0;
  return total;
}

Result<void> decode_properties(std::span<PropertyTag> tags,
                               std::span<const std::uint32_t> words) noexcept {
  std::size_t total = kHeaderWords + 1;
  for (const PropertyTag& tag : tags) {
    total += kTagHeaderWords + value_words(tag);
  }
  if (total > words.size()) {
    return fail(Error::kCorrupt);
  }
  if (words[1] == kRefused) {
    return fail(Error::kIo);
  }
  if (words[1] != kDone) {
    return fail(Error::kCorrupt);
  }
  std::size_t at = kHeaderWords;
  for (PropertyTag& tag : tags) {
    const std::size_t length = kTagHeaderWords + value_words(tag);
    tag.answered = decode_tag(tag, words.subspan(at, length));
    at += length;
  }
  return {};
}

}  // namespace baton::drivers
