// Model programs of the registry of cells: whatever a reader meets is complete.
#include "sync/cell_registry.h"
#include "tests/model/atomics.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

struct FakeCell {
  sync::CellReport report() const {
    return {.state = written.read() == 1 ? sync::CellState::kFull : sync::CellState::kEmpty,
            .holder = {}};
  }
  Plain<int> written{0};
};

using Entry = sync::BasicCellEntry<ModelAtomics>;
using Registry = sync::BasicCellRegistry<ModelAtomics>;

void register_and_list(Execution& run) {
  Registry registry;
  FakeCell cells[2];
  Entry first("first", cells[0]);
  Entry second("second", cells[1]);
  const auto add = [&registry](FakeCell& cell, Entry& entry) {
    cell.written.write(1);
    registry.add(entry);
  };
  const auto list = [&registry] {
    int count = 0;
    registry.for_each([&count](const char*, const sync::CellReport& report) {
      require(report.state == sync::CellState::kFull, "an entry is met before it was made");
      ++count;
    });
    return count;
  };
  run.parallel({thread("A", [&] { add(cells[0], first); }),
                thread("B", [&] { add(cells[1], second); }),
                thread("reader", [&] { static_cast<void>(list()); })});
  require(list() == 2, "lost: a registered cell is not listed");
}

constexpr Program kPrograms[] = {
    {"registry: register and list", register_and_list, {.spurious_failures = 1}},
};

}  // namespace

std::span<const Program> cell_registry_programs() { return kPrograms; }

}  // namespace baton::model
