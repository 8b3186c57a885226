// `AtomicTakeCell<T>`: holds at most one Owned<T>, for any core and any context.
//
// The cell is one word: empty, busy, or the object's address.
//
//   from \ by   take        put        replace       map, lease enter   ... and leave
//   empty       "empty"     full       full          (busy) "empty"     -
//   full        empty       refused    full, old out busy               -
//   busy        "busy"      refused    refused       "busy"             full (Lease::take: empty)
//
// take, put and replace are one compare-and-swap each and never make the cell busy: that word means
// that somebody is inside with map or lease, not that a bystander is looking.  map and lease enter
// by exchanging busy in, and leave by one release store.  Exchanging busy into a busy cell changes
// nothing; whoever gets anything but busy back is the only one inside and the only one who stores,
// so no store can overwrite another's object.  On an empty cell the enterer stores empty back at
// once, and in that instant a put is refused as busy.  modify_or_replace enters like
// map, and on an empty cell stays inside until the new object is stored.
//
// Progress: map and lease are wait-free.  take, put and replace retry only when somebody else's
// operation on this cell succeeded meanwhile; put is one attempt.
//
// Measured against each other on x86-64 (clang 19, one thread, medians of 31 interleaved
// repetitions; 1.00 is one exchange plus one release store): map by exchange 1.00, by load and
// compare-and-swap 1.00; take and put by compare-and-swap 1.95, by exchanging busy in and storing
// 1.95.  Two threads hammering one cell differ less than two runs do.  So cost did not decide:
//   * map by exchange has no retry loop and asks for the line once, for writing, where a load first
//     would fetch it twice;
//   * take and put by compare-and-swap keep a consumer that polls an empty cell from refusing the
//     producer, and a refused put from hiding a full cell from everybody else.
#ifndef BATON_SYNC_ATOMIC_TAKE_CELL_H_
#define BATON_SYNC_ATOMIC_TAKE_CELL_H_

#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/annotations.h"
#include "sync/atomics.h"
#include "sync/cell_answers.h"
#include "sync/cell_operations.h"
#include "sync/contention.h"
#include "sync/holder.h"
#include "sync/lease.h"
#include "sync/misuse.h"
#include "sync/owned.h"

namespace baton::sync {

/// A cell that interrupt handlers and other cores may touch at any time.  Starts empty;
/// `constinit`. Destroyed empty: the cell has no destructor, so that a static one needs none.
template <class T, class Atomics = StdAtomics>
class AtomicTakeCell : public internal::CellOperations {
 public:
  using element_type = T;
  using LeaseType = Lease<T, AtomicTakeCell>;

  constexpr AtomicTakeCell() = default;
  AtomicTakeCell(const AtomicTakeCell&) = delete;
  AtomicTakeCell& operator=(const AtomicTakeCell&) = delete;

  /// The object; the cell is empty afterwards.
  Answer<Owned<T>, Absent> take() {
    // Relaxed: only a guess, which the compare-and-swap confirms.
    std::uintptr_t word = word_.load(std::memory_order_relaxed);
    do {
      if (word <= kBusy) return std::unexpected(why_absent(word));
      // Acquire pairs with the release in put(), replace() and leave_full(): what the last holder
      // wrote to the object is ours to see.  Relaxed on failure: the word is a guess again.
    } while (!word_.compare_exchange_weak(word, kEmpty, std::memory_order_acquire,
                                          std::memory_order_relaxed));
    return adopt(word);
  }

  /// Stores the object if the cell is empty; else hands it back.
  Answer<void, Refused<T>> put(Owned<T> object) {
    std::uintptr_t word = kEmpty;
    // Release pairs with the acquire in take(), replace() and enter(): our writes to the object
    // go with it.  Relaxed on failure: the word only says why.
    if (word_.compare_exchange_strong(word, address(object), std::memory_order_release,
                                      std::memory_order_relaxed)) {
      static_cast<void>(internal::OwnedAccess::disown(std::move(object)));
      return {};
    }
    return refuse(word, std::move(object));
  }

  /// Stores the object and returns the one it displaces, if any; hands it back if the cell is busy.
  Answer<std::optional<Owned<T>>, Refused<T>> replace(Owned<T> object) {
    // Relaxed: only a guess, which the compare-and-swap confirms.
    std::uintptr_t word = word_.load(std::memory_order_relaxed);
    do {
      if (word == kBusy) return refuse(word, std::move(object));
      // Release pairs with the acquire in take(), replace() and enter() for the new object, acquire
      // pairs with the release in put(), replace() and leave_full() for the old one.
      // Relaxed on failure: the word is a guess again.
    } while (!word_.compare_exchange_weak(word, address(object), std::memory_order_acq_rel,
                                          std::memory_order_relaxed));
    static_cast<void>(internal::OwnedAccess::disown(std::move(object)));
    if (word == kEmpty) return std::optional<Owned<T>>();
    return std::optional<Owned<T>>(adopt(word));
  }

  /// Runs `f(T&)` with the cell busy.  Returns what `f` returns, by value: a reference would
  /// outlive its turn.  Inside `f` this cell answers `busy` to everybody, `f` included.
  template <class F>
  [[gnu::always_inline]] Answer<MapValue<F, T>, Absent> map(F&& f) {
    using Value = MapValue<F, T>;
    const std::uintptr_t word = enter();
    if (word <= kBusy) return std::unexpected(why_absent(word));
    const LeaseType inside(this, object_at(word));
    if constexpr (std::is_void_v<Value>) {
      std::invoke(std::forward<F>(f), *inside);
      return {};
    } else {
      return std::invoke(std::forward<F>(f), *inside);
    }
  }

