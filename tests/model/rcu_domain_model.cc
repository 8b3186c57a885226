// Model programs of a whole domain: RcuPtr and what it hands out, and the barrier.
//
// The number on a sign is plain data: who reads it without having synchronized with who wrote it
// races, and so does who paints over it while somebody may still read.
#include <atomic>
#include <optional>
#include <span>
#include <utility>

#include "sync/owned.h"
#include "sync/rcu/grace_periods.h"
#include "sync/rcu/retired.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/program.h"
#include "tests/model/rcu_domain.h"

namespace baton::model {
namespace {

// The object goes with its pointer, and comes back when nobody reads it.
void publish_and_remove(Execution& run) {
  SignPost<> post;
  post.domain.enter(0);
  auto sign = post.take(0);
  run.parallel({thread("reader",
                       [&] {
                         const int number = post.read();
                         require(number == 0 || number == 7, "half a sign");
                         post.domain.leave(0);
                       }),
                thread("updater", [&] {
                  auto published = post.shown.publish(post.paint(std::move(sign), 7));
                  require(published.has_value(), "refused");
                  auto retired = post.shown.remove(post.domain);
                  require(retired.has_value(), "lost");
                  post.take_down(std::move(*retired).synchronize());
                })});
  require(post.shown.is_empty(), "still there");
}

// Each of two replaces what it finds; whoever gets a sign takes it down.
void two_replace(Execution& run) {
  SignPost<> post;
  auto first = post.take(0);
  auto second = post.take(1);
  int found[2] = {};
  const auto replace = [&](int i, sync::Owned<Sign<>> sign) {
    auto retired = post.shown.replace(post.paint(std::move(sign), i + 1), post.domain);
    if (!retired.has_value()) return;
    auto old = std::move(*retired).synchronize();
    found[i] = old->number.read();
    post.take_down(std::move(old));
  };
  run.parallel({thread("A", [&] { replace(0, std::move(first)); }),
                thread("B", [&] { replace(1, std::move(second)); })});
  require((found[0] == 2 && found[1] == 0) || (found[0] == 0 && found[1] == 1),
          "each is handed out once");
}

// One publishes, another replaces: the one that is replaced was painted by the other.
void publish_against_replace(Execution& run) {
  SignPost<> post;
  auto first = post.take(0);
  auto second = post.take(1);
  run.parallel({thread("publisher",
                       [&] {
                         auto published = post.shown.publish(post.paint(std::move(first), 1));
                         if (published.has_value()) return;
                         post.take_down(std::move(published.error().object));
                       }),
                thread("replacer", [&] {
                  auto retired = post.shown.replace(post.paint(std::move(second), 2), post.domain);
                  if (!retired.has_value()) return;
                  post.take_down(std::move(*retired).synchronize());
                })});
}

// Replaced while it is read, and asked about instead of waited for.
void replace_and_reclaim(Execution& run) {
  SignPost<> post;
  post.domain.enter(0);
  require(post.shown.publish(post.paint(post.take(0), 1)).has_value(), "refused");
  auto next = post.take(1);
  run.parallel({thread("reader",
                       [&] {
                         const int older = post.read();
                         const int newer = post.read();
                         require(1 <= older && older <= newer, "went back");
                         post.domain.leave(0);
                       }),
                thread("updater", [&] {
                  auto retired = post.shown.replace(post.paint(std::move(next), 2), post.domain);
                  for (int i = 0; i < 2; ++i) {
                    if (auto mine = retired->try_reclaim(); mine.has_value()) {
                      post.take_down(std::move(*mine));
                      return;
                    }
                  }
                  post.take_down(std::move(*retired).synchronize());
                })});
}

// Removed by somebody who did not publish it, with a reader there, and retired for good.
void removed_by_another(Execution& run) {
  SignPost<> post;
  post.domain.enter(0);
  auto sign = post.take(0);
  run.parallel({thread("publisher",
                       [&] {
                         auto published = post.shown.publish(post.paint(std::move(sign), 1));
                         require(published.has_value(), "refused");
                       }),
                thread("remover",
                       [&] {
                         auto retired = post.shown.remove(post.domain);
                         if (!retired.has_value()) return;
                         post.take_down(std::move(*retired).synchronize());
                       }),
                thread("reader", [&] {
                  post.read();
                  post.domain.leave(0);
                })});
}

struct Task : ModelRcuDomain<>::Head {
  Plain<int> runs{0};
  static void run(ModelRcuDomain<>::Head* head) {
    Task& task = *static_cast<Task*>(head);
    task.runs.write(task.runs.read() + 1);
  }
};

// After a barrier, what was retired before has run, and what it did is to be seen.
void barrier(Execution& run) {
  ModelRcuDomain<> domain;
  Task first;
  Task second;
  run.parallel({thread("waiting",
                       [&] {
                         domain.retire(first, &Task::run);
                         domain.retire(second, &Task::run);
                         domain.barrier();
                         require(first.runs.read() == 1, "a barrier forgets one");
                         require(second.runs.read() == 1, "a barrier forgets one");
                       }),
                thread("processing", [&] {
                  // Until everything has been taken and its grace periods are over.
                  while (domain.is_empty()) relax();
                  while (!domain.is_empty()) {
                    if (domain.process() == 0) relax();
                  }
                })});
}

// A barrier that may come when everything has run already, and so waits for nobody.
void barrier_comes_late(Execution& run) {
  ModelRcuDomain<> domain;
  Task task;
  Atomic<bool> over;
  domain.retire(task, &Task::run);
  run.parallel({thread("waiting",
                       [&] {
                         domain.barrier();
                         require(task.runs.read() == 1, "a barrier forgets one");
                         // Release pairs with the acquire below.
                         over.store(true, std::memory_order_release);
                       }),
                thread("processing", [&] {
                  domain.process();
                  domain.process();
                  // Acquire pairs with the release above.
                  while (!over.load(std::memory_order_acquire)) {
                    if (domain.process() == 0) relax();
                  }
                })});
}

constexpr Program kPrograms[] = {
    {"rcu domain: publish and remove", publish_and_remove},
    {"rcu domain: two replace", two_replace},
    {"rcu domain: publish against replace", publish_against_replace},
    {"rcu domain: replace and reclaim", replace_and_reclaim},
    {"rcu domain: removed by another", removed_by_another},
    {"rcu domain: barrier", barrier},
    {"rcu domain: barrier comes late", barrier_comes_late},
};

}  // namespace

std::span<const Program> rcu_domain_programs() { return kPrograms; }

}  // namespace baton::model
