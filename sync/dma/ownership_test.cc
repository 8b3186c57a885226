// Buffers and chains change hands, with their bytes, their errors and their maintenance; a token
// forgotten, forged or of another flight ends the program; a clean or an invalidate forgotten gives
// wrong data.
#include "sync/dma/ownership.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

#include "arch/memory.h"
#include "gtest/gtest.h"
#include "sync/dma/buffer.h"
#include "sync/dma/chain.h"
#include "sync/dma/window.h"
#include "sync/pool.h"

namespace baton::sync::dma {
namespace {

constexpr Window kAllMemory{.physical = 0, .bytes = std::uint64_t{1} << 48U, .bus = 0, .unit = 4};

/// A device that writes and reads where it was told to, at once.
class Device {
 public:
  explicit Device(Window window = kAllMemory) : window_(window) {}
  const Window& window() const { return window_; }

  std::byte* memory(BusAddress address) const {
    return reinterpret_cast<std::byte*>(address.value() - window_.bus + window_.physical);
  }
  template <class Flying>
  Completed<Device> completed(const Flying& flying, Result<std::size_t> moved) const {
    return {flying.flight(), moved};
  }
  template <class Flying>
  Stopped<Device> stopped(const Flying& flying) const {
    return Stopped<Device>(flying.flight());
  }

 private:
  Window window_;
};

using Small = BufferOf<256>;
using Home = Pool<Small, 4>;
using Reads = DeviceOwned<Direction::kToDevice, Device>;

constexpr std::byte operator""_b(unsigned long long value) { return static_cast<std::byte>(value); }

CpuOwned filled(Home& home, std::byte with) {
  CpuOwned buffer = *home.make();
  std::ranges::fill(buffer.bytes(), with);
  return buffer;
}
bool all(std::span<const std::byte> bytes, std::byte value) {
  return std::ranges::all_of(bytes, [value](std::byte byte) { return byte == value; });
}
template <Direction D, class M = Maintenance>
DeviceOwned<D, Device> hand(const Device& device, CpuOwned buffer, std::size_t bytes) {
  auto handed = std::move(buffer).to_device<D, Device, M>(device, bytes);
  EXPECT_TRUE(handed.has_value());
  return std::move(*handed);
}

TEST(DmaBuffer, FillsWholeLinesAlone) {
  constexpr std::size_t kLine = arch::DataCache::kLine;
  EXPECT_EQ(BufferOf<1>::kCapacity, kLine);
  EXPECT_EQ(BufferOf<kLine + 1>::kCapacity, 2 * kLine);
  Pool<BufferOf<100>, 2> pool;
  CpuOwned one = *pool.make();
  CpuOwned two = *pool.make();
  for (const CpuOwned* buffer : {&one, &two}) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer->bytes().data()) % kLine, 0U);
    EXPECT_EQ(buffer->bytes().size() % kLine, 0U);
  }
}

TEST(DmaWindow, ReachesWhatIsInsideAndNothingElse) {
  constexpr std::uint64_t kGiB = std::uint64_t{1} << 30U;
  constexpr Window kWindow{.physical = 0, .bytes = kGiB, .bus = 0xc0000000, .unit = 4};
  EXPECT_EQ(*kWindow.reach(0, 4), 0xc0000000U);
  EXPECT_EQ(*kWindow.reach(0x80000, 64), 0xc0080000U);
  EXPECT_EQ(*kWindow.reach(kGiB - 64, 64), 0xffffffc0U);
  EXPECT_EQ(*kWindow.reach(0, kGiB), 0xc0000000U);
  EXPECT_EQ(kWindow.reach(kGiB - 64, 68).error(), Error::kOutOfRange);
  EXPECT_EQ(kWindow.reach(kGiB, 4).error(), Error::kOutOfRange);
  EXPECT_EQ(kWindow.reach(0, kGiB + 4).error(), Error::kOutOfRange);
  EXPECT_EQ(kWindow.reach(~std::uint64_t{0} - 3, 8).error(), Error::kOutOfRange);
  EXPECT_EQ(kWindow.reach(0x80000, 0).error(), Error::kInvalidArgument);
  EXPECT_EQ(kWindow.reach(0x80002, 4).error(), Error::kInvalidArgument);
  EXPECT_EQ(kWindow.reach(0x80000, 6).error(), Error::kInvalidArgument);
  constexpr Window kHigh{.physical = 0x4000, .bytes = 0x1000, .bus = 0, .unit = 1};
  EXPECT_EQ(*kHigh.reach(0x4001, 3), 1U);
  EXPECT_EQ(kHigh.reach(0x3fff, 4).error(), Error::kOutOfRange);
}

