// A combining cell under the sweep.
#ifndef BATON_TESTS_TARGET_CORTEX_M_COMBINING_CELL_SUBJECT_H_
#define BATON_TESTS_TARGET_CORTEX_M_COMBINING_CELL_SUBJECT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "sync/batch.h"
#include "sync/cell_answers.h"
#include "sync/combining_cell.h"
#include "sync/core_atomics.h"
#include "sync/numeric_cell.h"
#include "sync/owned.h"
#include "sync/static_owned.h"
#include "tests/target/cortex_m/sweep.h"

namespace baton::cortex_m {

/// Requests are numbered from 1: actor n submits n + 1, and n + 4 from within a request's turn; 7
/// and 8 were there before.  Bounded: a holder serves one request and leaves the rest.
///
/// Answers: r ran, q queued; d done, e nothing there.  Remains: where the resource is (letters
/// below), calls for relief, whether two requests ran at a time, how many had run when the
/// operation and its interrupts were over; then, everything served, all that ran, in order.
template <class Atomics, bool Bounded>
class CombiningCellSubject {
  struct Resource {
    bool in_use = false;
  };
  struct Request {
    sync::InboxHook<Request, Atomics> hook;
    std::uint16_t number = 0;
    Request* nested = nullptr;  // submitted while this one runs

    static void run(sync::Owned<Request> self, Resource& resource) {
      if (std::exchange(resource.in_use, true)) overlaps_ = 1;
      if (ran_ < order_.size()) order_[ran_] = self->number;
      ++ran_;
      if (self->nested != nullptr) static_cast<void>(give(self->nested));
      homes_[self->number].give_back(std::move(self));
      resource.in_use = false;
    }
  };
  using Cell = sync::CombiningCell<Resource, Request, &Request::hook, Atomics>;

  static constexpr std::array<const char*, 4> kAllStarts = {"open", "waiting", "removed", "left"};

 public:
  static constexpr std::span<const char* const> kStarts =
      std::span(kAllStarts).first(Bounded ? 4 : 3);

  static void prepare(std::size_t start) {
    for (std::size_t number = 1; number <= kRequests; ++number) {
      requests_[number] = sync::internal::OwnedAccess::disown(homes_[number].claim());
      requests_[number]->number = static_cast<std::uint16_t>(number);
      requests_[number]->nested = nullptr;
    }
    resource_ = sync::internal::OwnedAccess::disown(resource_home_.claim());
    hands_ = {};
    ran_ = 0;
    switch (start) {
      case 0:
        cell_.install(adopt(resource_));
        break;
      case 1:
        static_cast<void>(cell_.submit(adopt(requests_[7])));
        hands_[0] = resource_;
        break;
      case 2:
        hands_[1] = resource_;
        break;
      default:
        static_cast<void>(cell_.submit(adopt(requests_[7])));
        static_cast<void>(cell_.submit(adopt(requests_[8])));
        cell_.install(adopt(resource_));
        break;
    }
    ran_ = 0;
    order_ = {};
    reliefs_.set(0);
    overlaps_ = 0;
  }

  static Remains finish() {
    Remains remains{};
    remains[0] = kNowhere;
    remains[1] = reliefs_.get();
    remains[3] = ran_;
    if (hands_[0] != nullptr) remains[0] = kThread;
    if (hands_[1] != nullptr) remains[0] = remains[0] == kNowhere ? kHandlers : kTwice;
    if (cell_.report().state == sync::CellState::kEmpty) {
      cell_.install(adopt(resource_));
    } else {
      remains[0] = remains[0] == kNowhere ? kCell : kTwice;
    }
    for (std::size_t i = 0; i < kRequests; ++i) cell_.drain();
    if (auto removed = cell_.remove()) {
      static_cast<void>(sync::internal::OwnedAccess::disown(std::move(*removed)));
    } else {
      remains[0] = kTwice;  // somebody is inside for ever
    }
    remake();
    resource_->in_use = false;
    resource_home_.give_back(adopt(resource_));
    remains[2] = overlaps_;
    for (std::size_t i = 0; i < order_.size(); ++i) remains[4 + i] = order_[i];
    for (std::size_t number = 1; number <= kRequests; ++number) {
      homes_[number].give_back(adopt(requests_[number]));
    }
    return remains;
  }

