// `Held<T>`: the right to run a thread, and to touch what only its holder may.
//
// Whoever has it must pass it on: to a run queue, to a core's mailbox, to the thread's parked
// state.  Move-only, and never dropped: the destructor of one that still holds ends the program.
//
// The scheduler's; interrupts masked.
#ifndef BATON_KERNEL_SCHED_HELD_H_
#define BATON_KERNEL_SCHED_HELD_H_

#include <utility>

#include "base/annotations.h"
#include "base/assert.h"

namespace baton::kernel {

template <class T>
class [[nodiscard]] Held {
 public:
  /// Nothing.
  constexpr Held() = default;
  /// By whoever has just won the thread (ThreadControl says how).
  constexpr explicit Held(T& thread) : thread_(&thread) {}
  constexpr Held(Held&& other) noexcept : thread_(std::exchange(other.thread_, nullptr)) {}
  Held& operator=(Held&& other) noexcept {
    BATON_CHECK(thread_ == nullptr && "the right to run a thread is overwritten");
    thread_ = std::exchange(other.thread_, nullptr);
    return *this;
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { BATON_CHECK(thread_ == nullptr && "the right to run a thread is dropped"); }

  explicit operator bool() const { return thread_ != nullptr; }
  T& operator*() const { return *thread_; }
  T* operator->() const { return thread_; }

  /// Passes it on, in another shape: a link in a queue, a word.
  [[nodiscard]] T& pass_on() && {
    BATON_ASSERT(thread_ != nullptr);
    return *std::exchange(thread_, nullptr);
  }

 private:
  T* thread_ = nullptr;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_HELD_H_
