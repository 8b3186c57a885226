// The last events of all cores, in the order of time.
//
//   trace::History history(40);
//   while (const std::optional<trace::CoreEvent> event = history.next()) ...
//
// Rings may be written meanwhile: what is overwritten before it is read is left out.  Any context.
#ifndef BATON_KERNEL_TRACE_HISTORY_H_
#define BATON_KERNEL_TRACE_HISTORY_H_

#include <array>
#include <cstddef>
#include <optional>

#include "arch/cpu.h"
#include "kernel/trace/event.h"
#include "kernel/trace/trace.h"

namespace baton::kernel::trace {

struct CoreEvent {
  unsigned core = 0;
  Event event;
};

/// Record `number` of a core's ring, as an event.
std::optional<Event> read(const CoreRing& ring, CoreRing::Number number);

class History {
 public:
  using Rings = std::array<const CoreRing*, arch::kMaxCores>;

  /// The last `count` of all there are now.  O(count * cores).
  explicit History(std::size_t count);
  /// Of these rings; null: none.
  History(const Rings& rings, std::size_t count);

  /// The next one, oldest first.  O(cores).
  std::optional<CoreEvent> next();

 private:
  struct Part {
    CoreRing::Number at = 0;
    CoreRing::Number end = 0;
  };
  Rings rings_;
  std::array<Part, arch::kMaxCores> parts_{};
};

}  // namespace baton::kernel::trace

#endif  // BATON_KERNEL_TRACE_HISTORY_H_
