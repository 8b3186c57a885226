// The cells as contestants.  Cell and object lie in one cache line, as a lock and what it guards
// do.
#ifndef BATON_BENCH_CELLS_CELLS_H_
#define BATON_BENCH_CELLS_CELLS_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>

#include "arch/cpu.h"
#include "base/assert.h"
#include "bench/cells/payload.h"
#include "bench/common/outcome.h"
#include "sync/batch.h"
#include "sync/cell_answers.h"
#include "sync/combining_cell.h"
#include "sync/owned.h"
#include "sync/pool.h"

namespace baton::bench {

/// A place for one object, which comes back to it when its handle is dropped.
template <class T>
using Home = sync::Pool<T, 1>;

/// The object that lives there.
template <class T>
sync::Owned<T> born_in(Home<T>& home) {
  std::optional<sync::Owned<T>> born = home.make();
  BATON_CHECK(born.has_value());
  return std::move(*born);
}

/// TakeCell, IrqTakeCell or AtomicTakeCell, full.
template <template <class> class CellOf>
class alignas(kLine) TakeContestant {
 public:
  TakeContestant() { BATON_CHECK(cell_.put(born_in(home_)).has_value()); }
  TakeContestant(const TakeContestant&) = delete;
  TakeContestant& operator=(const TakeContestant&) = delete;
  ~TakeContestant() { static_cast<void>(cell_.take()); }

  Outcome map(unsigned /*side*/) {
    const auto answer = cell_.map([](Payload& payload) { return bump(payload); });
    if (!answer.has_value()) return {};
    return {true, *answer};
  }

  Outcome lease(unsigned /*side*/) {
    const auto lease = cell_.lease();
    if (!lease.has_value()) return {};
    return {true, bump(**lease)};
  }

  Outcome take_put(unsigned /*side*/) {
    auto taken = cell_.take();
    if (!taken.has_value()) return {};
    const std::uint64_t count = bump(**taken);
    return {cell_.put(std::move(*taken)).has_value(), count};
  }

  Outcome replace(unsigned side) {
    sync::Owned<Payload>& spare = spares_[side].object;
    bump(*spare);
    auto replaced = cell_.replace(std::move(spare));
    if (!replaced.has_value()) {
      spare = std::move(replaced.error().object);
      return {};
    }
    spare = std::move(**replaced);  // nobody empties the cell: something was displaced
    return {true};
  }

  Outcome is_full(unsigned /*side*/) { return {cell_.is_full()}; }

  bool ready() const { return cell_.is_full(); }

 private:
  struct alignas(kLine) SpareHome {
    Home<Payload> home;
  };
  struct alignas(kLine) Spare {
    sync::Owned<Payload> object;
  };

  Home<Payload> home_;
  CellOf<Payload> cell_;
  SpareHome spare_homes_[2];
  Spare spares_[2]{{born_in(spare_homes_[0].home)}, {born_in(spare_homes_[1].home)}};
};

/// MapCell, IrqMapCell or AtomicMapCell, full.
template <template <class> class CellOf>
class alignas(kLine) MapContestant {
 public:
  Outcome map(unsigned /*side*/) {
    const auto answer = cell_.map([](Payload& payload) { return bump(payload); });
    if (!answer.has_value()) return {};
    return {true, *answer};
  }

  Outcome lease(unsigned /*side*/) {
    const auto lease = cell_.lease();
    if (!lease.has_value()) return {};
    return {true, bump(**lease)};
  }

  Outcome take_put(unsigned /*side*/) {
    auto taken = cell_.take();
    if (!taken.has_value()) return {};
    const std::uint64_t count = bump(*taken);
    while (!cell_.put(*taken).has_value()) arch::relax();
    return {true, count};
  }

  Outcome replace(unsigned side) {
    Payload& spare = spares_[side].payload;
    bump(spare);
    const auto replaced = cell_.replace(spare);
    if (!replaced.has_value()) return {};
    spare = **replaced;
    return {true};
  }

  Outcome is_full(unsigned /*side*/) { return {cell_.is_full()}; }

  bool ready() const { return cell_.is_full(); }

 private:
  struct alignas(kLine) Spare {
    Payload payload;
  };

  CellOf<Payload> cell_{std::in_place};
  Spare spares_[2];
};

/// OptionalCell, IrqOptionalCell or AtomicOptionalCell, full.
template <template <class> class CellOf>
class alignas(kLine) OptionalContestant {
 public:
  OptionalContestant() { cell_.set(1); }

