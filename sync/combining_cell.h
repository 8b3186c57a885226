// `CombiningCell<T, R, Hook>`: a resource that never answers `busy`.
//
// Instead of entering, a caller leaves a request, and whoever is inside runs it before leaving; if
// nobody is inside, the caller is.  So an interrupt handler neither waits for the thread that it
// interrupted nor loses its work.
//
// One word holds everything that has to change together: the stack of pending requests, and the
// bits `inside` and `closed`.
//
// A submit pushes the request and sets `inside`, in one compare-and-swap; whoever finds `inside`
// clear has entered with the very operation that published the request.  When nothing seems to be
// there at all, it enters first and keeps the request to itself: the same compare-and-swap, and no
// other to get its own request back.  To leave is a compare-and-swap from "inside, nothing pending"
// to "nothing": it fails when a request came in between, and the holder stays.
//
// With two words (a lock and a list) the holder would have to look again after unlocking, which is
// a store-then-load on both sides and needs read-modify-writes throughout to be right; with one
// word there is nothing to look at again.
//
// A holder's work for others is bounded by `max_extra` requests.  What is left then stays in order,
// and the holder calls `relief` after leaving: it sees to it that somebody calls drain(), or, if
// somebody submits first, they serve the rest.
//
// Any core, any context.  Lock-free: a submitter retries only when somebody else made progress.
#ifndef BATON_SYNC_COMBINING_CELL_H_
#define BATON_SYNC_COMBINING_CELL_H_

#include <atomic>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "sync/atomics.h"
#include "sync/batch.h"
#include "sync/cell_answers.h"
#include "sync/holder.h"
#include "sync/misuse.h"
#include "sync/owned.h"

namespace baton::sync {

/// What became of a request when submit() returned.
enum class Submitted : std::uint8_t {
  kRan,     ///< it has run
  kQueued,  ///< it will run: somebody is inside, or relief was called for, or nothing is installed
            ///< yet
};

/// A request is run with its own handle: it lets it go home, or hands it back to whom it came from.
template <class R, class T>
concept RequestFor = requires(Owned<R> self, T& resource) {
  { R::run(std::move(self), resource) } -> std::same_as<void>;
};

/// `R::run(Owned<R>, T&)` is called exactly once per request, one at a time, in the order of
/// submission, on whichever core and in whichever context happens to be inside.
template <class T, class R, auto Hook, class Atomics = StdAtomics>
class CombiningCell {
 public:
  /// Called by a holder that has left work behind, when it is no longer inside.
  using Relief = void (*)(CombiningCell& cell);

  /// A holder serves until nothing is pending.
  constexpr CombiningCell() = default;
  /// A holder serves at most its own request and `max_extra` others, then calls `relief`.
  constexpr CombiningCell(unsigned max_extra, Relief relief)
      : budget_(max_extra + 1), relief_(relief) {}
  CombiningCell(const CombiningCell&) = delete;
  CombiningCell& operator=(const CombiningCell&) = delete;

  /// Hands over the resource, and runs what was submitted so far.  Until then requests only queue
  /// up. The program ends if something is installed already.
  void install(Owned<T> resource) {
    // Acquire pairs with the release in remove(): the list that the last holder left is ours.
    const Word before = word_.fetch_and(~kClosed, std::memory_order_acquire);
    BATON_NEVER_MISUSE((before & kClosed) != 0, this, "a combining cell has one resource");
    resource_.write(internal::OwnedAccess::disown(std::move(resource)));
    holder_.enter();
    static_cast<void>(serve(nullptr));
  }

  /// Leaves the request to be run, or runs it.
  [[gnu::always_inline]] Submitted submit(Owned<R> request) {
    static_assert(RequestFor<R, T>, "a request has `static void run(Owned<R>, T&)`");
    R* const mine = internal::OwnedAccess::disown(std::move(request));
    BATON_NO_MISUSE(mine != nullptr, this, "a handle is submitted after it was moved from");
    // Nobody inside and nothing pending, as a guess: enter, and keep the request to ourselves.
    Word word = 0;
    // Acquire pairs with the release in leave(): what the last holder left is ours.  Relaxed on
    // failure: the word is a guess again.
    const bool entered = word_.compare_exchange_strong(word, kInside, std::memory_order_acquire,
                                                       std::memory_order_relaxed);
    if (entered) {
      holder_.enter();
      if (backlog_.read() == nullptr) {
        (mine->*Hook).next.write(nullptr);
        backlog_.write(mine);
        static_cast<void>(serve(mine));
        return Submitted::kRan;
      }
      word = kInside;  // what somebody left behind is older than ours
    }
    Word pushed;
    do {
      (mine->*Hook).next.write(newest_in(word));
      pushed = reinterpret_cast<Word>(mine) | (word & kClosed) | kInside;
      // Release pairs with the acquire in serve(): the request goes with its pointer.  Acquire
      // pairs with the release in leave(): if we are inside now, what the last holder left is ours.
      // Relaxed on failure: the word is a guess again.
    } while (!word_.compare_exchange_weak(word, pushed, std::memory_order_acq_rel,
                                          std::memory_order_relaxed));
    if (!entered) {
      if ((word & kInside) != 0) return Submitted::kQueued;
      holder_.enter();
    }
    return serve(mine) ? Submitted::kRan : Submitted::kQueued;
  }