  /// Runs `modify(T&)` on the object, or stores what `make()` returns, an Owned<T>, if there is
  /// none; the cell is busy meanwhile.  When somebody is inside neither is called.
  template <class F, class G>
    requires std::invocable<F, T&> && std::convertible_to<std::invoke_result_t<G>, Owned<T>>
  Answer<Changed, Busy> modify_or_replace(F&& modify, G&& make) {
    const std::uintptr_t word = exchange_busy();
    if (word == kBusy) {
      meet();
      return std::unexpected(Busy());
    }
    if (word == kEmpty) {
      Vacancy vacancy(*this);
      vacancy.fill(std::invoke(std::forward<G>(make)));
      return Changed::kStored;
    }
    holder_.enter();
    const LeaseType inside(this, object_at(word));
    static_cast<void>(std::invoke(std::forward<F>(modify), *inside));
    return Changed::kModified;
  }

  /// A guard that keeps the cell busy while it lives and gives the object back when it goes.
  [[gnu::always_inline]] Answer<LeaseType, Absent> lease() BATON_LIFETIMEBOUND {
    const std::uintptr_t word = enter();
    if (word <= kBusy) return std::unexpected(why_absent(word));
    return LeaseType(this, object_at(word));
  }

  /// Whether an object is there to be taken at this moment.  Reads only.
  bool is_full() const { return state() == CellState::kFull; }

  /// The state at this moment.  Reads only.
  CellState state() const {
    // Relaxed: an answer for people and for guesses; nobody follows the pointer.
    const std::uintptr_t word = word_.load(std::memory_order_relaxed);
    if (word == kEmpty) return CellState::kEmpty;
    return word == kBusy ? CellState::kBusy : CellState::kFull;
  }

  /// The state, and in debug builds who is inside.
  CellReport report() const {
    const CellState now = state();
    return {.state = now, .holder = now == CellState::kBusy ? holder_.read() : Holder{}};
  }

 private:
  friend LeaseType;

  // An object's address is neither: its home is in the word before it (sync/owned.h).
  static constexpr std::uintptr_t kEmpty = 0;
  static constexpr std::uintptr_t kBusy = 1;

  static std::uintptr_t address(const Owned<T>& object) {
    BATON_NO_MISUSE(object.get() != nullptr, &object, "a handle is stored after it was moved from");
    return reinterpret_cast<std::uintptr_t>(object.get());
  }
  static T* object_at(std::uintptr_t word) { return reinterpret_cast<T*>(word); }
  static Owned<T> adopt(std::uintptr_t word) {
    return internal::OwnedAccess::adopt(object_at(word));
  }
  Absent why_absent(std::uintptr_t word) const {
    if (word == kEmpty) return Absent::kEmpty;
    meet();
    return Absent::kBusy;
  }
  std::unexpected<Refused<T>> refuse(std::uintptr_t word, Owned<T>&& object) const {
    if (word == kBusy) meet();
    return std::unexpected(
        Refused<T>{word == kBusy ? Refusal::kBusy : Refusal::kFull, std::move(object)});
  }

  /// Somebody is inside.  In debug builds: a busy cell may be met only by whom it is for, and
  /// whoever wants to know is told.
  void meet() const {
    holder_.meet(this, kReachOf<Atomics>);
#ifndef NDEBUG
    internal::contended<Atomics>(Contention::kCellBusy, this);
#endif
  }

  /// Inside an empty cell: leaves it full, or empty if making an object ended in an exception.
  class Vacancy {
   public:
    explicit Vacancy(AtomicTakeCell& cell) : cell_(cell) { cell_.holder_.enter(); }
    Vacancy(const Vacancy&) = delete;
    Vacancy& operator=(const Vacancy&) = delete;
    ~Vacancy() {
      if (object_ == nullptr) {
        cell_.leave_empty();
      } else {
        cell_.leave_full(object_);
      }
    }
    void fill(Owned<T> object) {
      static_cast<void>(address(object));
      object_ = internal::OwnedAccess::disown(std::move(object));
    }

   private:
    AtomicTakeCell& cell_;
    T* object_ = nullptr;
  };

  /// Everybody's first step: whoever gets anything but busy back is inside.
  [[gnu::always_inline]] std::uintptr_t exchange_busy() {
    // Acquire pairs with the release in put(), replace() and leave_full(): what the last holder
    // wrote to the object is ours to see.
    return word_.exchange(kBusy, std::memory_order_acquire);
  }

  /// Gets in, or says why not: the object's address, kEmpty or kBusy.
  [[gnu::always_inline]] std::uintptr_t enter() {
    const std::uintptr_t word = exchange_busy();
    if (word == kEmpty) {
      // Relaxed: no object goes with it.  Only we may store, as only we did not read busy.
      word_.store(kEmpty, std::memory_order_relaxed);
    } else if (word != kBusy) {
      holder_.enter();
    }
    return word;
  }

  void leave_full(T* object) {
    static_cast<void>(holder_.leave(this));
    // Release pairs with the acquire in take(), replace() and enter(): our writes to the object are
    // the next holder's to see.
    word_.store(reinterpret_cast<std::uintptr_t>(object), std::memory_order_release);
  }

  void leave_empty() {
    static_cast<void>(holder_.leave(this));
    // Relaxed: the object stays with us, nothing goes with the word.
    word_.store(kEmpty, std::memory_order_relaxed);
  }

  typename Atomics::template Atomic<std::uintptr_t> word_{kEmpty};
  [[no_unique_address]] HolderRecord holder_;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_ATOMIC_TAKE_CELL_H_
