// What a Raspberry Pi's revision code says.                                      [RPI-REVISION]
//
// Any context; constexpr; no state.
#ifndef BATON_DRIVERS_FIRMWARE_BCM2835_MAILBOX_BOARD_REVISION_H_
#define BATON_DRIVERS_FIRMWARE_BCM2835_MAILBOX_BOARD_REVISION_H_

#include <cstdint>
#include <string_view>

#include "base/mmio.h"
#include "drivers/iface/firmware.h"

namespace baton::drivers {

/// A revision code.  The fields mean something only if new_style(); codes of the first boards are
/// plain numbers below 0x100.
struct BoardRevision : mmio::Value<BoardRevision> {
  constexpr bool new_style() const { return get<23, 23>() != 0; }
  constexpr std::uint32_t revision() const { return get<3, 0>(); }
  constexpr std::uint32_t type() const { return get<11, 4>(); }
  constexpr std::uint32_t processor() const { return get<15, 12>(); }
  constexpr std::uint32_t memory_code() const { return get<22, 20>(); }
  constexpr std::uint64_t memory_bytes() const {
    return std::uint64_t{256} << (20U + memory_code());
  }
};

/// The code in words; "unknown model", "unknown SoC" and 0 bytes for what it does not tell.
constexpr iface::BoardIdentity identify(BoardRevision code) {
  using std::string_view_literals::operator""sv;
  iface::BoardIdentity board{
      .revision = code.raw(), .model = "unknown model"sv, .soc = "unknown SoC"sv};
  if (!code.new_style()) {
    return board;
  }
  board.memory_bytes = code.memory_bytes();
  constexpr std::string_view kSocs[] = {"BCM2835"sv, "BCM2836"sv, "BCM2837"sv, "BCM2711"sv,
                                        "BCM2712"sv};
  if (code.processor() < 5) {
    board.soc = kSocs[code.processor()];
  }
  struct Model {
    std::uint32_t type;
    std::string_view name;
  };
  constexpr Model kModels[] = {
      {0x00, "Raspberry Pi A"sv},        {0x01, "Raspberry Pi B"sv},
      {0x02, "Raspberry Pi A+"sv},       {0x03, "Raspberry Pi B+"sv},
      {0x04, "Raspberry Pi 2B"sv},       {0x06, "Compute Module 1"sv},
      {0x08, "Raspberry Pi 3B"sv},       {0x09, "Raspberry Pi Zero"sv},
      {0x0a, "Compute Module 3"sv},      {0x0c, "Raspberry Pi Zero W"sv},
      {0x0d, "Raspberry Pi 3B+"sv},      {0x0e, "Raspberry Pi 3A+"sv},
      {0x10, "Compute Module 3+"sv},     {0x11, "Raspberry Pi 4B"sv},
      {0x12, "Raspberry Pi Zero 2 W"sv}, {0x13, "Raspberry Pi 400"sv},
      {0x14, "Compute Module 4"sv},      {0x15, "Compute Module 4S"sv},
      {0x17, "Raspberry Pi 5"sv},        {0x18, "Compute Module 5"sv},
      {0x19, "Raspberry Pi 500"sv},      {0x1a, "Compute Module 5 Lite"sv},
  };
  for (const Model& model : kModels) {
    if (model.type == code.type()) {
      board.model = model.name;
      break;
    }
  }
  return board;
}

static_assert(identify(BoardRevision::from_raw(0xb03115)).model == "Raspberry Pi 4B" &&
              identify(BoardRevision::from_raw(0xb03115)).soc == "BCM2711" &&
              identify(BoardRevision::from_raw(0xb03115)).memory_bytes == 2048ULL << 20U);
static_assert(identify(BoardRevision::from_raw(0xa02082)).model == "Raspberry Pi 3B" &&
              identify(BoardRevision::from_raw(0xa02082)).soc == "BCM2837" &&
              identify(BoardRevision::from_raw(0xa02082)).memory_bytes == 1024ULL << 20U);

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_FIRMWARE_BCM2835_MAILBOX_BOARD_REVISION_H_
