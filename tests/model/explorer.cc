#include "tests/model/explorer.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ostream>
#include <utility>

#include "base/assert.h"

namespace baton {

// An assertion in the code under test is a finding like any other.
void assertion_failed(const char* condition, const char* file, int line) {
  if (model::Explorer* const explorer = model::Explorer::current(); explorer != nullptr) {
    explorer->fail(condition);
  }
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace baton

namespace baton::model {

namespace {

Explorer* g_current = nullptr;

std::size_t index(int i) { return static_cast<std::size_t>(i); }

}  // namespace

Explorer* Explorer::current() { return g_current; }

void Execution::parallel(std::initializer_list<Thread> threads) { explorer_.parallel(threads); }

Masked::Masked(Where where) { Explorer::current()->mask(where); }
Masked::~Masked() { Explorer::current()->unmask(); }

void relax(std::source_location where) { Explorer::current()->relax(where); }

Moment moment() { return Explorer::current()->moment(); }

void require(bool condition, const char* what) {
  if (!condition) Explorer::current()->fail(what);
}

Report explore(const char* name, Body body, Options options) {
  const auto begin = std::chrono::steady_clock::now();
  Report report = Explorer(options).explore(body);
  // The first failure found may take detours.  Look for one with fewer preemptions.
  constexpr int kBounds = 4;
  for (int bound = 0; !report.ok && options.preemption_bound < 0 && bound < kBounds; ++bound) {
    Options bounded = options;
    bounded.preemption_bound = bound;
    bounded.max_executions = 20'000;
    const Report shorter = Explorer(bounded).explore(body);
    if (!shorter.ok) {
      report.what = shorter.what;
      report.trace = shorter.trace;
      break;
    }
  }
  report.name = name;
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

std::ostream& operator<<(std::ostream& out, const Report& report) {
  char line[200];
  std::snprintf(line, sizeof(line), "%-44s %-7s %9ld executions %9ld pruned %8.3f s",
                report.name.c_str(), report.ok ? (report.complete ? "ok" : "bounded") : "FAILED",
                report.executions, report.pruned, report.seconds);
  out << line;
  if (!report.ok) out << "\n  " << report.what << "\n" << report.trace;
  return out;
}

Report Explorer::explore(Body body) {
  Explorer* const outer = std::exchange(g_current, this);
  while (report_.executions + report_.pruned < options_.max_executions) {
    if (!run_once(body)) {
      report_.complete = true;
      break;
    }
  }
  g_current = outer;
  report_.ok = report_.what.empty();
  // A bound on preemptions leaves schedules out, however many of the rest were explored.
  report_.complete = report_.ok && report_.complete && options_.preemption_bound < 0;
  return report_;
}

bool Explorer::run_once(Body body) {
  memory_.reset();
  heap_.reset();
  depth_ = 0;
  sleep_ = {};
  me_ = 0;
  last_ = 0;
  preemptions_ = 0;
  spurious_ = options_.spurious_failures;
  eager_ = options_.eager_relaxes;
  pruned_ = false;
  steps_.clear();
  Execution run(*this);
  const auto main = [&] {
    body(run);
    if (heap_.has_leak()) fail("leak: an object that was made was never destroyed");
  };
  const absl::FunctionRef<void()> erased = main;
  if (contexts_.empty()) contexts_.push_back(std::make_unique<Context>());
  context(0).fiber.restart(erased);
  context(0).fiber.resume();
  ++(pruned_ ? report_.pruned : report_.executions);
  report_.steps += static_cast<long>(steps_.size());
  if (!report_.what.empty()) return false;
  while (!path_.empty() && path_.back().pick + 1 >= path_.back().count) path_.pop_back();
  if (path_.empty()) return false;
  ++path_.back().pick;
  return true;
}

void Explorer::fail(const char* what) {
  if (report_.what.empty()) {
    report_.what = what;
    report_.trace = to_string(steps_, names_);
  }
  abandon();
}

// Back to whoever resumed us, for good.
void Explorer::abandon() {
  for (;;) context(me_).fiber.suspend();
}

int Explorer::choose(int count) {
  if (count == 1) return 0;
  if (depth_ == path_.size()) {
    Node node;
    node.count = static_cast<std::uint16_t>(count);
    path_.push_back(node);
  }
  return path_[depth_++].pick;
}

void Explorer::parallel(std::initializer_list<Thread> threads) {
  thread_count_ = static_cast<int>(threads.size());
  if (threads.size() >= kMaxThreads) std::abort();
  names_.assign(1, "main");
  cores_.assign(threads.size() + 1, {});
  masks_.assign(threads.size() + 1, 0);
  while (contexts_.size() <= threads.size()) contexts_.push_back(std::make_unique<Context>());
  memory_.fork(thread_count_);
  int number = 1;
  for (const Thread& thread : threads) {
    Context& it = context(number);
    names_.push_back(thread.name);
    it.fiber.restart(thread.body);
    it.pending = nullptr;
    it.started = thread.host < 0;
    it.host = thread.host < 0 ? number : thread.host + 1;
    it.priority = thread.priority;
    ++number;
  }
  // Each as far as its first step.
  for (me_ = 1; me_ <= thread_count_; ++me_) {
    context(me_).fiber.resume();
    if (!report_.what.empty()) break;
  }
  me_ = 0;
  while (report_.what.empty()) {
    const int next = schedule();
    if (next == 0) break;
    step(next);
    if (pruned_) break;
  }
  if (!report_.what.empty() || pruned_) abandon();
  memory_.join(thread_count_);
}

int Explorer::running_on(int core) const {
  const std::vector<int>& handlers = cores_[index(core)];
  return handlers.empty() ? core : handlers.back();
}

bool Explorer::runnable(int thread) const {
  const Context& it = context(thread);
  if (it.fiber.done()) return false;
  const int running = running_on(it.host);
  if (it.started) return running == thread;
  if (masks_[index(it.host)] != 0) return false;
  return context(running).fiber.done() || it.priority > context(running).priority;
}

bool Explorer::is_relaxing(int thread) const {
  return context(thread).pending->kind == Kind::kRelax;
}

// For a value that nobody has stored, or for anything new at all.
bool Explorer::waits_in_vain(int thread) const {
  if (is_relaxing(thread)) return !memory_.has_news(thread);
  const Operation& pending = *context(thread).pending;
  return pending.kind == Kind::kAwait && !memory_.has_choice(thread, pending, 0);
}

bool Explorer::shares_core(int thread) const {
  for (int other = 1; other <= thread_count_; ++other) {
    if (other != thread && context(other).host == context(thread).host) return true;
  }
  return false;
}

int Explorer::schedule() {
  if (static_cast<int>(steps_.size()) > options_.max_steps) {
    fail("a loop does not end: too many steps");
  }
  std::array<std::uint8_t, kMaxThreads> candidates{};
  int count = 0;
  bool unfinished = false;
  bool enabled = false;
  bool last_goes_on = false;
  bool others = false;    // somebody who does not wait can go on
  bool relaxers = false;  // it is the turn of those who do
  const auto consider = [&](int thread) {
    if (context(thread).fiber.done()) return;
    unfinished = true;
    if (!runnable(thread) || waits_in_vain(thread)) return;
    if (!is_relaxing(thread)) {
      // A handler that may still fire is nobody to wait for.
      others |= context(thread).started;
    } else if (eager_ == 0 && !relaxers) {
      return;
    }
    enabled = true;
    last_goes_on |= thread == last_;
    const Operation& pending = *context(thread).pending;
    const std::uint16_t floor = sleep_[index(thread)];
    if (floor == kAsleep || (floor != 0 && !memory_.has_choice(thread, pending, floor))) return;
    candidates[index(count++)] = static_cast<std::uint8_t>(thread);
  };
  // Whoever ran last goes first: the first executions have few preemptions.
  if (last_ != 0) consider(last_);
  const bool may_preempt =
      options_.preemption_bound < 0 || !last_goes_on || preemptions_ < options_.preemption_bound;
  for (int thread = 1; thread <= thread_count_; ++thread) {
    if (thread != last_ && may_preempt) consider(thread);
  }
  if (!others && eager_ == 0) {
    relaxers = true;
    for (int thread = 1; thread <= thread_count_; ++thread) {
      if (!context(thread).fiber.done() && is_relaxing(thread)) consider(thread);
    }
  }
  if (count == 0) {
    if (!unfinished) return 0;
    if (!enabled) fail("deadlock: every thread that is left waits for a value that nobody stores");
    pruned_ = true;
    return 0;
  }
  if (depth_ == path_.size()) {
    Node node;
    node.schedules = true;
    node.count = static_cast<std::uint16_t>(count);
    node.candidates = candidates;
    path_.push_back(node);
  }
  const Node& node = path_[depth_++];
  const int next = node.candidates[node.pick];
  if (is_relaxing(next) && !relaxers) --eager_;
  if (last_goes_on && next != last_) ++preemptions_;
  return next;
}

void Explorer::step(int thread) {
  Context& it = context(thread);
  if (options_.reduce && options_.preemption_bound < 0) update_sleep(path_[depth_ - 1], thread);
  if (!it.started) {
    it.started = true;
    memory_.sequence(running_on(it.host), thread);
    cores_[index(it.host)].push_back(thread);
  }
  me_ = thread;
  it.fiber.resume();
  me_ = 0;
  last_ = thread;
  sleep_[index(thread)] = 0;
  if (it.fiber.done() && it.host != thread) {
    cores_[index(it.host)].pop_back();
    memory_.sequence(thread, running_on(it.host));
  }
}

void Explorer::update_sleep(const Node& node, int thread) {
  // Those tried before at this node sleep from here on: what they would do was explored.
  for (int k = 0; k < node.pick; ++k) {
    const int tried = node.candidates[index(k)];
    const Operation& pending = *context(tried).pending;
    // A look at everything depends on every store: not worth remembering.
    if (is_relaxing(tried)) continue;
    sleep_[index(tried)] = pending.reads() ? memory_.store_count(pending.location) : kAsleep;
  }
  // Who depends on this step as such wakes.  A new store wakes its readers by their floors.
  const bool seq_cst = context(thread).pending->is_seq_cst();
  const bool relaxes = is_relaxing(thread);
  for (int other = 1; other <= thread_count_; ++other) {
    if (other == thread || sleep_[index(other)] == 0) continue;
    if (relaxes || context(other).host == context(thread).host ||
        (seq_cst && context(other).pending->is_seq_cst())) {
      sleep_[index(other)] = 0;
    }
  }
}

std::uint64_t Explorer::perform(const Operation& operation, bool* wrote) {
  if (me_ != 0) {
    if (operation.kind == Kind::kAwait && context(me_).host != me_) {
      fail("an interrupt handler waits, and its host cannot go on meanwhile");
    }
    context(me_).pending = &operation;
    context(me_).fiber.suspend();
  }
  const Outcome outcome = execute(operation);
  if (wrote != nullptr) *wrote = outcome.wrote;
  return outcome.value;
}

Outcome Explorer::execute(const Operation& operation) {
  if (!memory_.is_alive(operation.location)) {
    fail("use after free: an atomic that was destroyed is used");
  }
  const int step = static_cast<int>(steps_.size());
  memory_.choices(me_, operation, me_ == 0 ? std::uint16_t{0} : sleep_[index(me_)], choices_);
  if (choices_.empty()) {
    if (me_ == 0) fail("the set-up waits for a value that nobody stores");
    // A handler that was asleep: only its host's view showed that nothing new is there for it.
    pruned_ = true;
    abandon();
  }
  // The set-up is alone, and reads what is newest.
  const std::uint16_t choice =
      choices_[index(me_ == 0 ? 0 : choose(static_cast<int>(choices_.size())))];
  Operation now = operation;
  if (operation.may_fail_spuriously && spurious_ > 0 && me_ != 0 && choose(2) == 1) {
    // As a comparison that cannot hold: a load, under the order for failure.
    --spurious_;
    now.kind = Kind::kLoad;
    now.order = operation.failure_order;
  }
  const Outcome outcome = memory_.apply(me_, now, choice, step);
  steps_.push_back({me_, now, outcome});
  return outcome;
}

void Explorer::fence(std::memory_order order, std::source_location where) {
  const Operation operation = {.kind = Kind::kFence, .order = order, .where = where};
  if (me_ != 0 && order == std::memory_order_seq_cst) {
    context(me_).pending = &operation;
    context(me_).fiber.suspend();
  }
  memory_.fence(me_, order);
  steps_.push_back({me_, operation, {}});
}

void Explorer::access_plain(Kind kind, int location, std::source_location where) {
  const Operation operation = {.kind = kind, .location = location, .where = where};
  if (me_ != 0 && shares_core(me_)) {
    context(me_).pending = &operation;
    context(me_).fiber.suspend();
  }
  steps_.push_back({me_, operation, {}});
  fail_unless(kind == Kind::kPlainRead ? memory_.read_plain(me_, location)
                                       : memory_.write_plain(me_, location));
}

void Explorer::mask(std::source_location where) {
  if (me_ == 0) return;
  const Operation operation = {.kind = Kind::kMask, .where = where};
  if (shares_core(me_)) {
    context(me_).pending = &operation;
    context(me_).fiber.suspend();
    steps_.push_back({me_, operation, {}});
  }
  ++masks_[index(context(me_).host)];
}

// No step: a handler that comes after it comes before the next one.
void Explorer::unmask() {
  if (me_ != 0) --masks_[index(context(me_).host)];
}

void Explorer::relax(std::source_location where) {
  if (me_ == 0) fail("the set-up waits for what nobody else can do");
  const Operation operation = {.kind = Kind::kRelax, .where = where};
  context(me_).pending = &operation;
  context(me_).fiber.suspend();
  memory_.catch_up(me_);
  steps_.push_back({me_, operation, {}});
}

int Explorer::new_plain(const void* address) {
  const char* wrong = nullptr;
  const int location = memory_.new_plain(me_, address, &wrong);
  fail_unless(wrong);
  return location;
}

void Explorer::end_plain(int location) { fail_unless(memory_.end_plain(me_, location)); }

}  // namespace baton::model
