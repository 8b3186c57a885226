// Model programs of RCU: readers that report quiescent states, grace periods, callbacks.
//
// The object that is unlinked is on the model's heap, so that whoever reads it too late reads a
// destroyed one, and whoever destroys it without having synchronized with the reader races.
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "sync/rcu/callbacks.h"
#include "sync/rcu/engine.h"
#include "sync/rcu/grace_periods.h"
#include "tests/model/atomics.h"
#include "tests/model/program.h"

namespace baton::model {
namespace {

struct Node {
  explicit Node(int v) : value(v) {}
  Plain<int> value;
  sync::BasicRcuHead<ModelAtomics> head;
};

template <unsigned Slots, unsigned GroupSize = 32>
struct World {
  using Engine = sync::GracePeriods<Slots, ModelAtomics, GroupSize>;
  Engine engine;
  Atomic<Node*> shared;

  World() : shared(make<Node>(1)) {}

  /// A read section: what is found is alive while it lasts.
  int read() {
    // Acquire: the node goes with its pointer.
    Node* const node = shared.load(std::memory_order_acquire);
    return node == nullptr ? 0 : node->value.read();
  }
  /// A read section that looks twice at what it found first.
  void read_long() {
    Node* const node = shared.load(std::memory_order_acquire);
    const int newer = read();
    if (node == nullptr) return;
    require(node->value.read() <= newer || newer == 0, "the older one was seen after the newer");
  }
  /// Puts another node in place, and the old one out of sight.
  Node* unlink(int next) {
    return shared.exchange(next == 0 ? nullptr : make<Node>(next), std::memory_order_acq_rel);
  }
  void await(sync::RcuCookie cookie) {
    engine.wait(cookie, [] {});
  }
  /// Puts another node in place, waits until nobody reads the old one, and destroys it.
  void update(int next) {
    Node* const old = unlink(next);
    await(engine.request());
    destroy(old);
  }
  void end() {
    if (Node* const node = shared.load(std::memory_order_relaxed)) destroy(node);
  }
};

// A grace period waits for a reader that was there before it, and the reader's reading is over.
void one_reader(Execution& run) {
  World<1> world;
  world.engine.enter(0);
  run.parallel({thread("reader",
                       [&] {
                         world.read();
                         world.engine.quiescent(0);
                         world.read();
                         world.engine.leave(0);
                       }),
                thread("updater", [&] { world.update(2); })});
  world.end();
}

// The updater reads, too: it goes away while it waits.
void two_that_read_and_update(Execution& run) {
  World<2> world;
  const auto both = [&](unsigned slot, int next) {
    world.engine.enter(slot);
    world.read();
    Node* const old = world.unlink(next);
    world.engine.leave(slot);
    world.await(world.engine.request());
    destroy(old);
  };
  run.parallel({thread("A", [&] { both(0, 2); }), thread("B", [&] { both(1, 3); })});
  world.end();
}

// A grace period that was running does not count for who asks during it.
void two_updaters(Execution& run) {
  World<1> world;
  world.engine.enter(0);
  run.parallel({thread("reader",
                       [&] {
                         world.engine.quiescent(0);
                         world.read();
                         world.engine.quiescent(0);
                         world.read();
                         world.engine.leave(0);
                       }),
                thread("A", [&] { world.update(2); }), thread("B", [&] { world.update(3); })});
  world.end();
}

void two_readers(Execution& run) {
  World<2> world;
  world.engine.enter(0);
  world.engine.enter(1);
  const auto read = [&](unsigned slot) {
    world.read();
    world.engine.quiescent(slot);
    world.read();
    world.engine.leave(slot);
  };
  run.parallel({thread("reader 0", [&] { read(0); }), thread("reader 1", [&] { read(1); }),
                thread("updater", [&] { world.update(2); })});
  world.end();
}

// A slot that was away comes back while a grace period begins: it is waited for, or it does not see
// the object any more.
void comes_back(Execution& run) {
  World<1> world;
  run.parallel({thread("reader",
                       [&] {
                         world.engine.enter(0);
                         world.read();
                         world.engine.leave(0);
                         world.engine.enter(0);
                         world.read_long();
                         world.engine.leave(0);
                       }),
                thread("updater", [&] { world.update(2); })});
  world.end();
}

// Slots in several words: the grace period is over when the last of them is.
void two_groups(Execution& run) {
  World<2, 1> world;
  world.engine.enter(0);
  world.engine.enter(1);
  run.parallel({thread("reader 0",
                       [&] {
                         world.read();
                         world.engine.leave(0);
                       }),
                thread("reader 1",
                       [&] {
                         world.read();
                         world.engine.leave(1);
                       }),
                thread("updater", [&] { world.update(2); })});
  world.end();
}

// Nobody reads: each grace period ends where it begins, on one core and then on another.
void two_groups_two_updaters(Execution& run) {
  World<2, 1> world;
  run.parallel({thread("A", [&] { world.update(2); }), thread("B", [&] { world.update(3); })});
  world.end();
}

// Two grace periods over several words, the second asked for during the first.
void two_groups_twice(Execution& run) {
  World<2, 1> world;
  world.engine.enter(0);
  run.parallel({thread("reader",
                       [&] {
                         world.read();
                         world.engine.quiescent(0);
                         world.read();
                         world.engine.leave(0);
                       }),
                thread("updater", [&] {
                  Node* const first = world.unlink(2);
                  const sync::RcuCookie early = world.engine.request();
                  Node* const second = world.unlink(0);
                  const sync::RcuCookie late = world.engine.request();
                  world.await(early);
                  destroy(first);
                  world.await(late);
                  destroy(second);
                })});
  world.end();
}

// Asked for by an interrupt handler that came between any two steps of somebody who asks or
// reports.
void asked_by_a_handler(Execution& run) {
  World<1> world;
  world.engine.enter(0);
  std::array<Node*, 2> old{};
  std::array<sync::RcuCookie, 2> cookies{world.engine.request(), world.engine.request()};
  run.parallel({thread("core",
                       [&] {
                         world.engine.quiescent(0);
                         old[0] = world.unlink(2);
                         cookies[0] = world.engine.request();
                         world.read();
                         world.engine.quiescent(0);
                         world.engine.leave(0);
                       }),
                interrupt("irq", 0, [&] {
                  old[1] = world.unlink(3);
                  cookies[1] = world.engine.request();
                })});
  require(world.engine.reached(cookies[0]), "a wish was lost");
  require(world.engine.reached(cookies[1]), "a handler's wish was lost");
  for (Node* const node : old) {
    if (node != nullptr) destroy(node);
  }
  world.end();
}

void destroy_node(sync::BasicRcuHead<ModelAtomics>* head) {
  destroy(reinterpret_cast<Node*>(reinterpret_cast<std::byte*>(head) - offsetof(Node, head)));
}

// Retired on one core, taken and run on another.
void retired_elsewhere(Execution& run) {
  World<1> world;
  sync::RcuCallbacks<ModelAtomics> callbacks;
  world.engine.enter(0);
  run.parallel({thread("reader",
                       [&] {
                         world.read();
                         world.engine.quiescent(0);
                         world.read();
                         world.engine.leave(0);
                       }),
                thread("updater",
                       [&] {
                         callbacks.retire(world.unlink(2)->head, destroy_node);
                         callbacks.retire(world.unlink(3)->head, destroy_node);
                       }),
                thread("reclaimer", [&] {
                  callbacks.advance(world.engine);
                  callbacks.advance(world.engine);
                  callbacks.drain(1);
                  callbacks.drain(1);
                })});
  callbacks.advance(world.engine);
  callbacks.advance(world.engine);
  callbacks.drain(4);
  require(callbacks.is_empty(), "what was retired was not run");
  world.end();
}

// A core that does everything: reads, retires, from a handler, too, reports, runs.
void all_on_one_core(Execution& run) {
  World<1> world;
  sync::RcuCallbacks<ModelAtomics> callbacks;
  world.engine.enter(0);
  run.parallel({thread("core",
                       [&] {
                         callbacks.retire(world.unlink(2)->head, destroy_node);
                         callbacks.advance(world.engine);
                         world.read();
                         world.engine.quiescent(0);
                         callbacks.advance(world.engine);
                         callbacks.drain(2);
                         world.engine.leave(0);
                       }),
                interrupt("irq", 0, [&] {
                  world.read();
                  callbacks.retire(world.unlink(3)->head, destroy_node);
                })});
  callbacks.advance(world.engine);
  callbacks.advance(world.engine);
  callbacks.drain(4);
  require(callbacks.is_empty(), "what was retired was not run");
  world.end();
}

/// Notes that it ran, in plain data.
struct Note {
  Plain<int> ran{0};
  sync::BasicRcuHead<ModelAtomics> head;
  static void run(sync::BasicRcuHead<ModelAtomics>* head) {
    auto* const note =
        reinterpret_cast<Note*>(reinterpret_cast<std::byte*>(head) - offsetof(Note, head));
    note->ran.write(1);
  }
};

// A queue that is empty has run everything, and what that did is to be seen.
void empty_means_run(Execution& run) {
  sync::GracePeriods<1, ModelAtomics> grace_periods;
  sync::RcuCallbacks<ModelAtomics> callbacks;
  Note note;
  callbacks.retire(note.head, Note::run);
  run.parallel({thread("reclaimer",
                       [&] {
                         callbacks.advance(grace_periods);
                         callbacks.advance(grace_periods);
                         callbacks.drain(1);
                       }),
                thread("user", [&] {
                  if (callbacks.is_empty()) require(note.ran.read() == 1, "empty, and not run");
                })});
}

// A barrier returns when both queues have run what was in them, and the doer of each is seen.
void barrier_over_two_queues(Execution& run) {
  sync::RcuEngine<1, 2, ModelAtomics> engine;
  std::array<Note, 2> notes;
  engine.queue(0).retire(notes[0].head, Note::run);
  engine.queue(1).retire(notes[1].head, Note::run);
  engine.queue(1).advance(engine.grace_periods());
  Atomic<bool> over{false};
  const auto process = [&](unsigned queue) {
    // Relaxed: no more than an end.
    while (!over.load(std::memory_order_relaxed)) {
      engine.process(queue, 2);
      relax();
    }
  };
  run.parallel({thread("user",
                       [&] {
                         engine.barrier([] {});
                         require(notes[0].ran.read() == 1, "queue 0 has not run");
                         require(notes[1].ran.read() == 1, "queue 1 has not run");
                         over.store(true, std::memory_order_relaxed);
                       }),
                thread("core 0", [&] { process(0); }), thread("core 1", [&] { process(1); })});
}

constexpr Program kPrograms[] = {
    {"rcu: one reader, one updater", one_reader},
    {"rcu: two that read and update", two_that_read_and_update},
    {"rcu: two updaters", two_updaters},
    {"rcu: two readers", two_readers},
    {"rcu: comes back meanwhile", comes_back},
    {"rcu: two groups", two_groups},
    {"rcu: two groups, two updaters", two_groups_two_updaters},
    {"rcu: two groups, two grace periods", two_groups_twice},
    {"rcu: asked for by a handler", asked_by_a_handler},
    {"rcu: retired elsewhere", retired_elsewhere},
    {"rcu: all on one core", all_on_one_core},
    {"rcu: empty means run", empty_means_run},
    {"rcu: barrier over two queues", barrier_over_two_queues},
};

}  // namespace

std::span<const Program> rcu_programs() { return kPrograms; }

}  // namespace baton::model
