#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "arch/counter.h"
#include "arch/cpu.h"
#include "kernel/clock.h"
#include "kernel/commands/commands.h"
#include "kernel/core.h"
#include "kernel/cross_call.h"
#include "kernel/sched/this_thread.h"
#include "kernel/stress/scenario.h"
#include "kernel/system_heap.h"
#include "sync/atomic_take_cell.h"
#include "sync/atomics.h"
#include "sync/irqs_off.h"
#include "sync/owned.h"

namespace baton::kernel::commands {
namespace {

// What cores pass each other: a block, and what was written to it.
struct Parcel {
  Parcel() = default;
  Parcel(const Parcel&) = delete;
  Parcel& operator=(const Parcel&) = delete;
  ~Parcel() { system_heap().deallocate(bytes.data()); }
  std::span<std::byte> bytes;
  std::byte mark{};
};

// Every core puts parcels of its own into cells, and what it finds there is its to give back.
class Exchange {
 public:
  void start(std::uint64_t rounds, std::uint64_t seed, unsigned players) {
    for (sync::Atomic<std::uint64_t>* count : {&errors_, &refused_, &busy_, &passed_, &longest_}) {
      // Relaxed, as all here: the calls that start the players order them.
      count->store(0, std::memory_order_relaxed);
    }
    rounds_ = rounds;
    seed_ = seed;
    left_.store(players, std::memory_order_relaxed);  // relaxed: as above
  }

  void play() {
    stress::Random random(seed_ + arch::core_index());
    for (std::uint64_t i = 0; i < rounds_; ++i) play_round(random);
    // Release pairs with the acquire in is_over(): the counts.
    left_.fetch_sub(1, std::memory_order_release);
  }
  void sit_out() { left_.fetch_sub(1, std::memory_order_release); }  // pairs with is_over()
  // Acquire pairs with the release of each player's end.
  bool is_over() const { return left_.load(std::memory_order_acquire) == 0; }

  void clear() {
    for (Cell& cell : cells_) {
      if (auto parcel = cell.take()) open(**parcel);
    }
  }

  // Relaxed, all: read when it is over.
  std::uint64_t errors() const { return errors_.load(std::memory_order_relaxed); }
  std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  std::uint64_t busy() const { return busy_.load(std::memory_order_relaxed); }
  std::uint64_t passed() const { return passed_.load(std::memory_order_relaxed); }
  std::uint64_t longest() const { return longest_.load(std::memory_order_relaxed); }

 private:
  using Cell = sync::AtomicTakeCell<Parcel>;

  void play_round(stress::Random& random) {
    Result<sync::Owned<Parcel>> parcel = system_heap().make<Parcel>();
    if (!parcel) return count(parcel.error() == Error::kBusy ? busy_ : refused_);
    // Small ones mostly, a few large.
    const std::uint64_t most = random.next() % 16 == 0 ? 65536 : 512;
    const auto bytes = static_cast<std::size_t>(1 + random.next() % most);
    const std::size_t alignment = std::size_t{1} << random.next() % 8;
    const Result<std::span<std::byte>> block = allocate(bytes, alignment);
    if (!block) return count(block.error() == Error::kBusy ? busy_ : refused_);
    (*parcel)->bytes = *block;
    (*parcel)->mark = static_cast<std::byte>(random.next());
    std::ranges::fill(*block, (*parcel)->mark);
    if (reinterpret_cast<std::uintptr_t>(block->data()) % alignment != 0) count(errors_);
    auto displaced = cells_[random.next() % cells_.size()].replace(std::move(*parcel));
    if (displaced) {
      if (const std::optional<sync::Owned<Parcel>>& other = *displaced) open(**other);
    }
    count(passed_);
  }

