// The model's Atomics policy: what the primitives of sync/ are instantiated with, and what model
// programs use themselves.  Every operation is a step that the explorer schedules; orders may be
// weakened by a mutation (tests/model/mutation.h).
#ifndef BATON_TESTS_MODEL_ATOMICS_H_
#define BATON_TESTS_MODEL_ATOMICS_H_

#include <atomic>
#include <cstdint>
#include <source_location>
#include <type_traits>
#include <utility>

#include "absl/functional/function_ref.h"
#include "tests/model/explorer.h"
#include "tests/model/mutation.h"
#include "tests/model/operation.h"

namespace baton::model {

/// std::atomic's interface, as far as sync/ uses it, with the order always written out.
template <class T>
class Atomic {
  static_assert(std::is_pointer_v<T> || std::is_integral_v<T>);
  using Order = std::memory_order;
  using Where = std::source_location;

 public:
  explicit Atomic(T value = {}) : location_(Explorer::current()->new_location(bits(value))) {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;
  ~Atomic() { Explorer::current()->end_location(location_); }

  T load(Order order, Where where = Where::current()) const {
    return value(perform({.kind = Kind::kLoad, .order = at(where, order), .where = where}));
  }

  void store(T desired, Order order, Where where = Where::current()) {
    perform({.kind = Kind::kStore,
             .order = at(where, order),
             .operand = bits(desired),
             .where = where});
  }

  /// What `while (!wanted(a.load(order))) {}` ends with.
  T await(absl::FunctionRef<bool(T)> wanted, Order order, Where where = Where::current()) const {
    const auto of_bits = [&wanted](std::uint64_t b) { return wanted(value(b)); };
    const absl::FunctionRef<bool(std::uint64_t)> erased = of_bits;
    return value(perform(
        {.kind = Kind::kAwait, .order = at(where, order), .wanted = &erased, .where = where}));
  }

  T exchange(T desired, Order order, Where where = Where::current()) {
    return modify([](std::uint64_t, std::uint64_t operand) { return operand; }, desired, order,
                  where);
  }
  T fetch_add(T operand, Order order, Where where = Where::current()) {
    return modify(
        [](std::uint64_t a, std::uint64_t b) { return bits(static_cast<T>(value(a) + value(b))); },
        operand, order, where);
  }
  T fetch_sub(T operand, Order order, Where where = Where::current()) {
    return modify(
        [](std::uint64_t a, std::uint64_t b) { return bits(static_cast<T>(value(a) - value(b))); },
        operand, order, where);
  }
  T fetch_and(T operand, Order order, Where where = Where::current()) {
    return modify([](std::uint64_t a, std::uint64_t b) { return a & b; }, operand, order, where);
  }
  T fetch_or(T operand, Order order, Where where = Where::current()) {
    return modify([](std::uint64_t a, std::uint64_t b) { return a | b; }, operand, order, where);
  }

  bool compare_exchange_strong(T& expected, T desired, Order success, Order failure,
                               Where where = Where::current()) {
    return compare_exchange(expected, desired, success, failure, false, where);
  }
  bool compare_exchange_weak(T& expected, T desired, Order success, Order failure,
                             Where where = Where::current()) {
    return compare_exchange(expected, desired, success, failure, true, where);
  }

 private:
  static std::uint64_t bits(T value) {
    if constexpr (std::is_pointer_v<T>) {
      return reinterpret_cast<std::uint64_t>(value);
    } else {
      return static_cast<std::uint64_t>(value);
    }
  }
  static T value(std::uint64_t bits) {
    if constexpr (std::is_pointer_v<T>) {
      return reinterpret_cast<T>(bits);
    } else {
      return static_cast<T>(bits);
    }
  }
  static Order at(const Where& where, Order order, bool on_failure = false) {
    return mutator().order_at(where, on_failure, order);
  }

  std::uint64_t perform(Operation operation, bool* wrote = nullptr) const {
    operation.location = location_;
    return Explorer::current()->perform(operation, wrote);
  }

  T modify(Modify function, T operand, Order order, const Where& where) {
    return value(perform({.kind = Kind::kModify,
                          .order = at(where, order),
                          .operand = bits(operand),
                          .modify = function,
                          .where = where}));
  }

  bool compare_exchange(T& expected, T desired, Order success, Order failure, bool weak,
                        const Where& where) {
    bool wrote = false;
    const std::uint64_t old = perform({.kind = Kind::kCompareExchange,
                                       .order = at(where, success),
                                       .failure_order = at(where, failure, true),
                                       .operand = bits(desired),
                                       .expected = bits(expected),
                                       .may_fail_spuriously = weak,
                                       .where = where},
                                      &wrote);
    if (!wrote) expected = value(old);
    return wrote;
  }

  int location_;
};

/// Plain data: every access is checked for races and for use after its end.
template <class T>
class Plain {
  using Where = std::source_location;

