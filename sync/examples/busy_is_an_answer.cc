// map and lease: work on an object where it lies.  Meanwhile the cell is busy, and says so.
#include <cstdio>
#include <utility>

#include "base/assert.h"
#include "sync/atomic_take_cell.h"
#include "sync/static_owned.h"

namespace {

struct Settings {
  int volume = 3;
};

constinit baton::sync::StaticOwned<Settings> g_settings;
constinit baton::sync::AtomicTakeCell<Settings> g_cell;

}  // namespace

int main() {
  using baton::sync::Absent;
  BATON_CHECK(g_cell.map([](Settings&) {}).error() == Absent::kEmpty);
  BATON_CHECK(g_cell.put(g_settings.claim()).has_value());

  // A closure: the object cannot be kept past its end.
  const auto volume = g_cell.map([](Settings& settings) {
    ++settings.volume;
    BATON_CHECK(g_cell.take().error() ==
                Absent::kBusy);  // an interrupt handler would hear the same
    return settings.volume;
  });
  BATON_CHECK(volume.value_or(0) == 4);

  // A guard, where a closure does not fit.  It puts the object back at the end of its scope.
  if (auto settings = g_cell.lease()) {
    (*settings)->volume = 9;
    std::printf("volume %d\n", (*settings)->volume);
  }
  BATON_CHECK(g_cell.is_full());
  return 0;
}
