// Messages of the firmware's property channel: one or more tags, each a question whose answer comes
// back in its place.                                                     [RPI-MAILBOX property
// interface]
//
//   word 0  bytes of all         per tag  word 0  tag
//   word 1  0; comes back as              word 1  bytes of the value buffer
//           0x80000000 (done)             word 2  0; comes back as 0x80000000 | bytes of the answer
//   tags, then a word 0                   value buffer: the request, overwritten by the answer
//
// A firmware that does not know a tag says "done" all the same, and leaves that tag's word 2 alone
// or answers nothing: so each tag is looked at by itself.
//
// Any context; no state; the words are the caller's.
#ifndef BATON_DRIVERS_FIRMWARE_BCM2835_MAILBOX_PROPERTY_MESSAGE_H_
#define BATON_DRIVERS_FIRMWARE_BCM2835_MAILBOX_PROPERTY_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"

namespace baton::drivers {

/// One tag of a message, with what goes in and where the answer goes.
struct PropertyTag {
  std::uint32_t id = 0;
  std::span<const std::uint32_t> request;  ///< may be empty
  std::span<std::uint32_t> response;       ///< as many words as are wanted; may be empty
  /// An answer shorter than this is damaged.
  std::uint32_t least_bytes = 0;
  /// After the exchange: bytes that the firmware answered (more than `response` holds means that it
  /// had more to say), or kUnsupported: it does not know the tag; kCorrupt: less than
  /// `least_bytes`, or not where it belongs; kEmpty: nothing was asked yet.
  Result<std::uint32_t> answered{fail(Error::kEmpty)};
};

/// Writes a message of `tags` into `words`.  Its length in words; kFull: it does not fit.
Result<std::size_t> encode_properties(std::span<const PropertyTag> tags,
                                      std::span<std::uint32_t> words) noexcept;

/// Reads the answers to a message that encode_properties() wrote from the same `tags`.  Sets every
/// tag's `answered`, and `response` where there is an answer.  kIo: the firmware refused the
/// message; kCorrupt: the words are no answer; then no tag is touched.
Result<void> decode_properties(std::span<PropertyTag> tags,
                               std::span<const std::uint32_t> words) noexcept;

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_FIRMWARE_BCM2835_MAILBOX_PROPERTY_MESSAGE_H_