  /// Serves what a holder left behind, unless somebody is inside, who will.
  [[gnu::always_inline]] void drain() {
    if (!enter()) return;
    holder_.enter();
    static_cast<void>(serve(nullptr));
  }

  /// Takes the resource out; requests queue up until the next install().  Nothing when somebody is
  /// inside or no resource is installed.
  [[nodiscard]] std::optional<Owned<T>> remove() {
    if (!enter()) return std::nullopt;
    T* const resource = resource_.read();
    // Release pairs with the acquire in install(): the list of what is pending goes with it.
    word_.fetch_or(kClosed, std::memory_order_release);
    return internal::OwnedAccess::adopt(resource);
  }

  /// Busy while requests run, empty while no resource is installed.
  CellReport report() const {
    // Relaxed: an answer for people; nobody follows the pointer.
    const Word word = word_.load(std::memory_order_relaxed);
    if ((word & kClosed) != 0) return {.state = CellState::kEmpty, .holder = {}};
    if ((word & kInside) == 0) return {.state = CellState::kFull, .holder = {}};
    return {.state = CellState::kBusy, .holder = holder_.read()};
  }

 private:
  using Word = std::uintptr_t;

  // Below the address of the newest pending request, which is a multiple of a pointer's size.
  static constexpr Word kInside = 1;
  static constexpr Word kClosed = 2;  // no resource; `inside` is set too, and nobody is
  static constexpr unsigned kUnbounded = std::numeric_limits<unsigned>::max();

  static R* newest_in(Word word) { return reinterpret_cast<R*>(word & ~(kInside | kClosed)); }

  bool enter() {
    // Relaxed: a guess, which the compare-and-swap confirms.
    Word word = word_.load(std::memory_order_relaxed);
    do {
      if ((word & kInside) != 0) return false;
      // Acquire pairs with the release in leave(): what the last holder left is ours.
      // Relaxed on failure: the word is a guess again.
    } while (!word_.compare_exchange_weak(word, word | kInside, std::memory_order_acquire,
                                          std::memory_order_relaxed));
    return true;
  }

  /// The holder's work.  Leaves when nothing is pending or the budget is used up.  True when `mine`
  /// was among what ran.
  bool serve(const R* mine) {
    bool ran_mine = false;
    for (unsigned served = 0;; ++served) {
      R* request = backlog_.read();
      if (request == nullptr) {
        if (leave()) return ran_mine;
        // Acquire pairs with the release in submit(); older requests are in the release sequence
        // of the newest.  The stores that we replace are submitters', whom we just acquired.
        request =
            internal::reversed<Hook>(newest_in(word_.exchange(kInside, std::memory_order_acquire)));
      }
      if (served == budget_) {
        backlog_.write(request);
        leave_behind();
        return ran_mine;
      }
      backlog_.write((request->*Hook).next.read());
      ran_mine = ran_mine || request == mine;
      R::run(internal::OwnedAccess::adopt(request), *resource_.read());
    }
  }

  /// Out, if nothing is pending.
  bool leave() {
    const HolderRecord::Mark mark = holder_.leave(this);
    Word word = kInside;
    // Release pairs with the acquire in submit() and enter(): the resource and the list are the
    // next holder's.  Relaxed on failure: a request came in, and serve() acquires it.
    const bool left = word_.compare_exchange_strong(word, 0, std::memory_order_release,
                                                    std::memory_order_relaxed);
    if (!left) holder_.stay(mark);
    return left;
  }

  /// Out, with requests pending.
  void leave_behind() {
    static_cast<void>(holder_.leave(this));
    // Release pairs with the acquire in submit() and enter(), as in leave().
    word_.fetch_and(~kInside, std::memory_order_release);
    relief_(*this);
  }

  typename Atomics::template Atomic<Word> word_{kInside | kClosed};
  typename Atomics::template Plain<T*> resource_{nullptr};
  typename Atomics::template Plain<R*> backlog_{nullptr};  // taken from the word, not run yet
  unsigned budget_ = kUnbounded;
  Relief relief_ = nullptr;
  [[no_unique_address]] HolderRecord holder_;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_COMBINING_CELL_H_
