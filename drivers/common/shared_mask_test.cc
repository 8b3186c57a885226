#include "drivers/common/shared_mask.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/mmio.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

using Bits = mmio::Plain<>;
using Reg = mmio::Rw<Bits, 0x10, 4, 2>;

constexpr std::uintptr_t kBase = 0x1000;

// Two words.  `before(n)` runs before access number n has its effect.
class FakeWords : public arch::FakeDevice {
 public:
  std::uint64_t read(std::size_t offset, unsigned /*bytes*/) override {
    hook();
    const std::lock_guard lock(mutex_);
    return words_.at((offset - 0x10) / 4);
  }
  void write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value) override {
    hook();
    const std::lock_guard lock(mutex_);
    words_.at((offset - 0x10) / 4) = static_cast<std::uint32_t>(value);
  }
  std::uint32_t word(unsigned index) const {
    const std::lock_guard lock(mutex_);
    return words_.at(index);
  }

  unsigned accesses = 0;
  std::function<void(unsigned access)> before;

 private:
  void hook() {
    if (before) {
      before(accesses++);
    }
  }
  mutable std::mutex mutex_;
  std::array<std::uint32_t, 2> words_{0xdead, 0xbeef};
};

class SharedMaskTest : public testing::Test {
 protected:
  SharedMaskTest() { bus_.attach(kBase, 0x100, device_); }

  void set(std::uint32_t bits) { mask_.set(io_, Bits::from_raw(bits)); }
  void clear(std::uint32_t bits) { mask_.clear(io_, Bits::from_raw(bits)); }

  FakeWords device_;
  arch::FakeBus bus_;
  arch::Mmio io_{kBase};
  SharedMask<Reg> mask_;
};

TEST_F(SharedMaskTest, BitsComeAndGo) {
  mask_.reset(io_, Bits::from_raw(0x80));
  EXPECT_EQ(device_.word(0), 0x80U);
  set(0x03);
  EXPECT_EQ(device_.word(0), 0x83U);
  clear(0x81);
  EXPECT_EQ(device_.word(0), 0x02U);
  EXPECT_EQ(device_.word(1), 0xbeefU) << "the other element";
  mask_.reset(io_, Bits{}, 1);
  EXPECT_EQ(device_.word(1), 0U);
}

// One call interrupted by another's whole call, and that by a third one's, at every access that the
// first makes; from every state that the three bits may have been in.
TEST_F(SharedMaskTest, AnyCallMayInterruptAnyOther) {
  unsigned interruptions = 0;
  for (unsigned from = 0; from < 8; ++from) {
    for (unsigned to = 0; to < 8; ++to) {
      for (unsigned first = 0; first < 6; ++first) {
        for (unsigned second = first; second < 8; ++second) {
          mask_.reset(io_, Bits::from_raw(from));
          const auto change = [&](unsigned bit) {
            (to >> bit & 1U) != 0 ? set(1U << bit) : clear(1U << bit);
          };
          unsigned done = 0;
          device_.accesses = 0;
          device_.before = [&](unsigned access) {
            if (access == first && done == 0) {
              ++done;
              change(1);
            } else if (access == second && done == 1) {
              ++done;
              change(2);
            }
          };
          change(0);
          device_.before = nullptr;
          interruptions += done;
          for (; done < 2; ++done) {
            change(1 + done);
          }
          ASSERT_EQ(device_.word(0), to) << from << " " << first << " " << second;
        }
      }
    }
  }
  EXPECT_GT(interruptions, 1000U);
}

TEST_F(SharedMaskTest, EveryThreadItsBit) {
  constexpr unsigned kThreads = 4;
  constexpr unsigned kChanges = 1000;
  mask_.reset(io_, Bits{});
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (unsigned bit = 0; bit < kThreads; ++bit) {
    threads.emplace_back([this, bit] {
      for (unsigned i = 0; i < kChanges; ++i) {
        set(1U << bit);
        if (i + 1 < kChanges || bit % 2 != 0) {
          clear(1U << bit);
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(device_.word(0), 0b0101U);
}

}  // namespace
}  // namespace baton::drivers
