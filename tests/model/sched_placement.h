// Cores that find work for each other, for model programs and random tests: kernel/sched's
// Placement, RunQueue, CoreLoad and CoreMailbox themselves, and the rest of a scheduler in short.
// A core has work of its own, which is bound to it, and jobs, which may go where their affinity
// lets them; it runs the most urgent of all.
#ifndef BATON_TESTS_MODEL_SCHED_PLACEMENT_H_
#define BATON_TESTS_MODEL_SCHED_PLACEMENT_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "kernel/sched/best_assignment.h"
#include "kernel/sched/core_mailbox.h"
#include "kernel/sched/held.h"
#include "kernel/sched/placement.h"
#include "kernel/sched/priority.h"
#include "kernel/sched/run_queue.h"
#include "sync/list.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"

namespace baton::model {

/// Bugs that can be planted, by what surrounds the placement.
struct PlacementFlaws {
  bool spreads_on_a_rise_only = false;
  bool asks_once = false;                // and not again when it is refused
  bool believes_an_old_refusal = false;  // from before its work changed again
  bool does_not_ask = false;
  bool asks_while_it_asks = false;  // with the same message
  bool makes_no_room = false;       // what runs stays
  bool asks_for_room_once = false;  // and does not look again when it is answered
  bool asks_when_it_does_less =
      false;                         // and not when something else could move that did not before
  bool expects_nobody = false;       // lets several come at once
  bool hides_that_it_stays = false;  // what runs, though something more urgent waits
  bool remembers_being_parked = false;  // and when it is no more looks only if it had noticed
  bool returns_in_silence = false;      // and asks others, but looks not what to send them
};

template <class Policy, unsigned kCount, PlacementFlaws kFlaws = PlacementFlaws{}>
class PlacementMachine {
 public:
  static constexpr unsigned kCores = kCount;
  static constexpr int kIdle = kernel::kIdlePriority;
  struct Job;

  struct Message {
    enum class Kind { kArrival, kPull, kPulled, kRefused, kMakeRoom, kMoveUp, kMovedUp, kMadeRoom };
    Message(Kind what, unsigned about) : kind(what), core(about) {}
    typename Policy::template Plain<Message*> next{nullptr};
    Kind kind;
    unsigned core = 0;
    Job* job = nullptr;
    bool under_way = false;
  };

  struct Job {
    Job() : Job(0) {}
    explicit Job(int urgency, unsigned may_run_on = ~0U)
        : value(urgency), may_go(may_run_on), arrival(Message::Kind::kArrival, 0) {
      arrival.job = this;
    }
    kernel::Priority priority() const { return kernel::Priority(value); }
    unsigned affinity() const {
      ++looked_at;
      return may_go;
    }

    sync::ListHook<> queue_hook;
    std::uint8_t queued_priority = 0;
    bool queued_movable = false;
    int value;
    unsigned may_go;
    bool must_stay = false;  // while it runs
    unsigned last = 0;
    mutable unsigned looked_at = 0;
    Message arrival;
    int holder = kNobody;
  };

  PlacementMachine() {
    for (unsigned i = 0; i < kCores; ++i) {
      cores_[i].machine = this;
      cores_[i].number = i;
      cores_[i].own.may_go = 1U << i;
    }
  }
  PlacementMachine(const PlacementMachine&) = delete;
  PlacementMachine& operator=(const PlacementMachine&) = delete;

  // By core `me`.

  /// Its own work has this urgency from now on; kIdle: it has none.
  void work(unsigned me, int priority) {
    Core& core = cores_[me];
    if (core.own.holder == static_cast<int>(me)) core.remove(core.own);
    if (priority != kIdle) {
      core.own.value = priority;
      core.enqueue(core.own);
    }
    core.choose();
    core.spread();
  }
  /// The job becomes ready there.
  void ready(unsigned me, Job& job) {
    cores_[me].enqueue(job);
    cores_[me].choose();
    cores_[me].spread();
  }
  /// Likewise, and it begins where it suits.
  void wake(unsigned me, Job& job) {
    const unsigned target = cores_[me].place(job, job.last, (1U << kCores) - 1);
    if (target == me) return ready(me, job);
    cores_[me].deliver(target, job.arrival);
  }
  /// The job that it runs is done; work() or look() follows.
  void end_job(unsigned me) {
    require(cores_[me].current != nullptr && cores_[me].current != &cores_[me].own,
            "a core ends a job that it does not run");
    cores_[me].remove(*cores_[me].current);
  }
  /// The interrupt that somebody has sent it.
  bool look(unsigned me) {
    const bool some = cores_[me].take();
    cores_[me].choose();
    cores_[me].spread();
    return some;
  }

