// `AtomicMapCell<T>`: holds at most one value of its own, for any core and any context.
//
// An AtomicTakeCell passes handles on objects that live elsewhere; a map cell is where its value
// lives, and `map` and `lease` work on it in place, without moving it.  put, take and replace move
// it in and out.
//
// The state is one word beside the value: empty, full, or busy.  Whatever touches the value enters
// by one compare-and-swap from the state that it needs to busy, and leaves by one release store. An
// operation that does not find what it needs changes nothing, so nobody is refused because of
// somebody who merely looked.  A value on its way in or out makes the cell busy.
//
// IrqMapCell is the same for one core's threads and handlers, MapCell for one context.
#ifndef BATON_SYNC_MAP_CELL_H_
#define BATON_SYNC_MAP_CELL_H_

#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/annotations.h"
#include "sync/atomics.h"
#include "sync/cell_answers.h"
#include "sync/cell_operations.h"
#include "sync/core_atomics.h"
#include "sync/holder.h"
#include "sync/misuse.h"

namespace baton::sync {

/// The value that was not stored, back with its owner, and why.
template <class T>
struct [[nodiscard]] RefusedValue {
  Refusal why;
  T value;
};

/// Guard on a map cell's value; the cell is busy while it lives.  For the context that got it.
template <class T, class Cell>
class [[nodiscard]] ValueLease {
 public:
  ValueLease(ValueLease&& other) noexcept : cell_(std::exchange(other.cell_, nullptr)) {}
  ValueLease(const ValueLease&) = delete;
  ValueLease& operator=(const ValueLease&) = delete;
  ValueLease& operator=(ValueLease&&) = delete;
  ~ValueLease() {
    if (cell_ != nullptr) cell_->leave(Cell::kFull);
  }
  T& operator*() const BATON_LIFETIMEBOUND {
    BATON_NO_MISUSE(cell_ != nullptr, this, "a lease is used after it was moved from");
    return cell_->place_.value;
  }
  T* operator->() const BATON_LIFETIMEBOUND { return &**this; }

 private:
  friend Cell;
  explicit ValueLease(Cell* cell) : cell_(cell) {}
  Cell* cell_;
};

/// Starts empty, or with a value; `constinit`.  Not destroyed with a value in it unless T's
/// destructor is trivial: a cell has no destructor, so that a static one needs none.
template <class T, class Atomics = StdAtomics>
class AtomicMapCell : public internal::CellOperations {
 public:
  using element_type = T;
  using LeaseType = ValueLease<T, AtomicMapCell>;

  constexpr AtomicMapCell() : place_() {}
  /// Full from the start, with T(args...).
  template <class... Args>
  constexpr explicit AtomicMapCell(std::in_place_t, Args&&... args)
      : state_(kFull), place_(std::in_place, std::forward<Args>(args)...) {}
  AtomicMapCell(const AtomicMapCell&) = delete;
  AtomicMapCell& operator=(const AtomicMapCell&) = delete;

  /// Stores the value if the cell is empty; else hands it back.
  Answer<void, RefusedValue<T>> put(T value) {
    const State before = enter_from(kEmpty);
    if (before != kEmpty) return std::unexpected(refuse(before, std::move(value)));
    std::construct_at(&place_.value, std::move(value));
    leave(kFull);
    return {};
  }

  /// Moves the value out; the cell is empty afterwards.
  Answer<T, Absent> take() {
    const State before = enter_from(kFull);
    if (before != kFull) return std::unexpected(why_absent(before));
    Answer<T, Absent> taken(std::move(place_.value));
    std::destroy_at(&place_.value);
    leave(kEmpty);
    return taken;
  }

  /// Stores the value and returns the one it displaces, if any; hands it back if the cell is busy.
  Answer<std::optional<T>, RefusedValue<T>> replace(T value) {
    for (;;) {
      State before = enter_from(kFull);
      if (before == kFull) {
        std::optional<T> old(std::exchange(place_.value, std::move(value)));
        leave(kFull);
        return old;
      }
      if (before == kEmpty) before = enter_from(kEmpty);
      if (before == kEmpty) {
        std::construct_at(&place_.value, std::move(value));
        leave(kFull);
        return std::optional<T>();
      }
      if (before == kBusy) return std::unexpected(refuse(before, std::move(value)));
      // Empty, and then full: somebody else's operation succeeded in between.
    }
  }

  /// Runs `f(T&)` on the value where it lies.  Returns what `f` returns, by value.
  template <class F>
  [[gnu::always_inline]] Answer<MapValue<F, T>, Absent> map(F&& f) {
    using Value = MapValue<F, T>;
    const State before = enter_from(kFull);
    if (before != kFull) return std::unexpected(why_absent(before));
    const LeaseType inside(this);
    if constexpr (std::is_void_v<Value>) {
      std::invoke(std::forward<F>(f), *inside);
      return {};
    } else {
      return std::invoke(std::forward<F>(f), *inside);
    }
  }