TEST(DmaOwnership, ToTheDeviceAndBack) {
  Home home;
  const Device device;
  Reads flying = hand<Direction::kToDevice>(device, filled(home, 0x11_b), 128);
  EXPECT_EQ(flying.size(), 128U);
  EXPECT_TRUE(all({device.memory(flying.address()), 128}, 0x11_b));
  EXPECT_EQ(home.available(), 3U);
  {
    auto token = device.completed(flying, 128U);
    Returned back = std::move(flying).complete(std::move(token));
    EXPECT_EQ(*back.moved, 128U);
    EXPECT_TRUE(all(back.buffer.bytes(), 0x11_b));
  }
  EXPECT_EQ(home.available(), 4U);
}

TEST(DmaOwnership, FromTheDevice) {
  Home home;
  const Device device;
  auto flying = hand<Direction::kFromDevice>(device, filled(home, 0x11_b), 64);
  std::memset(device.memory(flying.address()), 0x22, 64);
  auto token = device.completed(flying, 60U);
  Returned back = std::move(flying).complete(std::move(token));
  EXPECT_EQ(*back.moved, 60U);
  EXPECT_TRUE(all(back.buffer.bytes().first(64), 0x22_b));
  EXPECT_TRUE(all(back.buffer.bytes().subspan(64), 0x11_b)) << "what was not given stays";
}

TEST(DmaOwnership, BothWays) {
  Home home;
  const Device device;
  auto flying = hand<Direction::kBoth>(device, filled(home, 0x11_b), 64);
  std::byte* const memory = device.memory(flying.address());
  EXPECT_TRUE(all({memory, 64}, 0x11_b));
  memory[0] = 0x22_b;
  auto token = device.completed(flying, 64U);
  Returned back = std::move(flying).complete(std::move(token));
  EXPECT_EQ(back.buffer.bytes()[0], 0x22_b);
  EXPECT_EQ(back.buffer.bytes()[1], 0x11_b);
}

TEST(DmaOwnership, DescriptorsKnowTheirAddressBeforeTheyGo) {
  Home home;
  const Device device;
  std::uint64_t own = 0;
  auto handed = filled(home, 0x11_b)
                    .to_device<Direction::kToDevice>(
                        device, 64, [&own](BusAddress address, std::span<std::byte> bytes) {
                          own = address.value();
                          EXPECT_EQ(bytes.size(), 64U);
                          std::memcpy(bytes.data(), &own, sizeof(own));
                        });
  ASSERT_TRUE(handed.has_value());
  EXPECT_EQ(handed->address().value(), own);
  std::uint64_t seen = 0;
  std::memcpy(&seen, device.memory(handed->address()), sizeof(seen));
  EXPECT_EQ(seen, own);
  auto token = device.completed(*handed, 64U);
  static_cast<void>(std::move(*handed).complete(std::move(token)));
}

TEST(DmaOwnership, AnErrorHandsTheBufferBackAsItWas) {
  Home home;
  CpuOwned buffer = filled(home, 0x11_b);
  const auto at = arch::to_physical(buffer.bytes().data());
  const Window below{.physical = 0, .bytes = at, .bus = 0xc0000000, .unit = 4};
  struct Case {
    Window window;
    std::size_t bytes;
    Error why;
  };
  const Case cases[] = {{kAllMemory, 0, Error::kInvalidArgument},
                        {kAllMemory, 63, Error::kInvalidArgument},
                        {kAllMemory, 260, Error::kOutOfRange},
                        {below, 64, Error::kOutOfRange}};
  for (const Case& each : cases) {
    const Device device(each.window);
    auto handed = std::move(buffer).to_device<Direction::kToDevice>(device, each.bytes);
    ASSERT_FALSE(handed.has_value());
    EXPECT_EQ(handed.error().why, each.why);
    buffer = std::move(handed.error().buffer);
    EXPECT_TRUE(all(buffer.bytes(), 0x11_b));
  }
}

TEST(DmaOwnership, TheDevicesComplaintComesWithTheBuffer) {
  Home home;
  const Device device;
  Reads flying = hand<Direction::kToDevice>(device, filled(home, 0x11_b), 64);
  auto token = device.completed(flying, fail(Error::kIo));
  Returned back = std::move(flying).complete(std::move(token));
  EXPECT_EQ(back.moved.error(), Error::kIo);
}

TEST(DmaOwnership, AnAbortEndsByAStopOrByACompletion) {
  Home home;
  const Device device;
  {
    auto aborting = hand<Direction::kFromDevice>(device, filled(home, 0x11_b), 256).abort();
    auto token = device.stopped(aborting);
    const CpuOwned back = std::move(aborting).reclaim(std::move(token));
  }
  {
    auto flying = hand<Direction::kFromDevice>(device, filled(home, 0x11_b), 256);
    std::memset(device.memory(flying.address()), 0x22, 256);
    auto aborting = std::move(flying).abort();
    auto token = device.completed(aborting, 256U);
    Returned back = std::move(aborting).complete(std::move(token));
    EXPECT_TRUE(all(back.buffer.bytes(), 0x22_b));
  }
  EXPECT_EQ(home.available(), 4U);
}