  // The same as the kernel does it: a core that is to switch has looked, and looks once more when
  // it does, and others may act in between.

  /// The end of an interrupt.
  void interrupt(unsigned me) {
    cores_[me].take();
    cores_[me].begin_switch();
  }
  /// The job becomes ready, and begins where it suits.
  void dispatch(unsigned me, Job& job) {
    const unsigned target = cores_[me].place(job, job.last, (1U << kCores) - 1);
    if (target != me) return cores_[me].deliver(target, job.arrival);
    cores_[me].enqueue(job);
    cores_[me].begin_switch();
  }
  bool is_switching(unsigned me) const { return cores_[me].is_switching; }
  void finish_switch(unsigned me) {
    cores_[me].is_switching = false;
    look(me);
  }

  /// Of any context: it is to have this priority and affinity.  Its core looks when it looks.
  void change(Job& job, int priority, unsigned affinity) {
    job.value = priority;
    job.may_go = affinity;
    if (job.holder != kNobody) cores_[static_cast<unsigned>(job.holder)].attend(job);
  }
  bool sleeps(const Job& job) const { return job.holder == kNobody && !job.arrival.under_way; }
  /// By anybody: the core's jobs go elsewhere, and it takes none; those that may run nowhere else
  /// stay.  It is to look.
  void park(unsigned core) {
    active_ &= ~(1U << core);
    cores_[core].kicked = true;
  }
  void unpark(unsigned core) {
    active_ |= 1U << core;
    cores_[core].is_back = !kFlaws.remembers_being_parked;
    for (unsigned i = 0; i < kCores; ++i) {
      if (i == core || (active_ >> i & 1U) == 0) cores_[i].kicked = true;
    }
  }
  unsigned active() const { return active_; }
  /// Whether a message is under way, or a core is to look, or to switch.
  bool is_busy() const {
    return sent_ != received_ || std::ranges::any_of(cores_, [](const Core& core) {
             return core.kicked || core.is_switching;
           });
  }

  /// After the threads: what is under way comes, until nothing is; how many looks that took.
  unsigned settle() {
    unsigned looks = 0;
    for (bool more = true; more;) {
      more = false;
      for (unsigned core = 0; core < kCores; ++core) more |= look(core);
      require(++looks < kMostLooks, "the cores do not come to rest");
    }
    return looks;
  }
  void finish() {
    settle();
    require(is_best(), "overlooked: others run than the most urgent");
    clear();
  }
  /// All jobs are the caller's again; what came last is what running() says.
  void clear() {
    for (Core& core : cores_) {
      core.ran = core.current == nullptr ? kIdle : core.current->value;
      while (!core.ready.empty()) core.ready.pop().pass_on().holder = kNobody;
      if (core.current != nullptr) core.remove(*core.current);
    }
  }
  /// Whether the most urgent run, as far as their affinities, and those that must stay, let them.
  bool is_best() {
    std::array<kernel::testing::Runnable, kJobs> all{};
    std::size_t count = 0;
    kernel::testing::Running found{};
    found.fill(kIdle);
    for (unsigned i = 0; i < kCores; ++i) {
      Core& core = cores_[i];
      if (core.current != nullptr) {
        const bool stays = core.current->must_stay;
        found[i] = stays ? kernel::Priority::kCount : core.current->value;
        all[count++] = {found[i], stays ? 1U << i : core.current->may_go & active_};
      }
      static_cast<void>(core.ready.find(kIdle, [&](const Job& job) {
        all[count++] = {job.value, job.may_go & active_};
        return false;
      }));
    }
    const kernel::testing::BestAssignment best(std::span(all).first(count), kCores);
    return kernel::testing::in_order(found) == best.running();
  }
  /// After finish(): how urgent what the core ran was.
  int running(unsigned core) const { return cores_[core].ran; }
  Job* current(unsigned core) { return cores_[core].current; }
  unsigned messages() const { return sent_; }

