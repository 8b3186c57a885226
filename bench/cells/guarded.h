// The contestants that are no cells: a lock that guards an optional, a plain pointer, and the
// floor.
//
// Each operation does what the cell's operation of that name does, in the same cache line.
#ifndef BATON_BENCH_CELLS_GUARDED_H_
#define BATON_BENCH_CELLS_GUARDED_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>

#include "bench/cells/payload.h"
#include "bench/common/outcome.h"

namespace baton::bench {

/// An optional value behind a lock.
template <class Lock>
class alignas(kLine) Guarded {
  using Guard = typename Lock::Guard;
  using TryGuard = typename Lock::TryGuard;

 public:
  Outcome map(unsigned /*side*/) {
    const Guard guard(lock_);
    if (!value_.has_value()) return {};
    return {true, bump(*value_)};
  }

  template <unsigned Steps>
  Outcome long_map(unsigned /*side*/) {
    const Guard guard(lock_);
    if (!value_.has_value()) return {};
    return {true, toil<Steps>(*value_)};
  }

  Outcome try_map(unsigned /*side*/) {
    const TryGuard guard(lock_);
    if (!guard.owns() || !value_.has_value()) return {};
    return {true, bump(*value_)};
  }

  /// The value leaves and comes back: locked twice.
  Outcome take_put(unsigned /*side*/) {
    std::optional<Payload> mine;
    {
      const Guard guard(lock_);
      mine = std::exchange(value_, std::nullopt);
    }
    if (!mine.has_value()) return {};
    const std::uint64_t count = bump(*mine);
    const Guard guard(lock_);
    value_ = mine;
    return {true, count};
  }

  Outcome replace(unsigned side) {
    Payload& spare = spares_[side].payload;
    bump(spare);
    const Guard guard(lock_);
    if (!value_.has_value()) return {};
    std::swap(*value_, spare);
    return {true};
  }

  Outcome is_full(unsigned /*side*/) {
    const Guard guard(lock_);
    return {value_.has_value()};
  }

  /// A lock waits by itself.  (That another one has taken the value out, only locking tells.)
  bool ready() const { return true; }

 private:
  struct alignas(kLine) Spare {
    Payload payload;
  };

  Lock lock_;
  std::optional<Payload> value_{std::in_place};
  Spare spares_[2];
};

/// A copyable value, maybe there, behind a lock: beside OptionalCell and NumericCell.
template <class Lock>
class alignas(kLine) GuardedNumber {
  using Guard = typename Lock::Guard;

 public:
  Outcome get(unsigned /*side*/) {
    const Guard guard(lock_);
    if (!value_.has_value()) return {};
    return {true, *value_};
  }
  Outcome set(unsigned side) {
    const Guard guard(lock_);
    value_ = side + 1;
    return {true};
  }
  Outcome update(unsigned /*side*/) {
    const Guard guard(lock_);
    if (!value_.has_value()) return {};
    return {true, ++*value_};
  }
  Outcome take_put(unsigned /*side*/) {
    std::optional<std::uint32_t> mine;
    {
      const Guard guard(lock_);
      mine = std::exchange(value_, std::nullopt);
    }
    if (!mine.has_value()) return {};
    const Guard guard(lock_);
    value_ = *mine + 1;
    return {true, *mine + 1};
  }

  bool ready() const { return true; }

 private:
  Lock lock_;
  std::optional<std::uint32_t> value_{1U};
};

/// What one would write for one context without any cell.
class alignas(kLine) PlainPointer {
 public:
  Outcome map(unsigned /*side*/) {
    if (object_ == nullptr) return {};
    return {true, bump(*object_)};
  }
  Outcome take_put(unsigned /*side*/) {
    Payload* const mine = std::exchange(object_, nullptr);
    if (mine == nullptr) return {};
    const std::uint64_t count = bump(*mine);
    object_ = mine;
    return {true, count};
  }
  Outcome replace(unsigned /*side*/) {
    bump(*spare_);
    std::swap(object_, spare_);
    return {true};
  }
  Outcome is_full(unsigned /*side*/) { return {object_ != nullptr}; }

 private:
  Payload payload_;
  Payload other_;
  Payload* object_ = &payload_;
  Payload* spare_ = &other_;
};

/// A plain optional number, for OptionalCell and NumericCell.
class alignas(kLine) PlainNumber {
 public:
  Outcome get(unsigned /*side*/) {
    if (!value_.has_value()) return {};
    return {true, *value_};
  }
  Outcome set(unsigned side) {
    value_ = side + 1;
    return {true};
  }
  Outcome update(unsigned /*side*/) {
    if (!value_.has_value()) return {};
    return {true, ++*value_};
  }
  Outcome take_put(unsigned /*side*/) {
    const std::optional<std::uint32_t> mine = std::exchange(value_, std::nullopt);
    if (!mine.has_value()) return {};
    value_ = *mine + 1;
    return {true, *mine + 1};
  }

 private:
  std::optional<std::uint32_t> value_{1U};
};

/// What exclusive use of an object cannot go below: one exchange in, one release store out, and no
/// question asked of what the exchange brought.  For one thread.
class alignas(kLine) Floor {
 public:
  Outcome map(unsigned /*side*/) {
    // Acquire pairs with the release below.
    const std::uintptr_t word = word_.exchange(1, std::memory_order_acquire);
    const std::uint64_t count = bump(*reinterpret_cast<Payload*>(word));
    // Release pairs with the acquire above.
    word_.store(word, std::memory_order_release);
    return {true, count};
  }

 private:
  Payload payload_;
  std::atomic<std::uintptr_t> word_{reinterpret_cast<std::uintptr_t>(&payload_)};
};

}  // namespace baton::bench

#endif  // BATON_BENCH_CELLS_GUARDED_H_