  // With the time it took, which is the number of instructions where QEMU counts those.
  Result<std::span<std::byte>> allocate(std::size_t bytes, std::size_t alignment) {
    const sync::IrqsOff irqs_off;
    const std::uint64_t begin = arch::Counter::ticks();
    const Result<std::span<std::byte>> block = system_heap().allocate(bytes, alignment);
    const std::uint64_t took = arch::Counter::ticks() - begin;
    // Relaxed, both: a number for people.
    std::uint64_t longest = longest_.load(std::memory_order_relaxed);
    while (took > longest && !longest_.compare_exchange_weak(
                                 longest, took, std::memory_order_relaxed,  // relaxed: as above
                                 std::memory_order_relaxed)) {
    }
    return block;
  }
  void open(const Parcel& parcel) {
    if (std::ranges::count(parcel.bytes, parcel.mark) !=
        static_cast<std::ptrdiff_t>(parcel.bytes.size())) {
      count(errors_);
    }
  }
  // Relaxed: read when it is over.
  static void count(sync::Atomic<std::uint64_t>& what) {
    what.fetch_add(1, std::memory_order_relaxed);
  }

  std::array<Cell, 64> cells_;
  std::uint64_t rounds_ = 0;
  std::uint64_t seed_ = 0;
  sync::Atomic<unsigned> left_{0};
  sync::Atomic<std::uint64_t> errors_{0};
  sync::Atomic<std::uint64_t> refused_{0};
  sync::Atomic<std::uint64_t> busy_{0};
  sync::Atomic<std::uint64_t> passed_{0};
  sync::Atomic<std::uint64_t> longest_{0};
};

constinit Exchange the_exchange;

shell::Status exchange(shell::Context& context, std::uint64_t rounds) {
  const std::uint32_t players = online_mask();
  the_exchange.start(rounds, arch::Counter::ticks(), static_cast<unsigned>(std::popcount(players)));
  for (std::uint32_t left = players; left != 0; left &= left - 1) {
    const auto core = static_cast<unsigned>(std::countr_zero(left));
    const auto play = [](void*) { the_exchange.play(); };
    if (const auto posted = call_on(core, play, nullptr, Duration::seconds(5)); !posted) {
      context.print("heap: core {} did not take part: {}\n", core, posted.error());
      the_exchange.sit_out();
    }
  }
  while (!the_exchange.is_over()) {
    static_cast<void>(this_thread::sleep_for(Duration::milliseconds(5)));
  }
  the_exchange.clear();
  context.print("longest allocate {} ns\n",
                ticks_to_ns(the_exchange.longest(), arch::Counter::frequency_hz()));
  context.print("heap: passed={} busy={} refused={} errors={}\n", the_exchange.passed(),
                the_exchange.busy(), the_exchange.refused(), the_exchange.errors());
  return the_exchange.errors() == 0 && the_exchange.passed() != 0 ? shell::Status::kOk
                                                                  : shell::Status::kFailed;
}

}  // namespace

shell::Status heap(shell::Context& context, shell::Words args) {
  constexpr std::uint64_t kMostRounds = 1'000'000'000;
  shell::Status status = shell::Status::kOk;
  if (!args.empty()) {
    const auto rounds = context.number("ROUNDS", args[0], 1, kMostRounds);
    if (!rounds) return shell::Status::kFailed;
    status = exchange(context, *rounds);
  }
  context.print("{:<5} {:>9} {:>9} {:>9} {:>9} {:>4} {:>7} {:>9} {:>8} {:>8}\n", "arena", "KiB",
                "used", "peak", "largest", "frag", "blocks", "allocated", "refused", "in trays");
  for (std::size_t arena = 0; arena < SystemHeap::arenas(); ++arena) {
    const Result<ArenaStatistics> now = system_heap().statistics(arena);
    if (!now) return context.fail("arena {}: {}", arena, now.error());
    const HeapStatistics& its = now->heap;
    context.print("{:<5} {:>9} {:>9} {:>9} {:>9} {:>3}% {:>7} {:>9} {:>8} {:>8}\n", arena,
                  its.total >> 10U, its.used >> 10U, its.peak >> 10U, its.largest >> 10U,
                  its.fragmentation_percent(), its.blocks, its.allocations, its.refusals,
                  now->left_in_tray);
    if (now->census.damage != nullptr) {
      context.print("arena {}: {} ({})\n", arena, now->census.damage, now->census.where);
      status = shell::Status::kFailed;
    }
  }
  return status;
}

}  // namespace baton::kernel::commands
