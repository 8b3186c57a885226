// `ReadyRings<T>`: the threads that are to run on the only core of a machine, the one that runs
// among them.
//
// A ring of equals per priority, of which the core knows the first, and a word with a bit per ring
// that is not empty.  What should run is the first of the most urgent ring, so a thread that is
// preempted stays where it is, and one that gives its equals a turn only says who is first.
//
// `T` has `RingHook<T> queue_hook`, and `std::uint8_t queued_priority`, which is the ring's: one
// more than the priority's value, and 0 for the idle thread, which is in no ring.
//
// Interrupts masked.  Every operation checks the links that it changes, in every build.
#ifndef BATON_KERNEL_SCHED_READY_RINGS_H_
#define BATON_KERNEL_SCHED_READY_RINGS_H_

#include <array>
#include <bit>
#include <cstdint>

#include "base/assert.h"
#include "kernel/sched/priority.h"

namespace baton::kernel {

/// A place in a ring.
template <class T>
struct RingHook {
  T* next = nullptr;
  T* prev = nullptr;
  bool is_linked() const { return next != nullptr; }
};

template <class T>
class ReadyRings {
 public:
  constexpr ReadyRings() = default;
  ReadyRings(const ReadyRings&) = delete;
  ReadyRings& operator=(const ReadyRings&) = delete;

  /// What is to run when nothing else is.  Once, before all else.
  void set_idle(T& idle) {
    first_[0] = &idle;
    idle.queue_hook = {.next = &idle, .prev = &idle};
    idle.queued_priority = 0;
  }
  bool has_idle() const { return first_[0] != nullptr; }

  /// What is to run.
  T& first() const { return *first_.data()[std::bit_width(occupied_)]; }
  /// Whether other threads than the running one wait for their turn.
  bool has_others(const T& running) const {
    const std::uint32_t own = running.queued_priority != 0 && running.queue_hook.is_linked()
                                  ? 1U << (running.queued_priority - 1U)
                                  : 0;
    return (occupied_ & ~own) != 0 || (own != 0 && running.queue_hook.next != &running);
  }

  /// Behind its equals.
  void push_back(T& thread, Priority priority) {
    const auto ring = static_cast<unsigned>(priority.value()) + 1;
    BATON_CHECK(!thread.queue_hook.is_linked());
    thread.queued_priority = static_cast<std::uint8_t>(ring);
    T*& first = first_.data()[ring];
    if (first == nullptr) {
      thread.queue_hook = {.next = &thread, .prev = &thread};
      first = &thread;
      occupied_ |= 1U << (ring - 1);
      return;
    }
    T& last = *first->queue_hook.prev;
    BATON_CHECK(last.queue_hook.next == first);
    thread.queue_hook = {.next = first, .prev = &last};
    last.queue_hook.next = &thread;
    first->queue_hook.prev = &thread;
  }
  /// Before them, but behind `running`, which is the first of a ring.
  void push_first(T& thread, Priority priority, const T& running) {
    const auto ring = static_cast<unsigned>(priority.value()) + 1;
    T*& first = first_.data()[ring];
    if (first != &running) {
      push_back(thread, priority);
      first = &thread;
      return;
    }
    T& before = *first;
    T& after = *before.queue_hook.next;
    BATON_CHECK(!thread.queue_hook.is_linked() && after.queue_hook.prev == &before);
    thread.queued_priority = static_cast<std::uint8_t>(ring);
    thread.queue_hook = {.next = &after, .prev = &before};
    before.queue_hook.next = &thread;
    after.queue_hook.prev = &thread;
  }

  /// Takes a thread out, wherever it is.
  void erase(T& thread) {
    T*& first = first_.data()[thread.queued_priority];
    T* const next = thread.queue_hook.next;
    T* const prev = thread.queue_hook.prev;
    BATON_CHECK(next != nullptr && next->queue_hook.prev == &thread &&
                prev->queue_hook.next == &thread);
    if (next == &thread) {
      first = nullptr;
      occupied_ &= ~(1U << (thread.queued_priority - 1U));
    } else {
      prev->queue_hook.next = next;
      next->queue_hook.prev = prev;
      if (first == &thread) first = next;
    }
    thread.queue_hook = {};
  }

  /// The equal whose turn it is after the first of a ring, which may be itself.
  static T& next(const T& thread) { return *thread.queue_hook.next; }
  /// That one comes first from now on.
  void take_turns(const T& thread, T& next) {
    BATON_CHECK(next.queue_hook.prev == &thread);
    first_.data()[thread.queued_priority] = &next;
  }

  /// Calls visit(const T&) for each, most urgent first, and in order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::uint32_t left = occupied_; left != 0;) {
      const auto ring = static_cast<unsigned>(std::bit_width(left));
      const T* thread = first_.data()[ring];
      do {
        visit(*thread);
        thread = thread->queue_hook.next;
      } while (thread != first_.data()[ring]);
      left &= ~(1U << (ring - 1));
    }
  }

 private:
  std::array<T*, Priority::kCount + 1> first_{};
  std::uint32_t occupied_ = 0;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_READY_RINGS_H_