 public:
  Plain() : Plain(T{}) {}
  explicit Plain(T value) : location_(Explorer::current()->new_plain(this)), value_(value) {}
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain&) = delete;
  ~Plain() { Explorer::current()->end_plain(location_); }

  T read(Where where = Where::current()) const {
    Explorer::current()->access_plain(Kind::kPlainRead, location_, where);
    return value_;
  }
  void write(T value, Where where = Where::current()) {
    Explorer::current()->access_plain(Kind::kPlainWrite, location_, where);
    value_ = value;
  }

 private:
  int location_;
  T value_;
};

inline void fence(std::memory_order order,
                  std::source_location where = std::source_location::current()) {
  Explorer::current()->fence(mutator().order_at(where, false, order), where);
}

/// The policy (sync/atomics.h).
struct ModelAtomics {
  template <class T, class Wanted, class Pause>
  static void await_acquire(const model::Atomic<T>& atomic, Wanted&& wanted, Pause&&,
                            std::source_location where = std::source_location::current()) {
    static_cast<void>(atomic.await(wanted, std::memory_order_acquire, where));
  }

  template <class T>
  using Atomic = model::Atomic<T>;
  template <class T>
  using Plain = model::Plain<T>;
};

/// An atomic of one core: whatever order is asked for, it is relaxed, as OneCoreAtomics makes it
/// for the hardware (sync/core_atomics.h).  For programs with one host and its interrupts.
template <class T>
class CoreAtomic {
  using Order = std::memory_order;
  using Where = std::source_location;
  static constexpr Order kRelaxed = std::memory_order_relaxed;

 public:
  explicit CoreAtomic(T value = {}) : atomic_(value) {}

  T load(Order, Where where = Where::current()) const { return atomic_.load(kRelaxed, where); }
  void store(T value, Order, Where where = Where::current()) {
    atomic_.store(value, kRelaxed, where);
  }
  T exchange(T value, Order, Where where = Where::current()) {
    return atomic_.exchange(value, kRelaxed, where);
  }
  T fetch_add(T value, Order, Where where = Where::current()) {
    return atomic_.fetch_add(value, kRelaxed, where);
  }
  T fetch_and(T value, Order, Where where = Where::current()) {
    return atomic_.fetch_and(value, kRelaxed, where);
  }
  T fetch_or(T value, Order, Where where = Where::current()) {
    return atomic_.fetch_or(value, kRelaxed, where);
  }
  bool compare_exchange_strong(T& expected, T desired, Order, Order,
                               Where where = Where::current()) {
    return atomic_.compare_exchange_strong(expected, desired, kRelaxed, kRelaxed, where);
  }
  bool compare_exchange_weak(T& expected, T desired, Order, Order, Where where = Where::current()) {
    return atomic_.compare_exchange_weak(expected, desired, kRelaxed, kRelaxed, where);
  }

 private:
  Atomic<T> atomic_;
};

struct ModelCoreAtomics {
  template <class T>
  using Atomic = CoreAtomic<T>;
  template <class T>
  using Plain = model::Plain<T>;
};

/// A plain word, as OneContextAtomics has it: an exchange is a load and a store, and an interrupt
/// may come in between.
template <class T>
class TornAtomic {
  using Order = std::memory_order;
  using Where = std::source_location;

 public:
  explicit TornAtomic(T value = {}) : word_(value) {}

  T load(Order, Where where = Where::current()) const { return word_.read(where); }
  void store(T value, Order, Where where = Where::current()) { word_.write(value, where); }
  T exchange(T value, Order, Where where = Where::current()) {
    const T old = word_.read(where);
    word_.write(value, where);
    return old;
  }
  T fetch_add(T value, Order, Where where = Where::current()) {
    const T old = word_.read(where);
    word_.write(static_cast<T>(old + value), where);
    return old;
  }
  bool compare_exchange_strong(T& expected, T desired, Order, Order,
                               Where where = Where::current()) {
    const T old = word_.read(where);
    if (old == expected) word_.write(desired, where);
    return std::exchange(expected, old) == old;
  }
  bool compare_exchange_weak(T& expected, T desired, Order success, Order failure,
                             Where where = Where::current()) {
    return compare_exchange_strong(expected, desired, success, failure, where);
  }

 private:
  Plain<T> word_;
};

struct ModelTornAtomics {
  template <class T>
  using Atomic = TornAtomic<T>;
  template <class T>
  using Plain = model::Plain<T>;
};

/// An object of the model's heap: use after destroy(), a second destroy(), and none are all found.
template <class T, class... Args>
T* make(Args&&... args) {
  return Explorer::current()->heap().make<T>(std::forward<Args>(args)...);
}
template <class T>
void destroy(T* object) {
  Explorer::current()->fail_unless(Explorer::current()->heap().destroy(object));
}

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_ATOMICS_H_
