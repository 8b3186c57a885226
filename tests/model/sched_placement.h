// How cores find work for each other, for model programs: kernel/sched/placement.cc in short,
// around the real CoreLoad and CoreMailbox.  A core has work of its own, which stays there, and
// jobs, which may go anywhere that their affinity allows.  It runs the most urgent of all, gives
// jobs that wait to cores that run something less urgent, and asks for some when its work gets less
// urgent.
#ifndef BATON_TESTS_MODEL_SCHED_PLACEMENT_H_
#define BATON_TESTS_MODEL_SCHED_PLACEMENT_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "kernel/sched/core_load.h"
#include "kernel/sched/core_mailbox.h"
#include "kernel/sched/priority.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"

namespace baton::model {

/// Bugs that can be planted.
struct PlacementFlaws {
  bool looks_before_it_says_what_waits = false;
  bool spreads_on_a_rise_only = false;
  bool asks_once = false;                // and not again when it is refused
  bool believes_an_old_refusal = false;  // from before its work got less urgent again
  bool does_not_ask = false;
  bool asks_while_it_asks = false;  // with the same message
};

template <class Policy, unsigned kCores, PlacementFlaws kFlaws = PlacementFlaws{}>
class Placement {
  struct Message;

 public:
  static constexpr int kIdle = kernel::kIdlePriority;

  struct Job {
    explicit Job(int urgency, unsigned may_run_on = ~0U)
        : priority(urgency), affinity(may_run_on), arrival(Message::Kind::kArrival) {
      arrival.job = this;
    }
    int priority;
    unsigned affinity;
    Message arrival;
  };

  // By core `me`.

  /// Its own work has this urgency from now on.
  void work(unsigned me, int priority) {
    cores_[me].own = priority;
    choose(me);
    spread(me);
  }
  /// The job becomes ready there.
  void ready(unsigned me, Job& job) {
    enqueue(cores_[me], job);
    choose(me);
    spread(me);
  }
  /// The job that it runs is done; work() follows.
  void end_job(unsigned me) {
    require(cores_[me].job != nullptr, "a core ends a job that it does not run");
    cores_[me].job = nullptr;
  }
  /// The interrupt that somebody has sent it.
  bool look(unsigned me) {
    Core& core = cores_[me];
    Message* message = core.mailbox.take();
    const bool some = message != nullptr;
    while (message != nullptr) {
      Message* const next = message->next.read();
      handle(me, *message);
      message = next;
    }
    choose(me);
    if (std::exchange(core.ask_again, false)) ask(me);
    spread(me);
    return some;
  }

  /// After the threads: what is under way comes, until nothing is.
  void finish() {
    for (bool more = true; more;) {
      more = false;
      for (unsigned core = 0; core < kCores; ++core) more |= look(core);
    }
    for (const Core& core : cores_) {
      for (std::size_t i = 0; i < core.waiting; ++i) {
        for (unsigned other = 0; other < kCores; ++other) {
          require((core.queue[i]->affinity >> other & 1U) == 0 ||
                      core.queue[i]->priority <= cores_[other].running,
                  "overlooked: a thread waits, and a core runs something less urgent");
        }
      }
    }
  }
  int running(unsigned core) const { return cores_[core].running; }

 private:
  static constexpr std::size_t kJobs = 3;

  struct Message {
    enum class Kind { kArrival, kPull, kPulled, kRefused };
    explicit Message(Kind what = Kind::kPull) : kind(what) {}
    typename Policy::template Plain<Message*> next{nullptr};
    Kind kind;
    unsigned core = 0;
    Job* job = nullptr;
  };
  struct Request {
    Message message;
    bool under_way = false;
    unsigned lowering = 0;
  };
  struct Core {
    kernel::CoreMailbox<Message, Policy> mailbox;
    kernel::CoreLoad<Policy> load;
    int own = kIdle;
    Job* job = nullptr;  // it runs this instead
    std::array<Job*, kJobs> queue{};
    std::size_t waiting = 0;
    bool came = false;
    int said = kIdle;     // what waits
    int running = kIdle;  // what it has said of that
    std::array<Request, kCores> requests;
    unsigned lowerings = 0;
    unsigned refused = 0;
    bool ask_again = false;
  };

