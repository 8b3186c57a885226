#include "sync/rcu/hosted/domain_base.h"

#include <unistd.h>

#include <bit>
#include <cstdio>
#include <thread>

#include "arch/cpu.h"
#include "base/assert.h"

namespace baton::sync {

namespace {

void print_stall(const RcuStall& stall) {
  std::fprintf(stderr, "RCU: a grace period has lasted %lld ms; waiting for threads",
               static_cast<long long>(stall.duration.count()));
  for (const int thread : stall.threads) std::fprintf(stderr, " %d", thread);
  std::fprintf(stderr, "\n");
}

// Spreads threads over the queues without asking who they are.
unsigned queue_of_this_thread(unsigned queues) {
  static std::atomic<unsigned> next{0};
  // Relaxed: any number will do.
  thread_local const unsigned mine = next.fetch_add(1, std::memory_order_relaxed);
  return mine % queues;
}

}  // namespace

class HostedRcuDomain::Patience {
 public:
  void pause() {
    ++looks_;
    if (looks_ < kSpins) {
      arch::relax();
    } else if (looks_ < kSpins + kYields) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(nap_);
      if (nap_ < kLongestNap) nap_ *= 2;
    }
  }
  bool is_long() const { return looks_ > kSpins + kYields; }

 private:
  static constexpr unsigned kSpins = 200;
  static constexpr unsigned kYields = 50;
  static constexpr std::chrono::microseconds kLongestNap{1000};
  unsigned looks_ = 0;
  std::chrono::microseconds nap_{20};
};

HostedRcuDomain::~HostedRcuDomain() {
  BATON_CHECK(backlog() == 0 && "an RCU domain ends with callbacks in it: barrier() comes before");
}

void HostedRcuDomain::retire(Head& head, Head::Run run) noexcept {
  if (engine_.queue(queue_of_this_thread(kQueues)).retire(head, run)) wake();
}

void HostedRcuDomain::wake() {
  // Release pairs with the acquire in activity() and wait_for_activity().
  activity_.fetch_add(1, std::memory_order_release);
  activity_.notify_one();
}

bool HostedRcuDomain::poll(RcuCookie cookie) {
  if (engine().reached(cookie)) return true;
  scan();
  return engine().reached(cookie);
}

std::size_t HostedRcuDomain::process(std::size_t limit) {
  const std::unique_lock lock(processing_, std::try_to_lock);
  if (!lock.owns_lock()) return 0;
  scan();
  check_stall();
  std::size_t ran = 0;
  // Each in turn is the first: callbacks that keep coming in one do not starve the others.
  const unsigned first = next_queue_++ % kQueues;
  for (unsigned i = 0; i < kQueues; ++i) {
    ran += engine_.process((first + i) % kQueues, limit - ran);
  }
  return ran;
}

void HostedRcuDomain::wait_for_grace_period() {
  Patience patience;
  engine().wait(engine().request(), [&] {
    scan();
    if (patience.is_long()) check_stall();
    patience.pause();
  });
}

void HostedRcuDomain::wait_for_callbacks() {
  Patience patience;
  engine_.barrier([&] {
    if (process() == 0) patience.pause();
  });
}

unsigned HostedRcuDomain::take_slot() {
  for (unsigned i = 0; i < kMaxReaders / 64; ++i) {
    // Relaxed: a guess, which the compare-and-swap confirms.
    std::uint64_t used = slots_[i].load(std::memory_order_relaxed);
    while (~used != 0) {
      const auto bit = static_cast<unsigned>(std::countr_one(used));
      // Acquire pairs with the release in return_slot(): whoever had the slot has left it.  Relaxed
      // on failure: a guess again.
      if (slots_[i].compare_exchange_weak(used, used | (std::uint64_t{1} << bit),
                                          std::memory_order_acquire, std::memory_order_relaxed)) {
        const unsigned slot = i * 64 + bit;
        thread_of_[slot].store(gettid(), std::memory_order_relaxed);  // relaxed: for people
        return slot;
      }
    }
  }
  BATON_CHECK(false && "more threads read than an RCU domain has slots (kMaxReaders)");
}

void HostedRcuDomain::return_slot(unsigned slot) {
  // Release pairs with the acquire in take_slot().
  slots_[slot / 64].fetch_and(~(std::uint64_t{1} << (slot % 64)), std::memory_order_release);
}

void HostedRcuDomain::set_stall_handler(std::chrono::milliseconds limit, StallHandler handler) {
  const std::scoped_lock lock(stall_);
  stall_limit_ = limit;
  stall_handler_ = handler;
  default_stall_handler_ = false;
}

void HostedRcuDomain::check_stall() {
  const std::scoped_lock lock(stall_);
  const auto now = std::chrono::steady_clock::now();
  const std::uintptr_t completed = engine().completed();
  if (completed != watched_ || !engine().is_active()) {
    watched_ = completed;
    watched_since_ = now;
    told_ = false;
    return;
  }
  const auto duration = std::chrono::duration_cast<std::chrono::milliseconds>(now - watched_since_);
  const StallHandler handler = default_stall_handler_ ? &print_stall : stall_handler_;
  if (told_ || handler == nullptr || duration < stall_limit_) return;
  told_ = true;
  RcuStall stall{.duration = duration, .threads = {}};
  for (unsigned slot = 0; slot < kMaxReaders; ++slot) {
    // Relaxed: for people.
    if (engine().is_pending(slot))
      stall.threads.push_back(thread_of_[slot].load(std::memory_order_relaxed));
  }
  handler(stall);
}

}  // namespace baton::sync
