// What readers read, and what would protect it if it were not for RCU.
//
// A contestant shows one entry.  Its `Reading` is a thread's part: it reads while that lives, and
// says now and then that it reads nothing at this moment, where the contestant wants to know.
#ifndef BATON_BENCH_RCU_ENTRY_H_
#define BATON_BENCH_RCU_ENTRY_H_

#include <atomic>
#include <cstdint>
#include <mutex>
#include <shared_mutex>

#include "absl/synchronization/mutex.h"
#include "bench/common/outcome.h"

namespace baton::bench {

/// Two words.
struct Entry {
  std::uint64_t first = 1;
  std::uint64_t second = 2;
};

inline std::uint64_t sum(const Entry& entry) { return entry.first + entry.second; }

/// An entry in a line of its own.
struct alignas(kLine) Place {
  Entry entry;
};

/// A thread's part where there is nothing to say.
struct NothingToSay {
  template <class Contestant>
  explicit NothingToSay(Contestant& /*contestant*/) {}
  void quiescent() {}
};

/// The floor: the loads, and an updater who never knows when an entry may be used again.
class BareLoads {
 public:
  using Reading = NothingToSay;

  std::uint64_t read() {
    // Acquire pairs with the release in update().
    return sum(shown_.load(std::memory_order_acquire)->entry);
  }
  void update() {
    next_ = (next_ + 1) % 64;
    // Release pairs with the acquire in read().
    shown_.store(&places_[next_], std::memory_order_release);
  }

 private:
  Place places_[64];
  unsigned next_ = 0;
  alignas(kLine) std::atomic<Place*> shown_{&places_[0]};
};

/// A pointer that is read under a lock for reading, and replaced under the same for writing.
class SharedMutex {
 public:
  using Reading = NothingToSay;

  std::uint64_t read() {
    const std::shared_lock lock(mutex_);
    return sum(shown_->entry);
  }
  void update() {
    next_ ^= 1U;
    ++places_[next_].entry.first;
    const std::unique_lock lock(mutex_);
    shown_ = &places_[next_];
  }

 private:
  Place places_[2];
  unsigned next_ = 0;
  alignas(kLine) std::shared_mutex mutex_;
  Place* shown_ = &places_[0];
};

class AbslMutex {
 public:
  using Reading = NothingToSay;

  std::uint64_t read() {
    const absl::ReaderMutexLock lock(&mutex_);
    return sum(shown_->entry);
  }
  void update() {
    next_ ^= 1U;
    ++places_[next_].entry.first;
    const absl::WriterMutexLock lock(&mutex_);
    shown_ = &places_[next_];
  }

 private:
  Place places_[2];
  unsigned next_ = 0;
  alignas(kLine) absl::Mutex mutex_;
  Place* shown_ = &places_[0];
};

}  // namespace baton::bench

#endif  // BATON_BENCH_RCU_ENTRY_H_
