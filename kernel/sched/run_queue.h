// `RunQueue<T>`: the threads that wait for their turn on one core, most urgent first, and among
// equals in the order of arrival.
//
// A list per priority and a word with a bit per list that is not empty, so that every operation
// takes the same time however many threads there are.  Which of them may go to other cores is kept
// in a second word: other cores ask.
//
// `T` has `sync::ListHook<> queue_hook`, and its holder's `std::uint8_t queued_priority` and
// `bool queued_movable`, which the queue writes; take_turns() relies on the latter of a thread that
// is in no queue, which its core keeps true.
//
// Its core only, interrupts masked.
#ifndef BATON_KERNEL_SCHED_RUN_QUEUE_H_
#define BATON_KERNEL_SCHED_RUN_QUEUE_H_

#include <array>
#include <bit>
#include <cstdint>
#include <utility>

#include "base/assert.h"
#include "kernel/sched/held.h"
#include "kernel/sched/priority.h"
#include "sync/list.h"

namespace baton::kernel {

template <class T>
class RunQueue {
 public:
  constexpr RunQueue() = default;
  RunQueue(const RunQueue&) = delete;
  RunQueue& operator=(const RunQueue&) = delete;

  /// Behind its equals.
  void push_back(Held<T> thread, Priority priority, bool movable) {
    T& in = std::move(thread).pass_on();
    lists_[note(in, priority, movable)].push_back(in);
  }
  /// Before its equals: a thread that was interrupted in its turn.
  void push_front(Held<T> thread, Priority priority, bool movable) {
    T& in = std::move(thread).pass_on();
    lists_[note(in, priority, movable)].push_front(in);
  }

  /// Priority::value() of the most urgent, or kIdlePriority.
  int top() const { return most_urgent(occupied_); }
  /// The same among those that may go to other cores.
  int top_movable() const { return most_urgent(movable_); }
  bool empty() const { return occupied_ == 0; }
  /// O(1).
  unsigned size() const { return size_; }

  /// The most urgent.  Not when empty.
  Held<T> pop() {
    BATON_ASSERT(occupied_ != 0);
    return erase(lists_[static_cast<unsigned>(top())].front());
  }
  /// The next of those with this priority; null unless they are there, and the most urgent.
  T* front_if_top(int priority) {
    if (priority < 0 || occupied_ >> static_cast<unsigned>(priority) != 1) return nullptr;
    return &*lists_.data()[static_cast<unsigned>(priority)].begin();
  }
  /// Takes out the first of those with this priority, and puts another one, of the same priority
  /// and as movable by its last time here, behind the rest: the queue has as many of each kind as
  /// before.
  [[gnu::always_inline]] void take_turns(int priority, T& in) {
    in.queued_priority = static_cast<std::uint8_t>(priority);
    static_cast<void>(lists_.data()[static_cast<unsigned>(priority)].take_turns(in));
  }

  /// Takes a thread out, wherever it is in this queue.
  Held<T> erase(T& thread) {
    const unsigned priority = thread.queued_priority;
    lists_[priority].erase(thread);
    --size_;
    if (lists_[priority].empty()) occupied_ &= ~(1U << priority);
    if (thread.queued_movable && --movable_count_[priority] == 0) movable_ &= ~(1U << priority);
    return Held<T>(thread);
  }
  /// Calls visit(const T&) for each, most urgent first.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::uint32_t left = occupied_; left != 0;) {
      const auto priority = static_cast<unsigned>(most_urgent(left));
      for (const T& thread : lists_[priority]) visit(thread);
      left &= ~(1U << priority);
    }
  }
  /// The most urgent that is more urgent than `above`, and for which `suits(thread)` holds; null if
  /// there is none.  O(those looked at).
  template <class Suits>
  T* find(int above, Suits&& suits) {
    return find_in(occupied_, above, suits);
  }
  /// The same among those that may go to other cores.
  template <class Suits>
  T* find_movable(int above, Suits&& suits) {
    return find_in(movable_, above,
                   [&suits](const T& thread) { return thread.queued_movable && suits(thread); });
  }

 private:
  template <class Suits>
  T* find_in(std::uint32_t priorities, int above, Suits&& suits) {
    while (priorities != 0) {
      const int priority = most_urgent(priorities);
      if (priority <= above) return nullptr;
      for (T& thread : lists_[static_cast<unsigned>(priority)]) {
        if (suits(std::as_const(thread))) return &thread;
      }
      priorities &= ~(1U << static_cast<unsigned>(priority));
    }
    return nullptr;
  }
  static int most_urgent(std::uint32_t bits) { return 31 - std::countl_zero(bits); }

  unsigned note(T& thread, Priority priority, bool movable) {
    const auto index = static_cast<unsigned>(priority.value());
    thread.queued_priority = static_cast<std::uint8_t>(index);
    thread.queued_movable = movable;
    occupied_ |= 1U << index;
    ++size_;
    if (movable) {
      movable_ |= 1U << index;
      ++movable_count_[index];
    }
    return index;
  }

  std::uint32_t occupied_ = 0;
  std::uint32_t movable_ = 0;
  unsigned size_ = 0;
  std::array<std::uint16_t, Priority::kCount> movable_count_{};
  std::array<sync::RefList<T, &T::queue_hook>, Priority::kCount> lists_{};
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_RUN_QUEUE_H_
