// Broadcom's DMA controller, its channels of the kind that BCM2835 and all its successors have:
// 0 to 6 of full size, 7 to 10 "lite" (transfers of less than 64 KiB each, which is of no concern
// to callers).                                             [BCM2835 4, BCM2711 4]
//
// Every channel fetches a list of control blocks from memory.  The driver writes them into buffers
// of its own, which change hands with each job like the job's do.
//
// Which calls may be made where: drivers/iface/dma_engine.h.
#ifndef BATON_DRIVERS_DMA_BCM2835_DMA_BCM2835_DMA_H_
#define BATON_DRIVERS_DMA_BCM2835_DMA_BCM2835_DMA_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "arch/mmio.h"
#include "base/result.h"
#include "drivers/common/dma_channels.h"
#include "sync/dma/buffer.h"
#include "sync/dma/ownership.h"
#include "sync/dma/window.h"
#include "sync/pool.h"

namespace baton::drivers {

class Bcm2835Dma final : public DmaChannels {
 public:
  /// Channels of the kind that it drives.
  static constexpr unsigned kChannels = 11;
  static constexpr std::uint32_t kAllChannels = (1U << kChannels) - 1;
  /// Control blocks of a job.
  static constexpr std::size_t kBlocks = 32;

  /// `io` is the window on channels 0 to 14; `window` what the controller reaches.
  Bcm2835Dma(arch::Mmio io, const sync::dma::Window& window) noexcept : io_(io), window_(window) {}

  /// Enables and resets `channels` (bit n: channel n), and uses them from now on.  The others,
  /// which may be the firmware's, are not touched.  One call at a time; any context.  kTimedOut:
  /// one does not stand still.
  Result<void> use(std::uint32_t channels) noexcept;

  [[nodiscard]] std::string_view name() const noexcept override { return "BCM2835 DMA"; }
  [[nodiscard]] const sync::dma::Window& window() const noexcept override { return window_; }

 private:
  // Blocks, and after them the word of a fill.
  static constexpr std::size_t kBlockBytes = 32;
  static constexpr std::size_t kListBytes = (kBlocks + 1) * kBlockBytes;
  using List = sync::dma::DeviceOwned<sync::dma::Direction::kToDevice, iface::DmaEngine>;

  Result<void> prepare(unsigned channel, const Job& job) noexcept override;
  void start_device(unsigned channel) noexcept override;
  bool silence(unsigned channel) noexcept override;
  Look look(unsigned channel) noexcept override;
  void clear(unsigned channel) noexcept override;
  bool halt(unsigned channel) noexcept override;

  bool reset(unsigned channel) noexcept;

  // What the channel works on: whose turn it is with the list, and the job's length.
  struct Channel {
    std::optional<sync::dma::CpuOwned> idle;
    std::optional<List> flying;
    std::size_t bytes = 0;
  };

  arch::Mmio io_;
  sync::dma::Window window_;
  sync::Pool<sync::dma::BufferOf<kListBytes>, kChannels> lists_;
  std::array<Channel, kChannels> at_{};
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_DMA_BCM2835_DMA_BCM2835_DMA_H_
