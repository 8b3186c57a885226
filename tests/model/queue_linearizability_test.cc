// Histories that the model checker can make of small programs over the rings and the queue, as in
// linearizability_test.cc.  What was pushed and popped is linearizable, and each refusal with it.
//
// Not all refusals together: a producer may be told "full" and a consumer "empty" at the same time,
// each not having seen yet what the other did before (store buffering, which x86 has, too).  That
// it is so is held down below.  "Busy" is answered only to who overlaps with the other end.
#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdio>
#include <iterator>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sync/cell_answers.h"
#include "sync/hook.h"
#include "sync/mpmc_ring.h"
#include "sync/mpsc_queue.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/spsc_ring.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/linearizability.h"

namespace baton::model {
namespace {

/// A queue's operation: push when `pushed` is not 0.  Values are numbers from 1.
struct QueueOperation {
  enum class Answer { kDone, kFull, kEmpty, kBusy };
  Answer answer;
  int pushed = 0;
  int popped = 0;
};
using Reply = QueueOperation::Answer;

struct QueueSpec {
  std::size_t capacity;
  std::vector<int> content{};

  bool apply(const QueueOperation& op) {
    switch (op.answer) {
      case Reply::kBusy:
        return false;  // looked at apart: no sequence of whole operations explains it
      case Reply::kFull:
        return op.pushed != 0 && content.size() == capacity;
      case Reply::kEmpty:
        return op.pushed == 0 && content.empty();
      case Reply::kDone:
        break;
    }
    if (op.pushed != 0) {
      if (content.size() == capacity) return false;
      content.push_back(op.pushed);
      return true;
    }
    if (content.empty() || content.front() != op.popped) return false;
    content.erase(content.begin());
    return true;
  }
  friend auto operator<=>(const QueueSpec&, const QueueSpec&) = default;
};

/// The history, and where everybody was when somebody was told "busy".
class Record {
 public:
  void clear() { entries_.clear(); }
  void add(Moment begin, QueueOperation operation) {
    entries_.push_back({begin, moment(), operation});
  }
  void expect_linearizable(std::size_t capacity) const {
    const std::vector<Entry> done = only([](const Entry& e) { return e.is(Reply::kDone); });
    require(is_explained(done, capacity), "no order explains what was pushed and popped");
    for (const Entry& refusal : entries_) {
      if (refusal.is(Reply::kDone)) continue;
      if (refusal.is(Reply::kBusy)) {
        expect_overlap(refusal);
        continue;
      }
      std::vector<Entry> with_it = done;
      with_it.push_back(refusal);
      require(is_explained(with_it, capacity), "no order explains a refusal");
    }
  }
  /// Whether all refusals can be explained together.
  bool is_wholly_linearizable(std::size_t capacity) const {
    return is_explained(only([](const Entry& e) { return !e.is(Reply::kBusy); }), capacity);
  }

 private:
  struct Entry {
    Moment begin;
    Moment end;
    QueueOperation operation;
    bool is(Reply answer) const { return operation.answer == answer; }
  };

  template <class Predicate>
  std::vector<Entry> only(Predicate predicate) const {
    std::vector<Entry> some;
    std::copy_if(entries_.begin(), entries_.end(), std::back_inserter(some), predicate);
    return some;
  }
  static bool is_explained(const std::vector<Entry>& entries, std::size_t capacity) {
    std::vector<QueueOperation> operations;
    operations.reserve(entries.size());
    for (const Entry& entry : entries) operations.push_back(entry.operation);
    return is_linearizable(QueueSpec{.capacity = capacity}, operations,
                           [&entries](std::size_t i, std::size_t j) {
                             return entries[i].end.precedes(entries[j].begin);
                           });
  }
  void expect_overlap(const Entry& busy) const {
    for (const Entry& other : entries_) {
      if ((other.operation.pushed != 0) == (busy.operation.pushed != 0)) continue;
      if (!other.end.precedes(busy.begin) && !busy.end.precedes(other.begin)) return;
    }
    require(false, "busy, and nobody was under way at the other end");
  }

  std::vector<Entry> entries_;
};

struct Parcel {
  explicit Parcel(int n) : number(n) {}
  int number;
  sync::MpscHook<sync::DefaultTag, ModelAtomics> hook;
};

/// The rings of numbers, and the queue of parcels, with one face.
template <std::size_t N>
struct Spsc {
  static constexpr std::size_t kCapacity = N;
  sync::SpscRing<int, N, ModelAtomics> ring;
  Reply push(int n) { return ring.push(n) ? Reply::kDone : Reply::kFull; }
  std::pair<Reply, int> pop() {
    const auto popped = ring.pop();
    return popped.has_value() ? std::pair(Reply::kDone, *popped) : std::pair(Reply::kEmpty, 0);
  }
};
struct Mpmc {
  static constexpr std::size_t kCapacity = 2;
  sync::MpmcRing<int, 2, ModelAtomics> ring;
  Reply push(int n) {
    const auto pushed = ring.push(n);
    if (pushed) return Reply::kDone;
    return pushed.error().why == sync::Refusal::kFull ? Reply::kFull : Reply::kBusy;
  }
  std::pair<Reply, int> pop() {
    const auto popped = ring.pop();
    if (popped) return {Reply::kDone, *popped};
    return {popped.error() == sync::Absent::kEmpty ? Reply::kEmpty : Reply::kBusy, 0};
  }
};
struct Mpsc {
  static constexpr std::size_t kCapacity = 8;  // more than are ever pushed
  sync::Pool<Parcel, kCapacity, ModelAtomics> pool;
  sync::MpscQueue<Parcel, &Parcel::hook, ModelAtomics> queue;
  // By number: made before the threads start, and kept when they come out.
  std::array<std::optional<sync::Owned<Parcel>>, kCapacity> parcels;

