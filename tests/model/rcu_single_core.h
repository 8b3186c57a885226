// What the model programs of RCU on one core share: a node that a thread and handlers read, remove
// and retire.
//
// The nodes are on the model's heap, so that whoever reads one too late reads a destroyed one.
#ifndef BATON_TESTS_MODEL_RCU_SINGLE_CORE_H_
#define BATON_TESTS_MODEL_RCU_SINGLE_CORE_H_

#include <atomic>

#include "sync/rcu/grace_periods.h"
#include "sync/rcu/single_core_domain.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"

namespace baton::model {

template <class Domain>
class SingleCoreWorld {
  using Atomics = Domain::Atomics;

 public:
  struct Node : Domain::Head {
    Node(SingleCoreWorld& w, int v) : world(w), value(v) {}
    SingleCoreWorld& world;
    Plain<int> value;
  };

  SingleCoreWorld() : shared_(make<Node>(*this, 1)) {}

  /// A read section that looks twice at what it finds, and at what is there afterwards.
  void read() {
    domain.lock();
    Node* const node = shared_.load(std::memory_order_acquire);
    if (node != nullptr) {
      const int value = node->value.read();
      Node* const newer = shared_.load(std::memory_order_acquire);
      if (newer != nullptr) require(newer->value.read() >= value, "an older one came after it");
      require(node->value.read() == value, "it has changed");
    }
    domain.unlock();
  }
  /// Takes the node out of sight, and puts another there unless `value` is 0.
  Node* replace(int value) {
    return shared_.exchange(value == 0 ? nullptr : make<Node>(*this, value),
                            std::memory_order_acq_rel);
  }
  /// Its callback notes the order and destroys it.
  void retire(Node* node) {
    domain.retire(*node, [](Domain::Head* head) {
      Node* const old = static_cast<Node*>(head);
      old->world.order.write(old->world.order.read() * 10 + old->value.read());
      destroy(old);
    });
  }
  void end() {
    domain.barrier();
    if (Node* const node = shared_.load(std::memory_order_relaxed)) destroy(node);
  }

  Domain domain;
  Plain<int> order{0};  // the values of the nodes whose callbacks ran, as digits

 private:
  Atomics::template Atomic<Node*> shared_;
};

/// A handler takes a node out of sight while the thread may be reading it.
template <class Domain>
void handler_retires(Execution& run) {
  SingleCoreWorld<Domain> world;
  run.parallel({thread("thread",
                       [&] {
                         world.read();
                         world.domain.process();
                         world.read();
                       }),
                interrupt("irq", 0, [&] { world.retire(world.replace(2)); })});
  world.end();
  require(world.order.read() == 1, "lost");
}

/// Two handlers, of which one may interrupt the other, and the thread retire, one node each.
template <class Domain>
void all_retire(Execution& run) {
  SingleCoreWorld<Domain> world;
  run.parallel({thread("thread",
                       [&] {
                         world.retire(world.replace(2));
                         world.domain.process(1);
                       }),
                interrupt(
                    "low", 0, [&] { world.retire(world.replace(3)); }, 1),
                interrupt("high", 0, [&] { world.retire(world.replace(4)); }, 2)});
  world.end();
  int left = 0;
  for (int rest = world.order.read(); rest != 0; rest /= 10) ++left;
  require(left == 3, "lost, or run twice");
}

/// A handler asks for a grace period and destroys the node when it hears that it is over; it may
/// have interrupted one that reads.
template <class Domain>
void handlers_poll(Execution& run) {
  SingleCoreWorld<Domain> world;
  using Node = SingleCoreWorld<Domain>::Node;
  Node* removed = nullptr;
  sync::RcuCookie cookie = world.domain.start_poll();
  const auto ask = [&] {
    if (removed != nullptr && world.domain.poll(cookie)) {
      destroy(removed);
      removed = nullptr;
    }
  };
  run.parallel({thread("thread",
                       [&] {
                         world.read();
                         world.domain.quiescent();
                         world.read();
                       }),
                interrupt(
                    "reader", 0, [&] { world.read(); }, 1),
                interrupt(
                    "remover", 0,
                    [&] {
                      removed = world.replace(2);
                      cookie = world.domain.start_poll();
                      ask();
                    },
                    2),
                interrupt("reclaimer", 0, ask, 3)});
  world.domain.quiescent();
  ask();
  require(removed == nullptr, "a grace period does not end");
  world.end();
}

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_RCU_SINGLE_CORE_H_
