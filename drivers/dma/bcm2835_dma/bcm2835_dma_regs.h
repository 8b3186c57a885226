// The registers of Broadcom's DMA channels, and the control blocks that they fetch from memory.
//                                                          [BCM2835 4.2.1, BCM2711 4.2.1]
#ifndef BATON_DRIVERS_DMA_BCM2835_DMA_BCM2835_DMA_REGS_H_
#define BATON_DRIVERS_DMA_BCM2835_DMA_BCM2835_DMA_REGS_H_

#include <cstddef>
#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::bcm2835_dma {

inline constexpr std::size_t kChannelStride = 0x100;
inline constexpr std::size_t kChannels = 15;  // the sixteenth lies elsewhere

// CS -- control and status.  END and INT are cleared by writing 1; writing 0 to ACTIVE pauses.
struct Status : mmio::Value<Status> {
  constexpr bool active() const { return get<0, 0>() != 0; }
  constexpr bool end() const { return get<1, 1>() != 0; }
  constexpr bool interrupt() const { return get<2, 2>() != 0; }
  constexpr bool waiting_for_writes() const { return get<6, 6>() != 0; }
  constexpr bool error() const { return get<8, 8>() != 0; }
  constexpr Status with_active(bool on) const { return with<0, 0>(on ? 1 : 0); }
  constexpr Status with_end(bool on) const { return with<1, 1>(on ? 1 : 0); }
  constexpr Status with_interrupt(bool on) const { return with<2, 2>(on ? 1 : 0); }
  constexpr Status with_wait_for_writes(bool on) const { return with<28, 28>(on ? 1 : 0); }
  constexpr Status with_reset(bool on) const { return with<31, 31>(on ? 1 : 0); }
};
using StatusReg = mmio::Rw<Status, 0x00, kChannelStride, kChannels>;

// CONBLK_AD -- bus address of the control block; 0 when there is none left.
using BlockReg = mmio::Rw<mmio::Plain<>, 0x04, kChannelStride, kChannels>;

// DEBUG -- bits 0 to 2 say what went wrong, CS.ERROR that one of them is set; cleared by writing 1.
struct Debug : mmio::Value<Debug> {
  static constexpr Debug errors() { return from_raw(7); }
};
using DebugReg = mmio::W1c<Debug, 0x20, kChannelStride, kChannels>;

// ENABLE -- a bit for each channel.
using EnableReg = mmio::Rw<mmio::Plain<>, 0xff0>;

// TI -- what a control block's transfer is like.
struct Transfer : mmio::Value<Transfer> {
  constexpr Transfer with_interrupt(bool on) const { return with<0, 0>(on ? 1 : 0); }
  constexpr Transfer with_wait_response(bool on) const { return with<3, 3>(on ? 1 : 0); }
  constexpr Transfer with_target_step(bool on) const { return with<4, 4>(on ? 1 : 0); }
  constexpr Transfer with_source_step(bool on) const { return with<8, 8>(on ? 1 : 0); }
};

/// As the engine reads it, at a multiple of its size.
struct Block {
  std::uint32_t transfer;
  std::uint32_t source;
  std::uint32_t target;
  std::uint32_t bytes;
  std::uint32_t stride;
  std::uint32_t next;
  std::uint32_t reserved[2];
};
static_assert(sizeof(Block) == 32);

static_assert(Status().with_reset(true).raw() == 0x80000000U);
static_assert(Status().with_wait_for_writes(true).raw() == 0x10000000U);
static_assert(Status::from_raw(0x107).error() && Status::from_raw(0x107).end());
static_assert(Transfer().with_interrupt(true).with_source_step(true).raw() == 0x101);
static_assert(Transfer().with_wait_response(true).with_target_step(true).raw() == 0x18);
static_assert(BlockReg::at(10) == 0xa04);

}  // namespace baton::drivers::bcm2835_dma

#endif  // BATON_DRIVERS_DMA_BCM2835_DMA_BCM2835_DMA_REGS_H_