  static constexpr std::size_t kJobs = 64;
  static constexpr unsigned kMostLooks = 64;

 private:
  static constexpr int kNobody = -1;

  struct Parts {
    using Thread = Job;
    using Message = PlacementMachine::Message;
    using Token = int;
    using Atomics = Policy;
    static constexpr unsigned kCores = kCount;
    static constexpr std::size_t kLine = 64;
  };

  struct Core : kernel::Placement<Core, Parts> {
    using Base = kernel::Placement<Core, Parts>;
    using Base::place;
    using Kind = typename Message::Kind;

    // What the placement wants.
    unsigned self() const { return number; }
    Core& of(unsigned other) { return machine->cores_[other]; }
    // It asks nobody when it is not among them.
    unsigned active() const { return machine->active_ & ~(blind ? 1U << number : 0U); }
    bool belongs_here(const Job& job) const {
      const unsigned taking = machine->active_;
      return (job.may_go >> number & 1U) != 0 &&
             ((taking >> number & 1U) != 0 || (job.may_go & taking) == 0);
    }
    void clear_out() {
      for (;;) {
        Job* const job =
            ready.find_movable(kIdle, [this](const Job& one) { return !belongs_here(one); });
        if (job == nullptr) return;
        send(*job, this->place(*job, number, (1U << kCores) - 1), 0);
      }
    }
    kernel::RunQueue<Job>& queue() { return ready; }
    typename Base::Desk& desk() { return desk_; }
    bool may_leave(const Job& job) const { return !job.must_stay; }
    void tell_when_it_may_leave() {}
    void count_pull() {}
    void send(Job& job, unsigned to, int /*token*/) {
      remove(job);
      deliver(to, job.arrival);
    }
    // Interrupts come when the core looks.
    void deliver(unsigned to, Message& message) {
      require(!message.under_way, "two owners: a message is sent while it is under way");
      message.under_way = true;
      ++machine->sent_;
      static_cast<void>(of(to).mailbox.send(message));
    }

    void enqueue(Job& job) {
      require(job.holder == kNobody, "two owners: a thread comes to a core that has it");
      job.holder = static_cast<int>(number);
      job.last = number;
      const std::uint32_t due = this->due_;
      this->note_ready(job.may_go);
      if (kFlaws.spreads_on_a_rise_only && ready.top() >= job.value) this->due_ = due;
      ready.push_back(kernel::Held<Job>(job), job.priority(), (job.may_go & ~(1U << number)) != 0);
    }
    void remove(Job& job) {
      require(job.holder == static_cast<int>(number),
              "two owners: a thread is taken from a core that has it not");
      job.holder = kNobody;
      if (&job == current) {
        current = nullptr;
        return;
      }
      static_cast<void>(ready.erase(job).pass_on());
    }
    void attend(Job& job) {
      if (&job == current) {
        choose();
      } else {
        if (job.queued_priority > said) this->note_gone();
        remove(job);
        if (!belongs_here(job)) {
          deliver(this->place(job, number, (1U << kCores) - 1), job.arrival);
        } else {
          enqueue(job);
          choose();
        }
      }
      spread();
    }
    void choose() {
      bool left = current == nullptr;
      unsigned gone = Base::kNowhere;
      if (!left && current->must_stay) {
        // Not now.
      } else if (!left && !belongs_here(*current)) {
        Job& job = *current;
        send(job, this->place(job, number, (1U << kCores) - 1), 0);
        left = true;
      } else if (!left && this->leave_for() != Base::kNowhere) {
        gone = this->leave_for();
        send(*current, gone, 0);
        left = true;
      } else if (!left && current->value < ready.top()) {
        Job& job = *current;
        remove(job);
        enqueue(job);
        left = true;
      }
      if (left && !ready.empty()) {
        current = &ready.pop().pass_on();
        this->due_ &= ~Base::kKept;
      }
      say();
      if (!kFlaws.hides_that_it_stays && current != nullptr && current->must_stay &&
          ready.top() > current->value) {
        this->keep(*current);
      }
      if (left) this->end_moves(gone);
    }
    void say() {
      const int before = std::exchange(said, current == nullptr ? kIdle : current->value);
      blind = kFlaws.does_not_ask || (kFlaws.asks_when_it_does_less && said >= before);
      if (kFlaws.asks_while_it_asks) {
        for (auto& pull : desk_.pulls) pull.under_way = false;
      }
      if (current == nullptr) {
        this->say_idle();
      } else {
        this->say_running(*current);
      }
      blind = false;
    }
    void spread() { Base::spread(0); }

