// Model programs of MpscQueue: everything arrives, once, each producer's in order; busy is not
// empty, and ends when the pushes have ended.
#include <array>
#include <atomic>
#include <cstddef>
#include <optional>
#include <source_location>
#include <utility>

#include "sync/cell_answers.h"
#include "sync/mpsc_queue.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/static_owned.h"
#include "tests/model/atomics.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

// An atomic whose end must come after every operation on it: a producer's store into the link of
// an object that the consumer destroys meanwhile is found.
template <class T>
class MortalAtomic {
  using Order = std::memory_order;
  using Where = std::source_location;

 public:
  explicit MortalAtomic(T value = {}) : atomic_(value) {}
  T load(Order order, Where where = Where::current()) const {
    static_cast<void>(alive_.read(where));
    return atomic_.load(order, where);
  }
  void store(T value, Order order, Where where = Where::current()) {
    static_cast<void>(alive_.read(where));
    atomic_.store(value, order, where);
  }
  T exchange(T value, Order order, Where where = Where::current()) {
    static_cast<void>(alive_.read(where));
    return atomic_.exchange(value, order, where);
  }
  bool compare_exchange_strong(T& expected, T desired, Order success, Order failure,
                               Where where = Where::current()) {
    static_cast<void>(alive_.read(where));
    return atomic_.compare_exchange_strong(expected, desired, success, failure, where);
  }

 private:
  Plain<int> alive_;
  Atomic<T> atomic_;
};
struct MortalAtomics {
  template <class T>
  using Atomic = MortalAtomic<T>;
  template <class T>
  using Plain = model::Plain<T>;
};

// Its value is plain, as a Ball's.
struct Parcel {
  explicit Parcel(int n = 0) : number(n) {}
  Plain<int> value{0};
  int number;
  sync::MpscHook<sync::DefaultTag, MortalAtomics> hook;
};
using Queue = sync::MpscQueue<Parcel, &Parcel::hook, MortalAtomics>;
using ParcelHome = sync::StaticOwned<Parcel, ModelAtomics>;

constexpr int kParcels = 4;

struct Post {
  Queue queue;
  std::array<ParcelHome, kParcels> parcels{ParcelHome{0}, ParcelHome{1}, ParcelHome{2},
                                           ParcelHome{3}};
  std::array<int, 8> arrived{};
  int count = 0;

  static void touch(Parcel& parcel) { parcel.value.write(parcel.value.read() + 1); }

  void push(int number) {
    sync::Owned<Parcel> parcel = parcels[static_cast<std::size_t>(number)].claim();
    touch(*parcel);
    queue.push(std::move(parcel));
  }
  // Why there was none, or that there was one.
  enum class Popped { kOne, kEmpty, kBusy };
  Popped pop() {
    auto parcel = queue.pop();
    if (!parcel) {
      return parcel.error() == sync::Absent::kEmpty ? Popped::kEmpty : Popped::kBusy;
    }
    touch(**parcel);
    const int number = (*parcel)->number;
    arrived[static_cast<std::size_t>(count++)] = number;
    parcels[static_cast<std::size_t>(number)].give_back(std::move(*parcel));
    return Popped::kOne;
  }
  // Afterwards: nothing is under way.
  void finish(int pushes) {
    Popped popped = pop();
    while (popped == Popped::kOne) popped = pop();
    require(popped == Popped::kEmpty, "busy, and nobody is");
    require(count == pushes, "lost or duplicated: not every parcel arrived once");
  }
  void expect_order(int before, int after) const {
    bool seen = false;
    for (int i = 0; i < count; ++i) {
      seen = seen || arrived[static_cast<std::size_t>(i)] == before;
      require(arrived[static_cast<std::size_t>(i)] != after || seen,
              "two pushes of one producer arrived in the wrong order");
    }
  }
};

void one_producer(Execution& run) {
  Post post;
  run.parallel({thread("producer",
                       [&] {
                         post.push(0);
                         post.push(1);
                         post.push(2);
                       }),
                thread("consumer", [&] {
                  post.pop();
                  post.pop();
                  post.pop();
                })});
  post.finish(3);
  post.expect_order(0, 1);
  post.expect_order(1, 2);
}

void two_producers(Execution& run) {
  Post post;
  run.parallel({thread("A",
                       [&] {
                         post.push(0);
                         post.push(1);
                       }),
                thread("B",
                       [&] {
                         post.push(2);
                         post.push(3);
                       }),
                thread("consumer", [&] {
                  for (int i = 0; i < 3; ++i) post.pop();
                })});
  post.finish(4);
  post.expect_order(0, 1);
  post.expect_order(2, 3);
}

