// Model programs of CombiningCell: every request runs exactly once, one at a time, in order per
// submitter, whoever is inside; nothing is stranded, whatever a holder leaves behind.
#include <array>
#include <optional>
#include <utility>

#include "sync/combining_cell.h"
#include "tests/model/atomics.h"
#include "tests/model/objects.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

using sync::Owned;
using sync::Submitted;

/// The resource: a log, plain, so that two inside at once, or one who does not see what the last
/// one wrote, race.
struct Log {
  Plain<int> length{0};
  std::array<int, 4> numbers{};
};

struct Entry {
  explicit Entry(int n) : number(n) {}
  static void run(Owned<Entry> self, Log& log);

  int number;
  Plain<int> text{0};
  sync::InboxHook<Entry, ModelAtomics> hook;
  std::optional<Owned<Entry>>* back = nullptr;  // where the handle goes after the run
};

template <class Policy>
using BasicLogCell = sync::CombiningCell<Log, Entry, &Entry::hook, Policy>;
using LogCell = BasicLogCell<ModelAtomics>;
using OneCoreLogCell = BasicLogCell<ModelCoreAtomics>;

void Entry::run(Owned<Entry> self, Log& log) {
  const int at = log.length.read();
  require(self->text.read() == 7, "a request does not arrive as it was written");
  require(at < 4, "a request ran twice");
  log.numbers[static_cast<std::size_t>(at)] = self->number;
  log.length.write(at + 1);
  std::optional<Owned<Entry>>& back = *self->back;
  require(!back.has_value(), "a request ran twice");
  back = std::move(self);
}

template <class Cell>
struct BasicOffice {
  BasicOffice() = default;
  explicit BasicOffice(unsigned max_extra, Cell::Relief relief) : cell(max_extra, relief) {}

  using EntryHome = sync::StaticOwned<Entry, ModelAtomics>;
  using LogHome = sync::StaticOwned<Log, ModelAtomics>;

  LogHome log;
  Cell cell;
  std::array<EntryHome, 4> homes{EntryHome{0}, EntryHome{1}, EntryHome{2}, EntryHome{3}};
  std::array<std::optional<Owned<Entry>>, 4> back;

  void open() { cell.install(log.claim()); }

  Submitted submit(int number) {
    const auto at = static_cast<std::size_t>(number);
    Owned<Entry> entry = homes[at].claim();
    entry->text.write(7);
    entry->back = &back[at];
    return cell.submit(std::move(entry));
  }

  void finish(int count) {
    std::optional<Owned<Log>> end = cell.remove();
    require(end.has_value(), "nobody is inside, and the resource does not come out");
    require((*end)->length.read() == count, "stranded: a request did not run");
    for (int i = 0; i < 4; ++i) {
      auto& entry = back[static_cast<std::size_t>(i)];
      if (entry.has_value()) homes[static_cast<std::size_t>(i)].give_back(std::move(*entry));
      entry.reset();
    }
    numbers = (*end)->numbers;
    log.give_back(std::move(*end));
  }

  void expect_order(int before, int after) const {
    bool seen = false;
    for (const int number : numbers) {
      seen |= number == before;
      require(number != after || seen, "two requests of one submitter ran in the wrong order");
      if (number == after) return;
    }
  }
  std::array<int, 4> numbers{};
};
using Office = BasicOffice<LogCell>;
using OneCoreOffice = BasicOffice<OneCoreLogCell>;

void two_submitters(Execution& run) {
  Office office;
  office.open();
  run.parallel({thread("A",
                       [&] {
                         static_cast<void>(office.submit(1));
                         static_cast<void>(office.submit(2));
                       }),
                thread("B", [&] { static_cast<void>(office.submit(3)); })});
  office.finish(3);
  office.expect_order(1, 2);
}