  Outcome get(unsigned /*side*/) {
    const std::optional<std::uint32_t> value = cell_.get();
    if (!value.has_value()) return {};
    return {true, *value};
  }
  Outcome set(unsigned side) {
    cell_.set(side + 1);
    return {true};
  }
  Outcome update(unsigned /*side*/) {
    const std::optional<std::uint32_t> before =
        cell_.update([](std::uint32_t value) { return value + 1; });
    if (!before.has_value()) return {};
    return {true, *before + 1};
  }
  Outcome take_put(unsigned /*side*/) {
    const std::optional<std::uint32_t> taken = cell_.take();
    if (!taken.has_value()) return {};
    return {cell_.put(*taken + 1), *taken + 1};
  }

  bool ready() const { return cell_.is_full(); }

 private:
  CellOf<std::uint32_t> cell_;
};

/// NumericCell, IrqNumericCell or AtomicNumericCell.
template <template <class> class CellOf>
class alignas(kLine) NumericContestant {
 public:
  Outcome get(unsigned /*side*/) { return {true, cell_.get()}; }
  Outcome set(unsigned side) {
    cell_.set(side + 1);
    return {true};
  }
  Outcome update(unsigned /*side*/) { return {true, cell_.increment() + 1}; }

  bool ready() const { return true; }

 private:
  CellOf<std::uint32_t> cell_{1U};
};

/// A request for `Steps` of work, and where its handle comes back to.
template <unsigned Steps>
struct Request {
  /// One submitter's, who alone takes from it.
  struct Reply {
    std::optional<sync::Owned<Request>> request;
    std::atomic<bool> there{false};
  };

  sync::InboxHook<Request> hook;
  Reply* reply = nullptr;

  static void run(sync::Owned<Request> self, Payload& payload) {
    toil<Steps>(payload);
    Reply& reply = *self->reply;
    reply.request.emplace(std::move(self));
    // Release pairs with the acquire in submit().
    reply.there.store(true, std::memory_order_release);
  }
};

/// A combining cell with `Count` requests for each submitter.  With one, a submitter waits for what
/// it asked for, as a lock's user does; with several it goes on meanwhile.
template <unsigned Count, unsigned Steps>
class alignas(kLine) CombiningContestant {
 public:
  CombiningContestant() {
    for (Side& side : sides_) {
      for (Place& place : side.places) {
        sync::Owned<AnyRequest> request = born_in(place.home);
        request->reply = &place.reply;
        place.reply.request.emplace(std::move(request));
        // Relaxed: the other thread has not begun.
        place.reply.there.store(true, std::memory_order_relaxed);
      }
    }
    cell_.install(born_in(payload_));
  }
  CombiningContestant(const CombiningContestant&) = delete;
  CombiningContestant& operator=(const CombiningContestant&) = delete;
  ~CombiningContestant() {
    for (Side& side : sides_) {
      for (Place& place : side.places) {
        // Acquire pairs with the release in run().
        while (!place.reply.there.load(std::memory_order_acquire)) cell_.drain();
      }
    }
    static_cast<void>(cell_.remove());
  }

  /// Done when the request was left with the cell.  The wait is for the request to be at home.
  Outcome submit(unsigned side_index) {
    Side& side = sides_[side_index];
    auto& reply = side.places[side.next % Count].reply;
    // Acquire pairs with the release in run(): the handle, and what was done for it, are ours.
    if (!reply.there.load(std::memory_order_acquire) || !reply.request.has_value()) return {};
    ++side.next;
    // Relaxed: our own thread's, until the request is submitted.
    reply.there.store(false, std::memory_order_relaxed);
    sync::Owned<AnyRequest> request = std::move(*reply.request);
    static_cast<void>(cell_.submit(std::move(request)));
    return {true};
  }

  /// What a holder left behind when it had done enough for others, the next one does.
  bool ready() {
    cell_.drain();
    return true;
  }

 private:
  static constexpr unsigned kMostExtra = 64;
  using AnyRequest = Request<Steps>;
  using Cell = sync::CombiningCell<Payload, AnyRequest, &AnyRequest::hook>;

  struct alignas(64) Place {
    Home<AnyRequest> home;
    typename AnyRequest::Reply reply;
  };
  struct alignas(kLine) Side {
    unsigned next = 0;
    alignas(kLine) std::array<Place, Count> places;
  };

  Home<Payload> payload_;
  Cell cell_{kMostExtra, [](Cell& /*cell*/) {}};
  std::array<Side, 2> sides_;
};

}  // namespace baton::bench

#endif  // BATON_BENCH_CELLS_CELLS_H_