    bool take() {
      Message* message = mailbox.take();
      const bool some = std::exchange(kicked, false) || message != nullptr;
      while (message != nullptr) {
        Message* const next = message->next.read();
        message->under_way = false;
        ++machine->received_;
        handle(*message);
        message = next;
      }
      const bool was_parked = std::exchange(parked, (machine->active_ >> number & 1U) == 0);
      if (parked) {
        clear_out();
      } else if (std::exchange(is_back, false) || (kFlaws.remembers_being_parked && was_parked)) {
        if (!kFlaws.returns_in_silence) this->due_ |= Base::kCame;
        this->look_for_more();
      }
      if (current == nullptr || may_leave(*current)) this->due_ &= ~Base::kKept;
      say();
      if ((this->due_ & Base::kAskAgain) != 0) {
        this->due_ &= ~Base::kAskAgain;
        if (!kFlaws.asks_once && !kFlaws.does_not_ask) this->ask();
      }
      if (kFlaws.expects_nobody) this->expects_ = false;
      this->consider_moves(current != nullptr ? *current : own, 0);
      return some;
    }
    // Whether something else is to run here.
    bool should_switch() {
      if (current == nullptr) return !ready.empty();
      return !belongs_here(*current) || this->leave_for() != Base::kNowhere ||
             ready.top() > current->value;
    }
    void begin_switch() {
      if (!should_switch()) return spread();
      if (current == nullptr || may_leave(*current)) {
        is_switching = true;
        return;
      }
      if (ready.top() > current->value) this->keep(*current);
      spread();
    }
    void handle(Message& message) {
      switch (message.kind) {
        case Kind::kArrival: {
          Job& job = *message.job;
          this->note_arrival(job);
          if (belongs_here(job)) {
            enqueue(job);
          } else {
            this->note_gone();
            deliver(this->place(job, number, (1U << kCores) - 1), job.arrival);
          }
          return;
        }
        case Kind::kPull:
          this->answer_pull(message, 0);
          return;
        case Kind::kPulled:
        case Kind::kRefused:
          this->note_answer(message);
          if (kFlaws.believes_an_old_refusal && message.kind == Kind::kRefused) {
            this->refused_ |= 1U << message.core;
          }
          return;
        case Kind::kMakeRoom:
          this->note_move(message);
          return;
        case Kind::kMoveUp:
          this->note_move(message);
          if (kFlaws.makes_no_room) this->end_moves(Base::kNowhere);
          return;
        case Kind::kMovedUp:
          this->note_moved(message);
          return;
        case Kind::kMadeRoom: {
          const std::uint32_t before = this->due_;
          this->note_made_room();
          if (kFlaws.asks_for_room_once) this->due_ = before;
          return;
        }
      }
    }

    PlacementMachine* machine = nullptr;
    unsigned number = 0;
    kernel::CoreMailbox<Message, Policy> mailbox;
    kernel::RunQueue<Job> ready;
    Job own{0};
    Job* current = nullptr;
    int said = kIdle;
    bool blind = false;
    bool kicked = false;
    bool parked = false;
    bool is_back = false;
    bool is_switching = false;
    int ran = kIdle;
    typename Base::Desk desk_;
  };

  unsigned active_ = (1U << kCores) - 1;
  std::array<Core, kCores> cores_;
  unsigned sent_ = 0;
  unsigned received_ = 0;
};

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_SCHED_PLACEMENT_H_
