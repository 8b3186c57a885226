#include "drivers/dma/bcm2835_dma/bcm2835_dma.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>

#include "arch/host/fake_bus.h"
#include "arch/memory.h"
#include "drivers/dma/bcm2835_dma/bcm2835_dma_regs.h"
#include "drivers/iface/dma_engine.h"
#include "gtest/gtest.h"
#include "sync/dma/buffer.h"
#include "sync/dma/ownership.h"
#include "sync/pool.h"

namespace baton::drivers {
namespace {

namespace dma = sync::dma;
using bcm2835_dma::Block;
using Engine = iface::DmaEngine;

constexpr std::uintptr_t kBase = 0x7000;
constexpr std::size_t kBig = 200'000;

using Buffers = sync::Pool<dma::BufferOf<4096>, 12>;
constinit Buffers g_buffers;
using BigBuffers = sync::Pool<dma::BufferOf<kBig>, 2>;
constinit BigBuffers g_big;

// The program's own memory, as if it were a Pi's.
dma::Window window() {
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 29U;
  const std::uint64_t at = arch::to_physical(&g_buffers);
  return {.physical = at > kHalf ? (at - kHalf) / 4096 * 4096 : 0,
          .bytes = 2 * kHalf,
          .bus = 0xc0000000,
          .unit = 4};
}

/// The controller, as far as the manual tells: it runs a channel's list when told to, or holds.
class FakeDma : public arch::FakeDevice {
 public:
  enum class Mood : std::uint8_t { kWorks, kHolds, kFails, kDeaf };

  std::uint64_t read(std::size_t offset, unsigned bytes) override {
    EXPECT_EQ(bytes, 4U);
    if (offset == 0xff0) return enabled;
    const Channel& at = channels.at(offset / 0x100);
    switch (offset % 0x100) {
      case 0x00:
        return at.status | (at.debug != 0 ? 0x100U : 0U);
      case 0x04:
        return at.block;
      default:
        ADD_FAILURE() << "read of " << offset;
        return 0;
    }
  }
  void write(std::size_t offset, unsigned bytes, std::uint64_t value) override {
    EXPECT_EQ(bytes, 4U);
    const auto word = static_cast<std::uint32_t>(value);
    if (offset == 0xff0) {
      enabled = word;
      return;
    }
    const std::size_t number = offset / 0x100;
    Channel& at = channels.at(number);
    switch (offset % 0x100) {
      case 0x00:
        control(number, at, word);
        break;
      case 0x04:
        EXPECT_EQ(at.status & 1U, 0U) << "the list is changed under way";
        EXPECT_EQ(word % 32, 0U);
        at.block = word;
        break;
      case 0x20:
        at.debug &= ~(word & 7U);
        break;
      default:
        ADD_FAILURE() << "write to " << offset;
    }
  }

  /// What was held goes on.
  void go_on(std::size_t number) { run(number, channels.at(number)); }

  struct Channel {
    std::uint32_t status = 0x30;
    std::uint32_t block = 0;
    std::uint32_t debug = 0;
    Mood mood = Mood::kWorks;
    unsigned blocks_done = 0;
    std::uint32_t longest = 0;
    unsigned resets = 0;
  };
  std::array<Channel, 15> channels;
  std::uint32_t enabled = 0;

 private:
  void control(std::size_t number, Channel& at, std::uint32_t word) {
    at.status &= ~(word & 6U);
    if ((word & 0x80000000U) != 0 && at.mood != Mood::kDeaf) {
      at.status = 0x30;
      at.block = 0;
      ++at.resets;
      return;
    }
    if (at.mood == Mood::kDeaf) {
      at.status |= 1U;
      return;
    }
    at.status = (at.status & ~1U) | (word & 1U);
    if ((word & 1U) == 0) return;
    if (at.block == 0) {
      at.status &= ~1U;
    } else if (at.mood != Mood::kHolds) {
      run(number, at);
    }
  }

  static std::byte* memory(std::uint32_t bus) {
    const dma::Window map = window();
    return reinterpret_cast<std::byte*>(bus - map.bus + map.physical);
  }

