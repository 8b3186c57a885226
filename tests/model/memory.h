// The memory of the model: every atomic's stores in modification order, what each thread has seen
// of them, and who touched plain data when.
//
// Views in the manner of "promising" semantics, without promises:
//   * A load may read any store that is not older than what its thread has seen of the location.
//   * A store may be placed anywhere in modification order behind what its thread has seen, but not
//     between a read-modify-write and the store that it read.
//   * A read-modify-write reads a store that no other one has read, and stands right behind it.
//   * A release store carries its thread's view; an acquire that reads it, or a read-modify-write
//     further down its release sequence, joins that view.  Fences split the two halves.
//   * seq_cst accesses and fences also go through one view that all of them share, in the order in
//     which they are executed ([atomics.order] 4 of C++20).
// tests/model/README.md says what this leaves out.
#ifndef BATON_TESTS_MODEL_MEMORY_H_
#define BATON_TESTS_MODEL_MEMORY_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "tests/model/operation.h"
#include "tests/model/view.h"

namespace baton::model {

/// What an operation did.
struct Outcome {
  std::uint64_t value = 0;  // read; for a store, stored
  bool wrote = false;
  int read_step = -1;  // the step that wrote the value read; -1: the initial value
  int read_thread = 0;
};

/// A point in a thread's life.
struct Moment {
  int thread = 0;
  std::array<std::uint32_t, kMaxThreads> clock{};

  /// Whether everything up to here happened before `later`.
  bool precedes(const Moment& later) const {
    const auto t = static_cast<std::size_t>(thread);
    return clock[t] <= later.clock[t];
  }
};

class Memory {
 public:
  /// Ids of stores in the order in which they were executed.
  using Choices = std::vector<std::uint16_t>;

  void reset();

  /// Each of `count` threads begins where the set-up is now; then the set-up goes on where all
  /// ended.
  void fork(int count);
  void join(int count);
  /// On one core, an interrupt handler begins where its host is, and its host goes on where it
  /// ended.
  void sequence(int before, int after) {
    now_[index(after)].join(now_[index(before)]);
    tick(before);
  }

  int new_location(int thread, std::uint64_t initial);
  void end_location(int location) { locations_[index(location)].alive = false; }
  bool is_alive(int location) const { return locations_[index(location)].alive; }

  /// Stores executed at a location so far.
  std::uint16_t store_count(int location) const {
    return static_cast<std::uint16_t>(locations_[index(location)].stores.size());
  }

  /// The stores that `thread` may read with this operation, or behind which it may place its own;
  /// the newest first.  Of stores to read, only those numbered `floor` and up.
  void choices(int thread, const Operation& operation, std::uint16_t floor, Choices& out) const;
  bool has_choice(int thread, const Operation& operation, std::uint16_t floor) const;

  /// Executes, given one of the choices.  `step` is what a later reader is told.
  Outcome apply(int thread, const Operation& operation, std::uint16_t choice, int step);
  void fence(int thread, std::memory_order order);

  /// Whether any word has got another value since this thread caught up, or began.
  bool has_news(int thread) const { return changes_ > caught_up_[index(thread)]; }
  /// This thread sees every store that was executed.  No more happens before than did.
  void catch_up(int thread);

  Moment moment(int thread) {
    const Moment now = {.thread = thread, .clock = now_[index(thread)].clock};
    tick(thread);
    return now;
  }

  /// Plain data, null or what is wrong.  Storage that held plain data before may be used again only
  /// by somebody who knows of its end.
  int new_plain(int thread, const void* address, const char** wrong);
  const char* end_plain(int thread, int location);
  const char* read_plain(int thread, int location);
  const char* write_plain(int thread, int location);

  /// Where a compare-and-swap that reads this store would succeed.
  static bool succeeds(const Operation& operation, std::uint64_t value) {
    return operation.kind == Kind::kModify || value == operation.expected;
  }

 private:
  struct Store {
    std::uint64_t value;
    Stamp stamp;
    bool read_by_modify;  // nothing fits between it and its successor any more
    int step;
    int thread;
    View released;  // what an acquire of it joins
  };
  struct Location {
    bool alive = true;
    std::vector<Store> stores;         // as executed
    std::vector<std::uint16_t> order;  // their ids, oldest first
  };
  struct PlainData {
    const void* address = nullptr;
    bool alive = true;
    int writer = 0;
    std::uint32_t write_clock = 0;
    std::array<std::uint32_t, kMaxThreads> read_clock{};
  };

  static constexpr Stamp kGap = 1U << 16;

  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  template <class F>
  void for_each_choice(int thread, const Operation& operation, std::uint16_t floor, F&& f) const;
  void place(int thread, const Operation& operation, std::uint16_t after, std::uint64_t value,
             std::memory_order order, const View* sequence, int step);
  void tick(int thread) { ++now_[index(thread)].clock[index(thread)]; }

  std::vector<Location> locations_;
  std::size_t location_count_ = 0;
  std::vector<PlainData> plain_;
  std::array<View, kMaxThreads> now_{};
  std::array<View, kMaxThreads> at_release_fence_{};
  std::array<View, kMaxThreads> for_acquire_fence_{};
  View seq_cst_{};
  std::uint32_t changes_ = 0;                           // of any word, to another value
  std::array<std::uint32_t, kMaxThreads> caught_up_{};  // with how many
};

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_MEMORY_H_
