// The registers of the mailboxes between the ARM cores and the VideoCore.   [BCM2711 13,
// RPI-MAILBOX]
//
// Mailbox 0 brings words from the VideoCore, mailbox 1 takes them there.  A word's low four bits
// name a channel, the others are its data.
#ifndef BATON_DRIVERS_FIRMWARE_BCM2835_MAILBOX_BCM2835_MAILBOX_REGS_H_
#define BATON_DRIVERS_FIRMWARE_BCM2835_MAILBOX_BCM2835_MAILBOX_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::bcm2835_mailbox {

/// "Property tags, from ARM to VideoCore".
inline constexpr std::uint32_t kPropertyChannel = 8;

struct Word : mmio::Value<Word> {
  constexpr std::uint32_t channel() const { return get<3, 0>(); }
  constexpr std::uint32_t data() const { return raw() & ~0xfU; }
  static constexpr Word of(std::uint32_t channel, std::uint32_t data) {
    return from_raw((data & ~0xfU) | (channel & 0xfU));
  }
};
struct Status : mmio::Value<Status> {
  constexpr bool empty() const { return get<30, 30>() != 0; }
  constexpr bool full() const { return get<31, 31>() != 0; }
};

using ReadReg = mmio::Ro<Word, 0x00>;
using ReadStatusReg = mmio::Ro<Status, 0x18>;
using WriteReg = mmio::Wo<Word, 0x20>;
using WriteStatusReg = mmio::Ro<Status, 0x38>;

static_assert(Word::of(8, 0xc0080040).raw() == 0xc0080048);
static_assert(Word::from_raw(0xc0080048).channel() == 8 &&
              Word::from_raw(0xc0080048).data() == 0xc0080040);
static_assert(Status::from_raw(0x40000000).empty() && Status::from_raw(0x80000000).full());

}  // namespace baton::drivers::bcm2835_mailbox

#endif  // BATON_DRIVERS_FIRMWARE_BCM2835_MAILBOX_BCM2835_MAILBOX_REGS_H_
