// Operations that want a token of their context, and references that live no longer than it.
#include <utility>

#include "sync/core_local.h"
#include "sync/irqs_off.h"

namespace baton::sync {
namespace {

constinit CoreLocal<int> g_local;

[[maybe_unused]] void use() {
  const IrqsOff irqs_off;
  ++g_local.here(irqs_off);
#ifdef NC_WITHOUT_TOKEN
  static_cast<void>(g_local.here());
#endif
#ifdef NC_WITH_SOMETHING_ELSE
  static_cast<void>(g_local.here(true));
#endif
#ifdef NC_COPY_TOKEN
  const IrqsOff copy = irqs_off;
#endif
#ifdef NC_MOVE_TOKEN
  const IrqsOff moved = std::move(irqs_off);
#endif
#ifdef NC_WRITE_TO_ANOTHER_CORE
  ++g_local.of(1);
#endif
}

#ifdef NC_DROP_TOKEN
[[maybe_unused]] void drop() { IrqsOff(); }
#endif

#ifdef NC_REFERENCE_OUTLIVES_TOKEN
[[maybe_unused]] int& leak() {
  const IrqsOff irqs_off;
  return g_local.here(irqs_off);
}
#endif

#ifdef NC_TOKEN_FOR_ONE_EXPRESSION
[[maybe_unused]] void keep() {
  int& mine = g_local.here(IrqsOff());
  ++mine;
}
#endif

}  // namespace
}  // namespace baton::sync
