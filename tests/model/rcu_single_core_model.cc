// Model programs of RCU on one core: a thread, and the handlers that interrupt it and each other.
#include <array>
#include <span>

#include "sync/rcu/single_core_domain.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/program.h"
#include "tests/model/rcu_single_core.h"

namespace baton::model {
namespace {

using Domain = sync::BasicSingleCoreDomain<ModelCoreAtomics>;
using World = SingleCoreWorld<Domain>;

// The thread takes it out of sight and waits; a handler may come at any moment, but not stay.
void thread_synchronizes(Execution& run) {
  World world;
  run.parallel({thread("thread",
                       [&] {
                         World::Node* const old = world.replace(2);
                         world.domain.synchronize();
                         destroy(old);
                       }),
                interrupt("irq", 0, [&] { world.read(); })});
  world.end();
}

// Callbacks of one thread run in the order in which they were asked for, however few at a time.
void in_order(Execution& run) {
  World world;
  run.parallel({thread("thread",
                       [&] {
                         world.retire(world.replace(2));
                         world.retire(world.replace(3));
                         world.domain.process(1);
                         world.retire(world.replace(4));
                       }),
                interrupt("irq", 0, [&] { world.read(); })});
  require(world.order.read() == 1 && world.domain.has_work(), "one at a time");
  require(world.domain.backlog() == 2, "two are left");
  world.end();
  require(world.order.read() == 123 && !world.domain.has_work(), "not in order");
}

// What a handler retires while the barrier runs may wait; what was there before may not.
void barrier_waits(Execution& run) {
  World world;
  run.parallel({thread("thread",
                       [&] {
                         world.retire(world.replace(2));
                         world.domain.process(0);  // taken, and left
                         World::Node* const last = world.replace(4);
                         const int mine = last->value.read();
                         world.retire(last);
                         world.domain.barrier();
                         bool ran = false;
                         for (int rest = world.order.read(); rest != 0; rest /= 10) {
                           ran = ran || rest % 10 == mine;
                         }
                         require(ran, "the barrier forgets one");
                       }),
                interrupt("irq", 0, [&] { world.retire(world.replace(3)); })});
  world.end();
}

// A callback retires the node that it got, once more: for the next time.
void retires_again(Execution& run) {
  struct Again : Domain::Head {
    Domain* domain = nullptr;
    int ran = 0;
    static void first(Domain::Head* head) {
      auto& self = static_cast<Again&>(*head);
      ++self.ran;
      self.domain->retire(self, [](Domain::Head* it) { ++static_cast<Again*>(it)->ran; });
    }
  };
  World world;
  Again again;
  again.domain = &world.domain;
  run.parallel({thread("thread",
                       [&] {
                         world.domain.retire(again, Again::first);
                         require(world.domain.process() >= 1 && again.ran == 1, "at once");
                       }),
                interrupt("irq", 0, [&] { world.retire(world.replace(2)); })});
  world.end();
  require(again.ran == 2 && world.order.read() == 1, "lost");
}

constexpr std::array<Program, 7> kPrograms = {{
    {.name = "single_core/thread_synchronizes", .body = thread_synchronizes},
    {.name = "single_core/handler_retires", .body = handler_retires<Domain>},
    {.name = "single_core/all_retire", .body = all_retire<Domain>},
    {.name = "single_core/handlers_poll", .body = handlers_poll<Domain>},
    {.name = "single_core/in_order", .body = in_order},
    {.name = "single_core/barrier_waits", .body = barrier_waits},
    {.name = "single_core/retires_again", .body = retires_again},
}};

}  // namespace

std::span<const Program> rcu_single_core_programs() { return kPrograms; }

}  // namespace baton::model