void three_submitters(Execution& run) {
  Office office;
  office.open();
  const auto submit = [&office](int number) {
    const Submitted submitted = office.submit(number);
    if (submitted == Submitted::kRan) {
      require(office.back[static_cast<std::size_t>(number)].has_value(), "said to have run");
    }
  };
  run.parallel({thread("A", [&] { submit(1); }), thread("B", [&] { submit(2); }),
                thread("C", [&] { submit(3); })});
  office.finish(3);
}

void interrupted_submitter(Execution& run) {
  Office office;
  office.open();
  run.parallel({thread("thread",
                       [&] {
                         static_cast<void>(office.submit(1));
                         static_cast<void>(office.submit(2));
                       }),
                interrupt("irq", 0, [&] { static_cast<void>(office.submit(3)); })});
  office.finish(3);
  office.expect_order(1, 2);
}

void interrupted_and_other_core(Execution& run) {
  Office office;
  office.open();
  run.parallel({thread("thread", [&] { static_cast<void>(office.submit(1)); }),
                interrupt("irq", 0, [&] { static_cast<void>(office.submit(2)); }),
                thread("other core", [&] { static_cast<void>(office.submit(3)); })});
  office.finish(3);
}

// How often a holder asked for relief; set-up and threads run on one system thread.
int g_reliefs;

void bounded_holder(Execution& run) {
  g_reliefs = 0;
  Office office(0, [](LogCell&) { ++g_reliefs; });
  office.open();
  run.parallel({thread("A",
                       [&] {
                         static_cast<void>(office.submit(1));
                         static_cast<void>(office.submit(2));
                       }),
                thread("B", [&] { static_cast<void>(office.submit(3)); })});
  // Each drain serves one at most; what is left calls for the next.
  for (int served = 0; served < g_reliefs; ++served) office.cell.drain();
  office.finish(3);
  office.expect_order(1, 2);
}

void drained_elsewhere(Execution& run) {
  Atomic<int> calls{0};
  static Atomic<int>* g_calls;
  g_calls = &calls;
  Office office(0, [](LogCell&) { g_calls->fetch_add(1, std::memory_order_relaxed); });
  office.open();
  run.parallel({thread("A", [&] { static_cast<void>(office.submit(1)); }),
                thread("B", [&] { static_cast<void>(office.submit(2)); }), thread("drainer", [&] {
                  if (calls.load(std::memory_order_relaxed) != 0) office.cell.drain();
                })});
  // Spurious calls are allowed, missing ones are not.
  for (int i = calls.load(std::memory_order_relaxed); i > 0; --i) office.cell.drain();
  office.finish(2);
}

void installed_late(Execution& run) {
  Office office;
  run.parallel({thread("A", [&] { static_cast<void>(office.submit(1)); }),
                thread("installer", [&] { office.open(); }),
                thread("B", [&] { static_cast<void>(office.submit(2)); })});
  office.finish(2);
}

// The resource is taken out by one thread and put back by another.
void removed_and_installed_again(Execution& run) {
  Office office;
  office.open();
  std::optional<Owned<Log>> out;
  Atomic<int> removed{0};
  run.parallel({thread("submitter", [&] { static_cast<void>(office.submit(1)); }),
                thread("remover",
                       [&] {
                         out = office.cell.remove();
                         removed.store(out.has_value() ? 1 : 2, std::memory_order_relaxed);
                       }),
                thread("installer", [&] {
                  const int what =
                      removed.await([](int r) { return r != 0; }, std::memory_order_relaxed);
                  if (what == 1) office.cell.install(std::move(*out));
                })});
  office.finish(1);
}