  /// Runs `modify(T&)` on the value where it lies, or stores what `make()` returns if there is
  /// none; the cell is busy meanwhile.  When somebody is inside neither is called.
  template <class F, class G>
    requires std::invocable<F, T&> && std::constructible_from<T, std::invoke_result_t<G>>
  Answer<Changed, Busy> modify_or_replace(F&& modify, G&& make) {
    for (;;) {
      State before = enter_from(kFull);
      if (before == kFull) {
        const LeaseType inside(this);
        static_cast<void>(std::invoke(std::forward<F>(modify), *inside));
        return Changed::kModified;
      }
      if (before == kEmpty) before = enter_from(kEmpty);
      if (before == kEmpty) {
        Vacancy vacancy(*this);
        std::construct_at(&place_.value, std::invoke(std::forward<G>(make)));
        vacancy.filled();
        return Changed::kStored;
      }
      if (before == kBusy) return std::unexpected(Busy());
      // Empty, and then full: somebody else's operation succeeded in between.
    }
  }

  /// A guard that keeps the cell busy while it lives.
  [[gnu::always_inline]] Answer<LeaseType, Absent> lease() BATON_LIFETIMEBOUND {
    const State before = enter_from(kFull);
    if (before != kFull) return std::unexpected(why_absent(before));
    return LeaseType(this);
  }

  /// A copy of the value.
  Answer<T, Absent> get()
    requires std::copy_constructible<T>
  {
    return map([](const T& value) { return value; });
  }

  /// Whether a value is there to be used at this moment.  Reads only.
  bool is_full() const { return state() == CellState::kFull; }

  /// The state at this moment.  Reads only.
  CellState state() const {
    // Relaxed: an answer for people and for guesses; the value is not looked at.
    switch (state_.load(std::memory_order_relaxed)) {
      case kEmpty:
        return CellState::kEmpty;
      case kFull:
        return CellState::kFull;
      default:
        return CellState::kBusy;
    }
  }

  /// The state, and in debug builds who is inside.
  CellReport report() const {
    const CellState now = state();
    return {.state = now, .holder = now == CellState::kBusy ? holder_.read() : Holder{}};
  }

 private:
  friend LeaseType;
  using State = std::uint32_t;
  static constexpr State kEmpty = 0;
  static constexpr State kFull = 1;
  static constexpr State kBusy = 2;

  union Place {
    constexpr Place() : nothing{} {}
    template <class... Args>
    constexpr explicit Place(std::in_place_t, Args&&... args)
        : value(std::forward<Args>(args)...) {}
    constexpr ~Place() = default;
    constexpr ~Place()
      requires(!std::is_trivially_destructible_v<T>)
    {}
    char nothing;
    T value;
  };

  static constexpr Absent why_absent(State state) {
    return state == kEmpty ? Absent::kEmpty : Absent::kBusy;
  }
  static RefusedValue<T> refuse(State state, T&& value) {
    return {state == kFull ? Refusal::kFull : Refusal::kBusy, std::move(value)};
  }

  /// Inside an empty cell: leaves it full, or empty if making a value ended in an exception.
  class Vacancy {
   public:
    explicit Vacancy(AtomicMapCell& cell) : cell_(cell) {}
    Vacancy(const Vacancy&) = delete;
    Vacancy& operator=(const Vacancy&) = delete;
    ~Vacancy() { cell_.leave(after_); }
    void filled() { after_ = kFull; }

   private:
    AtomicMapCell& cell_;
    State after_ = kEmpty;
  };

  /// Gets in if the state is `wanted`; returns the state that was found.
  [[gnu::always_inline]] State enter_from(State wanted) {
    State found = wanted;
    // Acquire pairs with the release in leave(): the value, and the end of the one before, are ours
    // to see.  Relaxed on failure: the state only says why.
    if (state_.compare_exchange_strong(found, kBusy, std::memory_order_acquire,
                                       std::memory_order_relaxed)) {
      holder_.enter();
    } else if (found == kBusy) {
      holder_.meet(this, kReachOf<Atomics>);
    }
    return found;
  }

  void leave(State state) {
    static_cast<void>(holder_.leave(this));
    // Release pairs with the acquire in enter_from(): what we did to the value goes with the state.
    state_.store(state, std::memory_order_release);
  }

  typename Atomics::template Atomic<State> state_{kEmpty};
  [[no_unique_address]] HolderRecord holder_;
  Place place_;
};

template <class T>
using IrqMapCell = AtomicMapCell<T, OneCoreAtomics>;

template <class T>
using MapCell = AtomicMapCell<T, OneContextAtomics>;

}  // namespace baton::sync

#endif  // BATON_SYNC_MAP_CELL_H_
