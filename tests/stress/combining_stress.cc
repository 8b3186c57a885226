// CombiningCell under three submitters: every request runs once, one at a time, in each submitter's
// order; none is stranded when all are done.
#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <utility>

#include "sync/combining_cell.h"
#include "sync/pool.h"
#include "sync/static_owned.h"
#include "tests/stress/busted.h"
#include "tests/stress/stress.h"
#include "tests/stress/yielding_atomics.h"

namespace baton::stress {
namespace {

constexpr int kSubmitters = 3;

/// The resource: plain, so that two inside at once race.
struct Book {
  std::array<int, kSubmitters> last{};
  int entries = 0;
  Verdict* verdict = nullptr;
};

template <class Policy>
struct Entry {
  Entry(int from, int n) : submitter(from), number(n) {}
  static void run(sync::Owned<Entry> self, Book& book) {
    int& last = book.last[static_cast<std::size_t>(self->submitter)];
    if (self->number != last + 1) book.verdict->fail("a request is out of order, or lost");
    last = self->number;
    ++book.entries;
  }
  int submitter;
  int number;
  sync::InboxHook<Entry, Policy> hook;
};

template <class E, class Cell>
void run(const Arguments& arguments, Verdict& verdict, Cell& cell) {
  const auto pool = std::make_unique<sync::Pool<E, 64>>();
  sync::StaticOwned<Book> home;
  sync::Owned<Book> book = home.claim();
  book->verdict = &verdict;
  cell.install(std::move(book));
  run_together(kSubmitters, [&](int number) {
    for (int n = 1; n <= arguments.rounds && !verdict.failed();) {
      if (auto entry = pool->make(number, n)) {
        static_cast<void>(cell.submit(std::move(*entry)));
        ++n;
      } else {
        cell.drain();
        yield_now();
        // With every request stranded there is nothing to wait for.
        if (!arguments.busted.empty()) break;
      }
    }
  });
  while (pool->available() != 64 && arguments.busted.empty()) cell.drain();
  auto end = cell.remove();
  if (!end.has_value()) {
    verdict.fail("somebody is still inside");
    return;
  }
  const int entries = (*end)->entries;
  home.give_back(std::move(*end));
  std::printf("ran=%d of %d\n", entries, kSubmitters * arguments.rounds);
  if (entries != kSubmitters * arguments.rounds) verdict.fail("stranded: a request did not run");
}

template <class Policy>
void run_real(const Arguments& arguments, Verdict& verdict) {
  using E = Entry<Policy>;
  using Cell = sync::CombiningCell<Book, E, &E::hook, Policy>;
  Cell unbounded;
  run<E>(arguments, verdict, unbounded);
  // What a holder leaves is picked up by the next submitter, or drained when the pool runs dry.
  Cell bounded{2, [](Cell&) {}};
  run<E>(arguments, verdict, bounded);
}

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv, 30'000, {"no_second_look"});
  Verdict verdict;
  if (arguments.busted == "no_second_look") {
    using E = Entry<sync::StdAtomics>;
    BustedCombiner<Book, E, &E::hook> cell;
    run<E>(arguments, verdict, cell);
  } else {
    run_real<sync::StdAtomics>(arguments, verdict);
    run_real<YieldingAtomics>(arguments, verdict);
  }
  return verdict.finish(arguments);
}

}  // namespace
}  // namespace baton::stress

int main(int argc, char** argv) { return baton::stress::main(argc, argv); }