using Chain = CpuChain<3>;

TEST(DmaChain, AllPiecesOrNone) {
  Home home;
  const Device device;
  Chain chain;
  EXPECT_EQ(chain.size(), 0U);
  EXPECT_TRUE(chain.add(filled(home, 0x11_b), 64).has_value());
  EXPECT_TRUE(chain.add(filled(home, 0x22_b), 128).has_value());
  {
    auto none = chain.add(filled(home, 0x33_b), 0);
    ASSERT_FALSE(none.has_value());
    EXPECT_EQ(none.error().why, Error::kInvalidArgument);
    auto more = chain.add(std::move(none.error().buffer), 257);
    ASSERT_FALSE(more.has_value());
    EXPECT_EQ(more.error().why, Error::kOutOfRange);
    EXPECT_TRUE(chain.add(std::move(more.error().buffer), 7).has_value());
    auto full = chain.add(filled(home, 0x44_b), 64);
    ASSERT_FALSE(full.has_value());
    EXPECT_EQ(full.error().why, Error::kFull);
  }
  auto handed = std::move(chain).to_device<Direction::kToDevice>(device);
  ASSERT_FALSE(handed.has_value()) << "the third piece's length is odd";
  EXPECT_EQ(handed.error().why, Error::kInvalidArgument);
  chain = std::move(handed.error().chain);
  ASSERT_EQ(chain.size(), 3U);
  for (const std::byte value : {0x11_b, 0x22_b, 0x33_b}) {
    const auto piece = chain.pop_front();
    ASSERT_TRUE(piece.has_value());
    EXPECT_TRUE(all(piece->buffer.bytes(), value));
  }
  EXPECT_FALSE(chain.pop_front().has_value());
  EXPECT_EQ(home.available(), 4U);
  auto empty = Chain().to_device<Direction::kToDevice>(device);
  ASSERT_FALSE(empty.has_value());
  EXPECT_EQ(empty.error().why, Error::kEmpty);
}

template <Direction D>
DeviceChain<D, Device, 3> two_pieces(Home& home, const Device& device) {
  Chain chain;
  EXPECT_TRUE(chain.add(filled(home, 0x11_b), 64).has_value());
  EXPECT_TRUE(chain.add(filled(home, 0x22_b), 128).has_value());
  auto handed = std::move(chain).to_device<D>(device);
  EXPECT_TRUE(handed.has_value());
  return std::move(*handed);
}

TEST(DmaChain, OneTokenBringsAllBack) {
  Home home;
  const Device device;
  auto flying = two_pieces<Direction::kFromDevice>(home, device);
  EXPECT_EQ(flying.size(), 2U);
  EXPECT_EQ(flying.total(), 192U);
  for (std::size_t i = 0; i < 2; ++i) {
    std::memset(device.memory(flying.address(i)), 0x60 + static_cast<int>(i), flying.size_of(i));
  }
  auto token = device.completed(flying, 192U);
  ChainReturned<3> back = std::move(flying).complete(std::move(token));
  EXPECT_EQ(*back.moved, 192U);
  for (const auto& [bytes, value] :
       {std::pair(std::size_t{64}, 0x60_b), std::pair(std::size_t{128}, 0x61_b)}) {
    const auto piece = back.chain.pop_front();
    ASSERT_TRUE(piece.has_value());
    EXPECT_EQ(piece->bytes, bytes);
    EXPECT_TRUE(all(piece->buffer.bytes().first(bytes), value));
  }
  EXPECT_EQ(home.available(), 4U);
}

TEST(DmaChain, AbortsAsOne) {
  Home home;
  const Device device;
  for (const bool ended : {false, true}) {
    auto aborting = two_pieces<Direction::kFromDevice>(home, device).abort();
    if (ended) {
      auto token = device.completed(aborting, 192U);
      EXPECT_EQ(std::move(aborting).complete(std::move(token)).chain.size(), 2U);
    } else {
      auto token = device.stopped(aborting);
      EXPECT_EQ(std::move(aborting).reclaim(std::move(token)).size(), 2U);
    }
    EXPECT_EQ(home.available(), 4U);
  }
}