  void run(std::size_t number, Channel& at) {
    EXPECT_NE(enabled >> number & 1U, 0U) << "a channel that is not enabled";
    while (at.block != 0) {
      Block block{};
      std::memcpy(&block, memory(at.block), sizeof(block));
      EXPECT_EQ(block.bytes % 4, 0U);
      EXPECT_EQ(block.transfer & 0x18U, 0x18U) << "steps, and waits for its writes";
      if (number >= 7) {
        EXPECT_LT(block.bytes, 0x10000U);
      }
      at.longest = std::max(at.longest, block.bytes);
      for (std::uint32_t done = 0; done < block.bytes; done += 4) {
        const std::uint32_t step = (block.transfer & 0x100U) != 0 ? done : 0;
        std::memcpy(memory(block.target + done), memory(block.source + step), 4);
        if (at.mood == Mood::kFails) {
          at.status = (at.status & ~1U) | 4U;
          at.debug |= 4U;
          return;
        }
      }
      ++at.blocks_done;
      at.status |= 2U | ((block.transfer & 1U) != 0 ? 4U : 0U);
      at.block = block.next;
    }
    at.status &= ~1U;
  }
};

class Waiter final : public Engine::Client {
 public:
  void ended(Engine::Ended job) noexcept override {
    ++count;
    last.emplace(std::move(job));
  }
  ~Waiter() { EXPECT_FALSE(last.has_value()) << "nobody fetched a job that has ended"; }
  int count = 0;
  std::optional<Engine::Ended> last;
};

/// A driver, which has its lists in itself: where the window is.
template <int kPlace>
class Driver {
 public:
  explicit Driver(std::uint32_t usable) {
    std::construct_at(&get(), arch::Mmio(kBase), window());
    used_ = get().use(usable);
  }
  ~Driver() { std::destroy_at(&get()); }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  Result<void> used() const { return used_; }
  Bcm2835Dma& get() { return *reinterpret_cast<Bcm2835Dma*>(room); }

 private:
  Result<void> used_;
  alignas(Bcm2835Dma) static inline std::byte room[sizeof(Bcm2835Dma)];
};

class Bcm2835DmaTest : public testing::Test {
 protected:
  Bcm2835DmaTest() { EXPECT_TRUE(driver_.used().has_value()); }
  ~Bcm2835DmaTest() override {
    EXPECT_EQ(g_buffers.available(), Buffers::capacity());
    EXPECT_EQ(g_big.available(), BigBuffers::capacity());
  }

  static Engine::CpuChain chain(std::initializer_list<std::size_t> lengths, int first) {
    Engine::CpuChain chain;
    int value = first;
    for (const std::size_t length : lengths) {
      dma::CpuOwned buffer =
          length <= 4096 ? dma::CpuOwned(*g_buffers.make()) : dma::CpuOwned(*g_big.make());
      std::ranges::generate(buffer.bytes().first(length),
                            [&value] { return static_cast<std::byte>(value++ * 7); });
      EXPECT_TRUE(chain.add(std::move(buffer), length).has_value());
    }
    return chain;
  }
  Engine::From from(Engine::CpuChain chain) {
    return std::move(*std::move(chain).to_device<dma::Direction::kToDevice, Engine>(engine_));
  }
  Engine::To to(Engine::CpuChain chain) {
    return std::move(*std::move(chain).to_device<dma::Direction::kFromDevice, Engine>(engine_));
  }
  Engine::Job copy(std::initializer_list<std::size_t> out, std::initializer_list<std::size_t> in) {
    return {.from = from(chain(out, 1)), .fill = 0, .to = to(chain(in, 100))};
  }

  static Result<std::size_t> land(Engine::Ended ended, Engine::CpuChain& written) {
    if (ended.job.from) {
      static_cast<void>(std::move(*ended.job.from).complete(std::move(*ended.from)));
    }
    auto back = std::move(ended.job.to).complete(std::move(ended.to));
    written = std::move(back.chain);
    return back.moved;
  }
  static Result<std::size_t> land(Waiter& waiter) {
    Engine::CpuChain written;
    const auto moved = land(std::move(*waiter.last), written);
    waiter.last.reset();
    return moved;
  }
  static void land(Engine::Halted halted) {
    if (halted.job.from) {
      static_cast<void>(std::move(*halted.job.from).abort().reclaim(std::move(*halted.from)));
    }
    static_cast<void>(std::move(halted.job.to).abort().reclaim(std::move(halted.to)));
  }
  static void recall(Engine::Job job) {
    if (job.from) EXPECT_TRUE(counts_on(Engine::recall(std::move(*job.from)), 1));
    EXPECT_TRUE(counts_on(Engine::recall(std::move(job.to)), 100));
  }

  static bool counts_on(Engine::CpuChain chain, int value) {
    while (const auto piece = chain.pop_front()) {
      for (const std::byte byte : piece->buffer.bytes().first(piece->bytes)) {
        if (byte != static_cast<std::byte>(value++ * 7)) return false;
      }
    }
    return true;
  }

