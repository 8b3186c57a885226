// What cores pass each other comes from a heap and goes back to it, wherever they are.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <random>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "arch/cpu.h"
#include "base/result.h"
#include "gtest/gtest.h"
#include "kernel/heap/heap_shadow.h"
#include "kernel/heap/shared_heap.h"
#include "sync/batch.h"
#include "sync/inbox.h"

namespace baton::kernel {
namespace {

template <std::size_t kBytes>
struct Memory {
  ~Memory() { internal::allow(bytes.data(), bytes.size()); }
  alignas(64) std::array<std::byte, kBytes> bytes{};
};

// Cores allocate, write, and pass to each other what the other then gives back.
struct Parcel {
  sync::InboxHook<Parcel> hook;
  std::span<std::byte> bytes;
  std::byte mark{};
};

template <class HeapType>
class Traffic {
 public:
  static constexpr unsigned kCores = 4;

  void run(int rounds) {
    ASSERT_TRUE(heap_.add(memory_.bytes).has_value());
    std::vector<std::thread> cores;
    cores.reserve(kCores);
    for (unsigned core = 0; core < kCores; ++core) {
      cores.emplace_back([this, core, rounds] { core_main(core, rounds); });
    }
    for (std::thread& core : cores) core.join();
    for (unsigned core = 0; core < kCores; ++core) open(core);
    std::uint64_t left = 0;
    for (std::size_t arena = 0; arena < HeapType::arenas(); ++arena) {
      const ArenaStatistics now = *heap_.statistics(arena);
      EXPECT_EQ(now.census.damage, nullptr) << now.census.damage;
      EXPECT_EQ(now.heap.used, 0U);
      EXPECT_EQ(now.census.free_blocks, 1U);
      left += now.left_in_tray;
    }
    std::cout << made_ << " parcels and as many blocks, " << refused_ << " refused, " << busy_
              << " busy, " << left << " left in a tray\n";
    EXPECT_GT(made_.load(), 0U);
  }

 private:
  void core_main(unsigned core, int rounds) {
    arch::internal::hosted_core = core;
    std::mt19937 random(core + 1);
    for (int i = 0; i < rounds; ++i) {
      if (random() % 2 == 0) {
        send(random);
      } else {
        open(core);
      }
    }
  }
  void send(std::mt19937& random) {
    auto parcel = heap_.template make<Parcel>();
    if (!parcel) return refused(parcel.error());
    const auto bytes = heap_.allocate(1 + random() % 600);
    if (!bytes) return refused(bytes.error());  // the parcel goes home
    (*parcel)->bytes = *bytes;
    (*parcel)->mark = static_cast<std::byte>(random());
    std::ranges::fill(*bytes, (*parcel)->mark);
    made_.fetch_add(1, std::memory_order_relaxed);  // relaxed: read after join
    inboxes_.at(random() % kCores).push(std::move(*parcel));
  }
  void open(unsigned core) {
    auto parcels = inboxes_.at(core).take_all();
    while (auto parcel = parcels.pop_front()) {
      const std::span<std::byte> bytes = (*parcel)->bytes;
      ASSERT_EQ(std::ranges::count(bytes, (*parcel)->mark),
                static_cast<std::ptrdiff_t>(bytes.size()));
      heap_.deallocate(bytes.data());
    }
  }
  void refused(Error why) {
    (why == Error::kBusy ? busy_ : refused_).fetch_add(1, std::memory_order_relaxed);
    std::this_thread::yield();
  }

  Memory<100'000> memory_;
  HeapType heap_;
  std::array<sync::Inbox<Parcel, &Parcel::hook>, kCores> inboxes_;
  std::atomic<std::uint64_t> made_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> busy_{0};
};

TEST(SharedHeap, FourCoresWithAnArenaEach) {
  auto traffic = std::make_unique<Traffic<SharedHeap<4>>>();
  traffic->run(50'000);
}
TEST(SharedHeap, FourCoresWithOneArena) {
  auto traffic = std::make_unique<Traffic<SharedHeap<1>>>();
  traffic->run(50'000);
}
TEST(SharedHeap, FourCoresWithTwoFastArenas) {
  auto traffic = std::make_unique<Traffic<SharedHeap<2, BasicHeap<HeapChecks::kOwnership>>>>();
  traffic->run(50'000);
}

}  // namespace
}  // namespace baton::kernel
