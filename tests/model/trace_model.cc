// Model programs of kernel/trace/ring.h and names.h: a record that is read is whole, one that is
// known and not overwritten is not refused, and with it comes what the writer did before.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "kernel/trace/names.h"
#include "kernel/trace/ring.h"
#include "tests/model/atomics.h"
#include "tests/model/program.h"

namespace baton::model {
namespace {

using Ring = kernel::trace::Ring<2, ModelAtomics>;

// Record n of the ring, as all programs write it: a whole one has twins.
void put(Ring& ring, std::uint64_t n) { ring.put(n, n); }

// How many more than the first, of a whole record; nothing if it was left out.
std::optional<std::uint64_t> read(const Ring& ring, Ring::Number first, Ring::Number number) {
  const std::optional<Ring::Record> record = ring.read(number);
  if (!record.has_value()) return std::nullopt;
  require(record->ticks == record->what, "torn: two records in one");
  require(record->ticks == number - first + 1, "another record than was asked for");
  return record->ticks;
}

// Three records through two places: the reader meets the third on top of the first.
void read_while_written(Execution& run) {
  Ring ring;
  const Ring::Number first = ring.end();
  run.parallel({thread("writer",
                       [&] {
                         for (const std::uint64_t n : {1U, 2U, 3U}) put(ring, n);
                       }),
                thread("reader", [&] {
                  const Ring::Number end = ring.end();
                  for (Ring::Number at = Ring::begin(end); at != end; ++at) read(ring, first, at);
                })});
  require(read(ring, first, first) == std::nullopt, "found again though it is overwritten");
  require(read(ring, first, first + 1) == 2 && read(ring, first, first + 2) == 3, "lost");
}

// Whoever knows of records finds them, as long as there is room; nobody writes over them here.
void known_records(Execution& run) {
  Ring ring;
  const Ring::Number first = ring.end();
  Plain<int> page{0};
  run.parallel({thread("writer",
                       [&] {
                         page.write(1);
                         put(ring, 1);
                         put(ring, 2);
                       }),
                thread("reader", [&] {
                  const Ring::Number end = ring.end();
                  for (Ring::Number at = first; at != end; ++at) {
                    require(read(ring, first, at).has_value(), "known, and refused");
                    require(page.read() == 1, "recorded, and not done");
                  }
                })});
}

// A handler of the writer's core reads, as a panic there does.
void handler_reads(Execution& run) {
  Ring ring;
  const Ring::Number first = ring.end();
  run.parallel({thread("writer",
                       [&] {
                         for (const std::uint64_t n : {1U, 2U, 3U}) put(ring, n);
                       }),
                interrupt("irq", 0, [&] {
                  const Ring::Number end = ring.end();
                  for (Ring::Number at = Ring::begin(end); at != end; ++at) read(ring, first, at);
                })});
}

using Names = kernel::trace::Names<2, ModelAtomics>;

// One place, two threads that begin and end: each finds its own name while it lives, and whoever
// looks finds a whole one.
void one_place_for_two(Execution& run) {
  Names names;
  const auto live = [&names](std::string_view mine) {
    const kernel::trace::ThreadId id = names.begin(mine);
    if (id == kernel::trace::kNoThread) return;
    const auto name = names.find(id);
    require(name.has_value() && name->view() == mine, "its name is another one's");
    names.end(id);
  };
  run.parallel({thread("a", [&] { live("aa"); }), thread("b", [&] { live("bb"); })});
}

// A name comes with the number that a record has.
void name_of_a_record(Execution& run) {
  Names names;
  Ring ring;
  const Ring::Number first = ring.end();
  run.parallel({thread("writer", [&] { ring.put(0, names.begin("shell")); }), thread("reader", [&] {
                  if (ring.end() == first) return;
                  const auto record = ring.read(first);
                  require(record.has_value(), "known, and refused");
                  const auto id = static_cast<kernel::trace::ThreadId>(record->what);
                  const auto name = names.find(id);
                  require(name.has_value() && name->view() == "shell", "recorded without a name");
                })});
}

constexpr Program kPrograms[] = {
    {"trace ring: read while written", read_while_written},
    {"trace ring: known records", known_records},
    {"trace ring: a handler reads", handler_reads},
    {"trace names: one place for two", one_place_for_two},
    {"trace names: a record's name", name_of_a_record},
};

}  // namespace

std::span<const Program> trace_programs() { return kPrograms; }

}  // namespace baton::model