  FakeDma device_;
  struct Attached : arch::FakeBus {
    explicit Attached(FakeDma& device) { attach(kBase, 0x1000, device); }
  } bus_{device_};
  Driver<0> driver_{0x1};
  Bcm2835Dma& engine_ = driver_.get();
};

TEST_F(Bcm2835DmaTest, EnablesItsChannelsAndNoOthers) {
  EXPECT_EQ(device_.enabled, 1U);
  EXPECT_EQ(engine_.channels(), 1U);
  device_.enabled = 0x4000;
  Driver<1> other(0x7ff5);
  EXPECT_TRUE(other.used().has_value());
  EXPECT_EQ(device_.enabled, 0x47f5U);
  EXPECT_EQ(other.get().channels(), 9U);
  EXPECT_TRUE(other.get().use(Bcm2835Dma::kAllChannels).has_value());
  EXPECT_EQ(device_.enabled, 0x47ffU);
  EXPECT_EQ(other.get().channels(), 11U);
}

TEST_F(Bcm2835DmaTest, EveryChannelInTurn) {
  Driver<1> other(Bcm2835Dma::kAllChannels);
  for (unsigned i = 0; i < 11; ++i) {
    Waiter waiter;
    ASSERT_TRUE(other.get().start(copy({64}, {64}), waiter).has_value());
    EXPECT_TRUE(other.get().handle(i));
    EXPECT_FALSE(other.get().handle(i)) << "the interrupt comes twice";
    EXPECT_EQ(waiter.count, 1);
    EXPECT_EQ(*land(waiter), 64U);
  }
}

TEST_F(Bcm2835DmaTest, AllChannelsAtOnceThenNone) {
  std::array<Waiter, 5> waiters;
  Driver<1> other(0x68c);  // some of full size, some lite
  Bcm2835Dma& some = other.get();
  constexpr std::array<unsigned, 5> kThese{2, 3, 7, 9, 10};
  for (const unsigned channel : kThese) {
    device_.channels[channel].mood = FakeDma::Mood::kHolds;
  }
  for (unsigned i = 0; i < 5; ++i) {
    ASSERT_TRUE(some.start(copy({64}, {64}), waiters[i]).has_value());
  }
  auto refused = some.start(copy({64}, {64}), waiters[0]);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().why, Error::kBusy);
  recall(std::move(refused.error().job));
  for (const unsigned channel : kThese) {
    EXPECT_FALSE(some.handle(channel)) << "nothing has come";
    device_.go_on(channel);
    EXPECT_TRUE(some.handle(channel));
  }
  for (unsigned i = 0; i < 5; ++i) {
    EXPECT_EQ(waiters[i].count, 1);
    EXPECT_EQ(*land(waiters[i]), 64U);
  }
}

TEST_F(Bcm2835DmaTest, CopiesChainsThatAreCutDifferently) {
  Waiter waiter;
  ASSERT_TRUE(engine_.start(copy({100, 4096, 8}, {4, 2000, 2000, 200}), waiter).has_value());
  EXPECT_TRUE(engine_.handle(0));
  EXPECT_EQ(device_.channels[0].blocks_done, 6U);
  Engine::CpuChain written;
  EXPECT_EQ(*land(std::move(*waiter.last), written), 4204U);
  waiter.last.reset();
  EXPECT_EQ(written.size(), 4U);
  EXPECT_TRUE(counts_on(std::move(written), 1));
}

TEST_F(Bcm2835DmaTest, Fills) {
  Waiter waiter;
  ASSERT_TRUE(
      engine_
          .start({.from = std::nullopt, .fill = 0x07070707, .to = to(chain({64, 4000}, 0))}, waiter)
          .has_value());
  EXPECT_TRUE(engine_.handle(0));
  Engine::CpuChain written;
  EXPECT_EQ(*land(std::move(*waiter.last), written), 4064U);
  waiter.last.reset();
  while (const auto piece = written.pop_front()) {
    for (const std::byte byte : piece->buffer.bytes().first(piece->bytes)) {
      ASSERT_EQ(byte, std::byte{7});
    }
  }
}

TEST_F(Bcm2835DmaTest, LiteChannelsTakeSmallSteps) {
  Driver<1> other(0x80);
  Bcm2835Dma& lite = other.get();
  ASSERT_TRUE(other.used().has_value());
  Waiter waiter;
  ASSERT_TRUE(lite.start(copy({kBig}, {kBig}), waiter).has_value());
  EXPECT_TRUE(lite.handle(7));
  EXPECT_EQ(device_.channels[7].blocks_done, 4U);
  EXPECT_EQ(device_.channels[7].longest, 0xffc0U);
  Engine::CpuChain written;
  EXPECT_EQ(*land(std::move(*waiter.last), written), kBig);
  waiter.last.reset();
  EXPECT_TRUE(counts_on(std::move(written), 1));
}

TEST_F(Bcm2835DmaTest, LengthsThatDifferAreRefused) {
  Waiter waiter;
  auto refused = engine_.start(copy({64}, {128}), waiter);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().why, Error::kInvalidArgument);
  recall(std::move(refused.error().job));
}