TEST(DmaDeathTest, NothingInFlightIsDropped) {
  Home home;
  const Device device;
  constexpr char kDropped[] = "a buffer was dropped while its device has it";
  EXPECT_DEATH(
      { const Reads gone = hand<Direction::kToDevice>(device, filled(home, 0x11_b), 64); },
      kDropped);
  EXPECT_DEATH(
      { auto gone = hand<Direction::kToDevice>(device, filled(home, 0x11_b), 64).abort(); },
      kDropped);
  EXPECT_DEATH({ const auto gone = two_pieces<Direction::kToDevice>(home, device); }, kDropped);
  EXPECT_DEATH({ auto gone = two_pieces<Direction::kToDevice>(home, device).abort(); }, kDropped);
}

TEST(DmaDeathTest, ATokenIsForOneFlight) {
  Home home;
  const Device device;
  constexpr char kOther[] = "a token of another flight";
  const auto other_buffer = [&] {
    Reads mine = hand<Direction::kToDevice>(device, filled(home, 0x11_b), 64);
    Reads other = hand<Direction::kToDevice>(device, filled(home, 0x11_b), 64);
    static_cast<void>(std::move(mine).complete(device.completed(other, 64U)));
  };
  EXPECT_DEATH(other_buffer(), kOther);
  const auto earlier_flight = [&] {
    Reads first = hand<Direction::kToDevice>(device, filled(home, 0x11_b), 64);
    auto token = device.completed(first, 64U);
    auto late = device.completed(first, 64U);
    Returned back = std::move(first).complete(std::move(token));
    Reads second = hand<Direction::kToDevice>(device, std::move(back.buffer), 64);
    static_cast<void>(std::move(second).complete(std::move(late)));
  };
  EXPECT_DEATH(earlier_flight(), kOther);
  const auto chain = [&] {
    auto mine = two_pieces<Direction::kToDevice>(home, device).abort();
    Reads other = hand<Direction::kToDevice>(device, filled(home, 0x11_b), 64);
    static_cast<void>(std::move(mine).reclaim(device.stopped(other)));
  };
  EXPECT_DEATH(chain(), kOther);
}

// What the cache model is for.  Release builds on an emulator find none of this.
#ifndef NDEBUG

TEST(DmaDeathTest, AWriteInFlightIsReported) {
  Home home;
  const Device device;
  const auto write_through_a_kept_span = [&] {
    CpuOwned buffer = filled(home, 0x11_b);
    const std::span<std::byte> kept = buffer.bytes();
    Reads flying = hand<Direction::kToDevice>(device, std::move(buffer), 64);
    kept[3] = 0x22_b;
    auto token = device.completed(flying, 64U);
    static_cast<void>(std::move(flying).complete(std::move(token)));
  };
  EXPECT_DEATH(write_through_a_kept_span(), "a buffer was written to while its device had it");
}

TEST(DmaCacheModel, AReadInFlightFindsPoison) {
  Home home;
  const Device device;
  CpuOwned buffer = filled(home, 0x11_b);
  const std::span<std::byte> kept = buffer.bytes();
  Reads flying = hand<Direction::kToDevice>(device, std::move(buffer), 64);
  EXPECT_TRUE(all(kept.first(64), kPoison));
  auto token = device.completed(flying, 64U);
  static_cast<void>(std::move(flying).complete(std::move(token)));
}

struct WithoutClean : Maintenance {
  static void clean(Lines& /*lines*/) {}
};
struct WithoutInvalidate : Maintenance {
  static void invalidate(Lines& /*lines*/) {}
};

TEST(DmaCacheModel, AForgottenCleanGivesTheDeviceOldBytes) {
  Home home;
  const Device device;
  Reads flying = hand<Direction::kToDevice, WithoutClean>(device, filled(home, 0x11_b), 64);
  EXPECT_TRUE(all({device.memory(flying.address()), 64}, kStale));
  auto token = device.completed(flying, 64U);
  static_cast<void>(std::move(flying).complete(std::move(token)));
}

TEST(DmaCacheModel, AForgottenCleanOverwritesWhatTheDeviceWrote) {
  Home home;
  const Device device;
  auto flying = hand<Direction::kFromDevice, WithoutClean>(device, filled(home, 0x11_b), 64);
  std::memset(device.memory(flying.address()), 0x22, 64);
  auto token = device.completed(flying, 64U);
  Returned back = std::move(flying).complete(std::move(token));
  EXPECT_FALSE(all(back.buffer.bytes().first(64), 0x22_b));
}

TEST(DmaCacheModel, AForgottenInvalidateGivesTheCpuOldBytes) {
  Home home;
  const Device device;
  auto flying = hand<Direction::kFromDevice>(device, filled(home, 0x11_b), 64);
  std::memset(device.memory(flying.address()), 0x22, 64);
  auto token = device.completed(flying, 64U);
  Returned back = std::move(flying).complete<WithoutInvalidate>(std::move(token));
  EXPECT_TRUE(all(back.buffer.bytes().first(64), kPoison));
}

#endif

}  // namespace
}  // namespace baton::sync::dma