// What a holder leaves is a list in plain data: whoever comes next, by whichever door, must see it.
void left_behind_then_removed(Execution& run) {
  g_reliefs = 0;
  Office office(0, [](LogCell&) { ++g_reliefs; });
  static_cast<void>(office.submit(1));
  static_cast<void>(office.submit(2));
  static_cast<void>(office.submit(3));
  std::optional<Owned<Log>> out;
  Atomic<int> removed{0};
  run.parallel({thread("opener", [&] { office.open(); }),  // serves one, leaves two
                thread("remover",
                       [&] {
                         out = office.cell.remove();
                         removed.store(out.has_value() ? 1 : 2, std::memory_order_relaxed);
                       }),
                thread("installer", [&] {
                  const int what =
                      removed.await([](int r) { return r != 0; }, std::memory_order_relaxed);
                  if (what == 1) office.cell.install(std::move(*out));
                })});
  for (int served = 0; served < 3; ++served) office.cell.drain();
  office.finish(3);
  office.expect_order(1, 2);
  office.expect_order(2, 3);
}

// One core, every order relaxed: a handler finds the cell at any step of a submission, of a run or
// of a leaving, of the thread or of the handler that it interrupts.
void handlers_that_nest(Execution& run) {
  OneCoreOffice office;
  office.open();
  run.parallel({thread("thread",
                       [&] {
                         static_cast<void>(office.submit(0));
                         static_cast<void>(office.submit(1));
                       }),
                interrupt(
                    "low", 0,
                    [&] {
                      const bool ran = office.submit(2) == Submitted::kRan;
                      require(ran == office.back[2].has_value(), "said to have run");
                    },
                    1),
                interrupt("high", 0, [&] { static_cast<void>(office.submit(3)); }, 2)});
  office.finish(4);
  office.expect_order(0, 1);
}

void handlers_that_leave_work(Execution& run) {
  g_reliefs = 0;
  OneCoreOffice office(0, [](OneCoreLogCell&) { ++g_reliefs; });
  office.open();
  const auto drain = [&] {
    if (g_reliefs == 0) return;
    --g_reliefs;
    office.cell.drain();
  };
  run.parallel({thread("thread",
                       [&] {
                         static_cast<void>(office.submit(1));
                         drain();
                       }),
                interrupt(
                    "low", 0, [&] { static_cast<void>(office.submit(2)); }, 1),
                interrupt(
                    "high", 0,
                    [&] {
                      static_cast<void>(office.submit(3));
                      drain();
                    },
                    2)});
  // A drain that found somebody inside has served nothing, and whoever was inside has called again
  // if anything was left.
  while (g_reliefs > 0) drain();
  office.finish(3);
}

void handler_that_takes_over(Execution& run) {
  OneCoreOffice office;
  office.open();
  std::optional<Owned<Log>> out;
  run.parallel({thread("thread", [&] { static_cast<void>(office.submit(1)); }),
                interrupt(
                    "low", 0,
                    [&] {
                      out = office.cell.remove();
                      static_cast<void>(office.submit(2));
                      if (out.has_value()) office.cell.install(std::move(*out));
                    },
                    1),
                interrupt("high", 0, [&] { static_cast<void>(office.submit(3)); }, 2)});
  office.finish(3);
}

constexpr Program kPrograms[] = {
    {"combining: two submitters", two_submitters},
    {"combining: two submitters, spurious failures", two_submitters, {.spurious_failures = 1}},
    {"combining: three submitters", three_submitters},
    {"combining: interrupted submitter", interrupted_submitter},
    {"combining: interrupt and another core", interrupted_and_other_core},
    {"combining: bounded holder", bounded_holder},
    {"combining: drained elsewhere", drained_elsewhere},
    {"combining: installed late", installed_late},
    {"combining: removed and installed again", removed_and_installed_again},
    {"combining: left behind, then removed", left_behind_then_removed},
    {"irq combining: handlers that nest", handlers_that_nest},
    {"irq combining: the same, spurious failures", handlers_that_nest, {.spurious_failures = 1}},
    {"irq combining: handlers that leave work", handlers_that_leave_work},
    {"irq combining: handler that takes over", handler_that_takes_over, {.spurious_failures = 1}},
};

}  // namespace

std::span<const Program> combining_cell_programs() { return kPrograms; }

}  // namespace baton::model