  static void enqueue(Core& core, Job& job) {
    auto* const end = core.queue.begin() + core.waiting;
    require(&job != core.job && std::find(core.queue.begin(), end, &job) == end,
            "two owners: a thread comes to a core that has it");
    require(core.waiting < kJobs, "more jobs than a queue has room for");
    core.queue[core.waiting++] = &job;
    core.came = true;
  }
  static Job& dequeue(Core& core, Job& job) {
    auto* const end = core.queue.begin() + core.waiting;
    auto* const at = std::find(core.queue.begin(), end, &job);
    require(at != end, "two owners: a thread is taken from a queue in which it is not");
    std::move(at + 1, end, at);
    --core.waiting;
    return job;
  }
  template <class Suits>
  static Job* best(const Core& core, Suits&& suits) {
    Job* found = nullptr;
    for (std::size_t i = 0; i < core.waiting; ++i) {
      Job* const job = core.queue[i];
      if ((found == nullptr || job->priority > found->priority) && suits(*job)) found = job;
    }
    return found;
  }
  static int top(const Core& core) {
    const Job* const job = best(core, [](const Job&) { return true; });
    return job == nullptr ? kIdle : job->priority;
  }

  void choose(unsigned me) {
    Core& core = cores_[me];
    if (core.job != nullptr && core.job->priority < std::max(core.own, top(core))) {
      enqueue(core, *std::exchange(core.job, nullptr));
    }
    if (core.job == nullptr && top(core) > core.own) {
      core.job = best(core, [](const Job&) { return true; });
      dequeue(core, *core.job);
    }
    set_running(me, core.job != nullptr ? core.job->priority : core.own);
  }
  void set_running(unsigned me, int priority) {
    Core& core = cores_[me];
    const int before = std::exchange(core.running, priority);
    if (priority == before) return;
    core.load.set_running(priority);
    if (priority > before || kFlaws.does_not_ask) return;
    ++core.lowerings;
    core.refused = 0;
    ask(me);
  }
  void say(Core& core) {
    core.said = top(core);
    core.load.set_waiting(core.said);
  }
  void spread(unsigned me) {
    Core& core = cores_[me];
    const int before = core.said;
    if (!kFlaws.looks_before_it_says_what_waits) say(core);
    if (kFlaws.spreads_on_a_rise_only ? before >= top(core) : !core.came) return;
    core.came = false;
    for (unsigned other = 0; other < kCores; ++other) {
      if (other == me) continue;
      const int running = cores_[other].load.running();
      Job* const found = best(core, [&](const Job& job) {
        return job.priority > running && (job.affinity >> other & 1U) != 0;
      });
      if (found != nullptr) deliver(other, dequeue(core, *found).arrival);
    }
    say(core);
  }
  void ask(unsigned me) {
    Core& core = cores_[me];
    int most = std::max(core.running, top(core));
    unsigned from = me;
    for (unsigned other = 0; other < kCores; ++other) {
      if (other == me || (core.refused >> other & 1U) != 0) continue;
      const int waiting = cores_[other].load.waiting();
      if (waiting > most) {
        most = waiting;
        from = other;
      }
    }
    if (from == me || (core.requests[from].under_way && !kFlaws.asks_while_it_asks)) return;
    Request& request = core.requests[from];
    request.under_way = true;
    request.lowering = core.lowerings;
    request.message.kind = Message::Kind::kPull;
    request.message.core = me;
    deliver(from, request.message);
  }
  void handle(unsigned me, Message& message) {
    Core& core = cores_[me];
    switch (message.kind) {
      case Message::Kind::kArrival:
        enqueue(core, *message.job);
        return;
      case Message::Kind::kPull:
        answer(me, message);
        return;
      case Message::Kind::kPulled:
      case Message::Kind::kRefused: {
        Request& request = core.requests[message.core];
        request.under_way = false;
        if (message.kind == Message::Kind::kRefused &&
            (kFlaws.believes_an_old_refusal || request.lowering == core.lowerings)) {
          core.refused |= 1U << message.core;
        }
        core.ask_again = !kFlaws.asks_once;
        return;
      }
    }
  }
  void answer(unsigned me, Message& request) {
    Core& core = cores_[me];
    const unsigned asker = request.core;
    const int running = cores_[asker].load.running();
    Job* const found = best(core, [&](const Job& job) {
      return job.priority > running && (job.affinity >> asker & 1U) != 0;
    });
    request.core = me;
    request.kind = found != nullptr ? Message::Kind::kPulled : Message::Kind::kRefused;
    if (found != nullptr) {
      Job& job = dequeue(core, *found);
      say(core);
      deliver(asker, job.arrival);
    } else if (kFlaws.spreads_on_a_rise_only) {
      say(core);
    }
    deliver(asker, request);
  }
  // Interrupts come when the core looks.
  void deliver(unsigned core, Message& message) {
    static_cast<void>(cores_[core].mailbox.send(message));
  }

  std::array<Core, kCores> cores_;
};

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_SCHED_PLACEMENT_H_