// The queue holds one, so that a pop puts the stub behind it while others push.
void the_last_one_leaves(Execution& run) {
  Post post;
  post.push(0);
  run.parallel({thread("A", [&] { post.push(1); }), thread("B", [&] { post.push(2); }),
                thread("consumer", [&] {
                  post.pop();
                  post.pop();
                })});
  post.finish(3);
  require(post.arrived[0] == 0, "the oldest did not come first");
}

// A parcel that has arrived is sent again at once, by the consumer and by its producer.
void sent_again(Execution& run) {
  Post post;
  post.push(0);
  Atomic<int> arrived{0};
  bool again = false;
  run.parallel({thread("consumer",
                       [&] {
                         if (post.pop() == Post::Popped::kOne) {
                           arrived.store(1, std::memory_order_release);
                         }
                         post.pop();
                       }),
                thread("producer",
                       [&] {
                         if (arrived.load(std::memory_order_acquire) == 0) return;
                         again = true;
                         post.push(0);
                       }),
                thread("other", [&] { post.push(1); })});
  post.finish(again ? 3 : 2);
}

// The consumer drops what it pops: nobody touches an object that has left.
void destroyed_on_arrival(Execution& run, int before) {
  sync::Pool<Parcel, 4, ModelAtomics> pool;
  Queue queue;
  std::array<std::optional<sync::Owned<Parcel>>, 2> sent{pool.make(1), pool.make(2)};
  for (int i = 0; i < before; ++i) queue.push(std::move(*pool.make(0)));
  run.parallel({thread("A", [&] { queue.push(std::move(*sent[0])); }),
                thread("B", [&] { queue.push(std::move(*sent[1])); }), thread("consumer", [&] {
                  for (int i = 0; i < 3; ++i) {
                    auto parcel = queue.pop();
                    if (parcel) Post::touch(**parcel);
                  }
                })});
  while (queue.pop()) {
  }
  require(pool.available() == 4, "lost: a parcel");
}
void destroyed_first(Execution& run) { destroyed_on_arrival(run, 0); }
void destroyed_later(Execution& run) { destroyed_on_arrival(run, 1); }

// B's push has ended, and the consumer knows it: it may be told "busy", because of A, but not
// "empty".
void empty_is_not_busy(Execution& run) {
  Post post;
  Atomic<int> pushed{0};
  run.parallel({thread("A", [&] { post.push(0); }),
                thread("B",
                       [&] {
                         post.push(1);
                         pushed.store(1, std::memory_order_release);
                       }),
                thread("consumer", [&] {
                  if (pushed.load(std::memory_order_acquire) == 0) return;
                  require(post.pop() != Post::Popped::kEmpty, "told empty, and it was not");
                })});
  post.finish(2);
}

void interrupted_push(Execution& run) {
  Post post;
  run.parallel({thread("thread",
                       [&] {
                         post.push(0);
                         post.push(1);
                       }),
                interrupt("irq", 0, [&] { post.push(2); }), thread("other core", [&] {
                  post.pop();
                  post.pop();
                })});
  post.finish(3);
  post.expect_order(0, 1);
}

// The consumer is a handler, and interrupts the producer at any point: it never waits.
void handler_consumes(Execution& run) {
  Post post;
  run.parallel({thread("thread",
                       [&] {
                         post.push(0);
                         post.push(1);
                       }),
                interrupt("irq", 0,
                          [&] {
                            post.pop();
                            post.pop();
                          }),
                thread("other core", [&] { post.push(2); })});
  post.finish(3);
  post.expect_order(0, 1);
}

constexpr Program kPrograms[] = {
    {"mpsc queue: one producer", one_producer},
    {"mpsc queue: two producers", two_producers},
    {"mpsc queue: the last one leaves", the_last_one_leaves},
    {"mpsc queue: sent again", sent_again},
    {"mpsc queue: destroyed on arrival, the first", destroyed_first},
    {"mpsc queue: destroyed on arrival, a later one", destroyed_later},
    {"mpsc queue: empty is not busy", empty_is_not_busy},
    {"mpsc queue: interrupted push", interrupted_push},
    {"mpsc queue: a handler consumes", handler_consumes},
};

}  // namespace

std::span<const Program> mpsc_queue_programs() { return kPrograms; }

}  // namespace baton::model
