// Model programs of HeapArena: a block that is given back is somebody's again exactly once, with
// everything that its last owner did, and no later than for the next who comes after.
#include <array>
#include <cstddef>
#include <utility>

#include "kernel/heap/heap_arena.h"
#include "sync/owned.h"
#include "sync/static_owned.h"
#include "tests/model/atomics.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

using Returned = kernel::ReturnedBlock<ModelAtomics>;

struct Piece {
  Plain<int> value{0};  // its owner's
  sync::StaticOwned<Returned, ModelAtomics> node;
  Returned* returned = nullptr;
};
using Pieces = std::array<Piece, 2>;

// Which pieces are free.  Plain: for one at a time, who knows what the last one did.
class Store {
 public:
  void open(Pieces& pieces) { pieces_ = &pieces; }
  void deallocate(Piece* piece) {
    const int bit = 1 << (piece - pieces_->data());
    require((free_.read() & bit) == 0, "duplicated: a block comes back that is there already");
    free_.write(free_.read() | bit);
  }
  static sync::Owned<Returned> returned(Piece* piece) {
    sync::Owned<Returned> node = piece->node.claim();
    piece->returned = node.get();
    return node;
  }
  void take_back(sync::Owned<Returned> node) {
    Returned* const back = sync::internal::OwnedAccess::disown(std::move(node));
    for (Piece& piece : *pieces_) {
      if (piece.returned == back) return deallocate(&piece);
    }
    require(false, "something else came back");
  }
  Piece* allocate() {
    for (int i = 0; i < 2; ++i) {
      if ((free_.read() >> i & 1) == 0) continue;
      free_.write(free_.read() & ~(1 << i));
      return &(*pieces_)[static_cast<std::size_t>(i)];
    }
    return nullptr;
  }

 private:
  Pieces* pieces_ = nullptr;
  Plain<int> free_{0};
};

class Station {
 public:
  Station() {
    static_cast<void>(arena_.map([this](Store& store) { store.open(pieces); }));
  }
  void give_back(int number) {
    Piece& piece = pieces[static_cast<std::size_t>(number)];
    piece.value.write(piece.value.read() + 1);
    arena_.give_back(&piece);
  }
  // Whether it could enter.
  bool allocate(Piece*& piece) {
    const auto entered = arena_.map([&](Store& store) { piece = store.allocate(); });
    if (piece != nullptr) piece->value.write(piece->value.read() + 1);
    return entered.has_value();
  }
  // Nobody else is there any more: `kept` and what can be allocated are all there are.
  void finish(const Piece* kept) {
    std::array<int, 2> found{};
    if (kept != nullptr) ++found[static_cast<std::size_t>(kept - pieces.data())];
    for (Piece* piece = nullptr; allocate(piece) && piece != nullptr; piece = nullptr) {
      ++found[static_cast<std::size_t>(piece - pieces.data())];
    }
    require(found == std::array<int, 2>{1, 1}, "lost or duplicated: a block");
  }

  Pieces pieces;

 private:
  kernel::HeapArena<Store, ModelAtomics> arena_;
};

void two_give_back_one_takes(Execution& run) {
  Station station;
  Piece* kept = nullptr;
  run.parallel({thread("A", [&] { station.give_back(0); }),
                thread("B", [&] { station.give_back(1); }),
                thread("C", [&] { static_cast<void>(station.allocate(kept)); })});
  station.finish(kept);
}

// What was given back before is there, whoever was inside meanwhile.
void before_is_before(Execution& run) {
  Station station;
  Atomic<int> given{0};
  Piece* kept = nullptr;
  run.parallel({thread("giver",
                       [&] {
                         station.give_back(0);
                         given.store(1, std::memory_order_release);
                       }),
                thread("bystander", [&] { station.give_back(1); }), thread("taker", [&] {
                  given.await([](int n) { return n == 1; }, std::memory_order_acquire);
                  if (station.allocate(kept)) {
                    require(kept != nullptr, "a block that was given back before is not there");
                  }
                })});
  station.finish(kept);
}

// A handler meets what it interrupted.
void interrupted(Execution& run) {
  Station station;
  Piece* kept = nullptr;
  run.parallel({thread("thread",
                       [&] {
                         station.give_back(0);
                         static_cast<void>(station.allocate(kept));
                       }),
                interrupt("irq", 0, [&] { station.give_back(1); })});
  station.finish(kept);
}

constexpr Program kPrograms[] = {
    {"heap arena: two give back, one takes", two_give_back_one_takes},
    {"heap arena: what was before is there", before_is_before},
    {"heap arena: interrupted", interrupted},
};

}  // namespace

std::span<const Program> heap_arena_programs() { return kPrograms; }

}  // namespace baton::model