  Mpsc() {
    for (std::size_t n = 1; n < 5; ++n) parcels[n] = pool.make(static_cast<int>(n));
  }
  Reply push(int n) {
    queue.push(*std::exchange(parcels[static_cast<std::size_t>(n)], std::nullopt));
    return Reply::kDone;
  }
  std::pair<Reply, int> pop() {
    auto popped = queue.pop();
    if (!popped) {
      return {popped.error() == sync::Absent::kEmpty ? Reply::kEmpty : Reply::kBusy, 0};
    }
    const int n = (*popped)->number;
    parcels[static_cast<std::size_t>(n)] = std::move(*popped);
    return {Reply::kDone, n};
  }
};

/// Pushes as positive numbers, pops as 0, for each of three threads; before them, how often the
/// queue is filled and emptied, and what is left in it.
struct Moves {
  int turns = 0;
  std::vector<int> before{};
  std::array<std::vector<int>, 3> threads{};
  bool interrupts = false;
};

template <class Queue>
Report explore_moves(const char* name, const Moves& moves, Options options,
                     bool all_refusals_together = false) {
  Record record;
  const auto body = [&](Execution& run) {
    record.clear();
    Queue queue;
    const auto play = [&](const std::vector<int>& mine) {
      for (const int move : mine) {
        const Moment begin = moment();
        if (move != 0) {
          const Reply reply = queue.push(move);
          record.add(begin, {.answer = reply, .pushed = move});
        } else {
          const auto [reply, n] = queue.pop();
          record.add(begin, {.answer = reply, .popped = n});
        }
      }
    };
    for (int i = 0; i < moves.turns; ++i) {
      require(queue.push(90) == Reply::kDone, "an empty queue refused");
      require(queue.pop().second == 90, "what was pushed did not come");
    }
    play(moves.before);
    const auto third = [&] { play(moves.threads[2]); };
    run.parallel({thread("A", [&] { play(moves.threads[0]); }),
                  thread("B", [&] { play(moves.threads[1]); }),
                  moves.interrupts ? interrupt("irq", 0, third) : thread("C", third)});
    record.expect_linearizable(Queue::kCapacity);
    require(!all_refusals_together || record.is_wholly_linearizable(Queue::kCapacity),
            "no order explains all refusals together");
  };
  return explore(name, body, options);
}

TEST(QueueLinearizability, SpscRing) {
  long executions = 0;
  for (int turns = 0; turns < 4; ++turns) {
    const Moves moves = {.turns = turns, .before = {1}, .threads = {{{2, 3, 4}, {0, 0, 0}, {}}}};
    for (const Report& report : {explore_moves<Spsc<1>>("spsc ring of 1", moves, {}),
                                 explore_moves<Spsc<2>>("spsc ring of 2", moves, {})}) {
      EXPECT_TRUE(report.ok && report.complete) << report;
      executions += report.executions;
    }
  }
  std::printf("spsc ring: %ld histories\n", executions);
}

TEST(QueueLinearizability, MpscQueue) {
  long executions = 0;
  for (const bool interrupts : {false, true}) {
    const Moves moves = {.before = interrupts ? std::vector<int>{} : std::vector<int>{1},
                         .threads = {{{2, 3}, {4}, {0, 0, 0}}},
                         .interrupts = interrupts};
    const Report report = explore_moves<Mpsc>("mpsc queue", moves, {});
    EXPECT_TRUE(report.ok && report.complete) << report;
    executions += report.executions;
  }
  std::printf("mpsc queue: %ld histories\n", executions);
}

TEST(QueueLinearizability, MpmcRing) {
  long executions = 0;
  constexpr unsigned kSeeds = 60;
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&random](unsigned n) { return static_cast<int>(random() % n); };
    Moves moves;
    int next = 1;
    const auto move = [&] { return pick(2) == 0 ? next++ : 0; };
    moves.turns = pick(3);
    for (int i = pick(3); i > 0; --i) moves.before.push_back(next++);
    for (auto& mine : moves.threads) mine = {move(), move()};
    moves.interrupts = pick(3) == 0;
    const Report report = explore_moves<Mpmc>("mpmc ring", moves, {.max_executions = 5'000});
    EXPECT_TRUE(report.ok) << "seed " << seed << ": " << report;
    executions += report.executions;
  }
  std::printf("mpmc ring: %u programs, %ld histories\n", kSeeds, executions);
}

// The control: Vyukov's text, which calls a queue with a gap empty.
struct GapIsEmpty : Mpmc {
  std::pair<Reply, int> pop() {
    const auto [reply, n] = Mpmc::pop();
    return {reply == Reply::kBusy ? Reply::kEmpty : reply, n};
  }
};
TEST(QueueLinearizability, FindsThatAGapIsNotEmpty) {
  // B's second operation knows of its push, and A's is under way in front of it.
  const Moves moves = {.threads = {{{1}, {2, 0}, {}}}};
  const Report wrong = explore_moves<GapIsEmpty>("gap is empty", moves, {});
  EXPECT_FALSE(wrong.ok);
  EXPECT_EQ(wrong.what, "no order explains a refusal");
  const Report right = explore_moves<Mpmc>("gap is busy", moves, {});
  EXPECT_TRUE(right.ok && right.complete) << right;
}

// The producer's second push is told "full", and the consumer's second pop "empty".
TEST(QueueLinearizability, FullHereAndEmptyThere) {
  const Moves moves = {.before = {1}, .threads = {{{2, 3}, {0, 0}, {}}}};
  const Report report = explore_moves<Spsc<2>>("full and empty", moves, {}, true);
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.what, "no order explains all refusals together");
}

}  // namespace
}  // namespace baton::model