TEST_F(Bcm2835DmaTest, AnErrorComesWithTheBuffersAndTheChannelGoesOn) {
  Waiter waiter;
  device_.channels[0].mood = FakeDma::Mood::kFails;
  ASSERT_TRUE(engine_.start(copy({64}, {64}), waiter).has_value());
  EXPECT_TRUE(engine_.handle(0));
  EXPECT_EQ(land(waiter).error(), Error::kIo);
  device_.channels[0].mood = FakeDma::Mood::kWorks;
  ASSERT_TRUE(engine_.start(copy({64}, {64}), waiter).has_value());
  EXPECT_TRUE(engine_.handle(0));
  EXPECT_EQ(*land(waiter), 64U);
}

TEST_F(Bcm2835DmaTest, AbortInFlight) {
  Waiter waiter;
  device_.channels[0].mood = FakeDma::Mood::kHolds;
  const auto ticket = engine_.start(copy({64}, {64}), waiter);
  const unsigned before = device_.channels[0].resets;
  auto halted = engine_.abort(*ticket);
  ASSERT_TRUE(halted.has_value());
  EXPECT_EQ(device_.channels[0].resets, before + 1);
  EXPECT_EQ(device_.channels[0].block, 0U);
  land(std::move(*halted));
  EXPECT_EQ(engine_.abort(*ticket).error(), Error::kEmpty) << "called off twice";
  EXPECT_FALSE(engine_.handle(0));
  EXPECT_EQ(waiter.count, 0);
}

TEST_F(Bcm2835DmaTest, TheInterruptNeverComes) {
  Waiter waiter;
  const auto ticket = engine_.start(copy({64}, {64}), waiter);
  auto halted = engine_.abort(*ticket);
  ASSERT_TRUE(halted.has_value()) << "it has ended, and nobody was told";
  land(std::move(*halted));
  EXPECT_FALSE(engine_.handle(0)) << "late: of the flight before";
  const auto next = engine_.start(copy({64}, {64}), waiter);
  EXPECT_EQ(engine_.abort(*ticket).error(), Error::kEmpty) << "the ticket of the flight before";
  EXPECT_TRUE(engine_.handle(0));
  EXPECT_EQ(engine_.abort(*next).error(), Error::kEmpty) << "its client was told";
  EXPECT_EQ(*land(waiter), 64U);
}

TEST_F(Bcm2835DmaTest, AnInterruptTooEarlyEndsNothing) {
  Waiter waiter;
  // A flight before, whose end is not this one's.
  ASSERT_TRUE(engine_.start(copy({64}, {64}), waiter).has_value());
  EXPECT_TRUE(engine_.handle(0));
  EXPECT_EQ(*land(waiter), 64U);
  EXPECT_EQ(device_.channels[0].status & 6U, 0U) << "it goes on saying that it has ended";
  device_.channels[0].mood = FakeDma::Mood::kHolds;
  ASSERT_TRUE(engine_.start(copy({64}, {64}), waiter).has_value());
  device_.channels[0].status |= 4U;
  EXPECT_FALSE(engine_.handle(0));
  EXPECT_EQ(waiter.count, 1);
  device_.go_on(0);
  EXPECT_TRUE(engine_.handle(0));
  EXPECT_EQ(*land(waiter), 64U);
}

TEST(Bcm2835DmaDeathlyStill, AChannelThatDoesNotStopKeepsItsJob) {
  // What a dead channel has is never seen again, so driver and buffers stay for good.
  static FakeDma& device = *new FakeDma;
  arch::FakeBus bus;
  bus.attach(kBase, 0x1000, device);
  static Driver<2>& driver = *new Driver<2>(0x1);
  Bcm2835Dma& engine = driver.get();
  ASSERT_TRUE(driver.used().has_value());
  static constinit sync::Pool<dma::BufferOf<64>, 2> buffers;
  Engine::CpuChain pieces;
  ASSERT_TRUE(pieces.add(*buffers.make(), 64).has_value());
  auto to = std::move(pieces).to_device<dma::Direction::kFromDevice, Engine>(engine);
  Waiter waiter;
  device.channels[0].mood = FakeDma::Mood::kHolds;
  const auto ticket = engine.start({.from = std::nullopt, .fill = 1, .to = std::move(*to)}, waiter);
  device.channels[0].mood = FakeDma::Mood::kDeaf;
  EXPECT_EQ(engine.abort(*ticket).error(), Error::kTimedOut);
  EXPECT_EQ(engine.abort(*ticket).error(), Error::kEmpty);
  EXPECT_FALSE(engine.handle(0));
  EXPECT_EQ(buffers.available(), 1U);
  device.channels[1].mood = FakeDma::Mood::kDeaf;
  EXPECT_EQ(engine.use(0x3).error(), Error::kTimedOut);
  EXPECT_EQ(engine.channels(), 1U);
}

}  // namespace
}  // namespace baton::drivers