  [[gnu::noinline]] static Answer submit(Actor actor) { return give(requests_[1 + index(actor)]); }
  [[gnu::noinline]] static Answer submit_nested(Actor actor) {
    requests_[1 + index(actor)]->nested = requests_[4 + index(actor)];
    return give(requests_[1 + index(actor)]);
  }
  [[gnu::noinline]] static Answer drain(Actor /*actor*/) {
    cell_.drain();
    return {.kind = 'd'};
  }
  [[gnu::noinline]] static Answer remove(Actor actor) {
    auto removed = cell_.remove();
    if (!removed.has_value()) return {.kind = 'e'};
    hand(actor) = sync::internal::OwnedAccess::disown(std::move(*removed));
    return {.kind = 'd'};
  }
  /// Of a resource in this actor's hand only.
  [[gnu::noinline]] static Answer install(Actor actor) {
    Resource* const mine = std::exchange(hand(actor), nullptr);
    if (mine == nullptr) return {.kind = 'e'};
    cell_.install(adopt(mine));
    return {.kind = 'd'};
  }

  static constexpr std::array<Operation, 5> kOperations = {{
      {"submit", &submit},
      {"remove", &remove},
      {"install", &install},
      {"drain", &drain},
      {"submit_nested", &submit_nested},
  }};
  static constexpr std::array<Pair, 2> kPairs = {{
      {&kOperations[0], &kOperations[0]},
      {&kOperations[1], &kOperations[2]},
  }};

 private:
  static constexpr std::size_t kRequests = 8;
  static constexpr std::uint16_t kNowhere = '?';  // lost
  static constexpr std::uint16_t kTwice = '!';    // in two places
  static constexpr std::uint16_t kCell = 'c';
  static constexpr std::uint16_t kThread = 't';
  static constexpr std::uint16_t kHandlers = 'u';

  static constexpr std::size_t index(Actor actor) { return static_cast<std::size_t>(actor); }
  /// Handlers share one.
  static Resource*& hand(Actor actor) { return hands_[actor == Actor::kThread ? 0 : 1]; }
  template <class T>
  static sync::Owned<T> adopt(T* object) {
    return sync::internal::OwnedAccess::adopt(object);
  }
  /// One copy of the code, so that what one operation cannot reach in it another does.
  [[gnu::noinline]] static Answer give(Request* request) {
    const bool ran = cell_.submit(adopt(request)) == sync::Submitted::kRan;
    return {.kind = ran ? 'r' : 'q'};
  }
  static void relieve(Cell& /*cell*/) { reliefs_.increment(); }
  static constexpr Cell make() {
    if constexpr (Bounded) {
      return Cell(0, &relieve);
    } else {
      return Cell();
    }
  }
  static void remake() {
    std::destroy_at(&cell_);
    ::new (&cell_) Cell(make());
  }

  static inline constinit Cell cell_ = make();
  static inline constinit sync::StaticOwned<Request, sync::OneCoreAtomics> homes_[1 + kRequests];
  static inline constinit sync::StaticOwned<Resource, sync::OneCoreAtomics> resource_home_;
  static inline constinit std::array<Request*, 1 + kRequests> requests_{};
  static inline constinit Resource* resource_ = nullptr;
  static inline constinit std::array<Resource*, 2> hands_{};
  static inline constinit std::array<std::uint16_t, 8> order_{};
  static inline constinit std::uint16_t ran_ = 0;
  static inline constinit sync::IrqNumericCell<std::uint16_t> reliefs_{};  // after it has left
  static inline constinit std::uint16_t overlaps_ = 0;
};

}  // namespace baton::cortex_m

#endif  // BATON_TESTS_TARGET_CORTEX_M_COMBINING_CELL_SUBJECT_H_
