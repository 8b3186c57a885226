#include "kernel/trace/history.h"

#include "sync/irqs_off.h"

namespace baton::kernel::trace {
namespace {

History::Rings all_rings() {
  History::Rings rings{};
  for (unsigned core = 0; core < arch::kMaxCores; ++core) rings[core] = &ring_of(core);
  return rings;
}

}  // namespace

std::optional<Event> read(const CoreRing& ring, CoreRing::Number number) {
  // Where there is one core only, nobody writes meanwhile.
  const sync::IrqsOff irqs_off;
  const std::optional<CoreRing::Record> record = ring.read(number);
  if (!record.has_value()) return std::nullopt;
  return unpack(record->ticks, record->what);
}

History::History(std::size_t count) : History(all_rings(), count) {}

History::History(const Rings& rings, std::size_t count) : rings_(rings) {
  // Backwards from the ends, always by the latest.
  std::array<CoreRing::Number, arch::kMaxCores> begin{};
  for (unsigned core = 0; core < rings_.size(); ++core) {
    if (rings_[core] == nullptr) continue;
    const CoreRing::Number end = rings_[core]->end();
    parts_[core] = {.at = end, .end = end};
    begin[core] = CoreRing::begin(end);
  }
  for (std::size_t found = 0; found < count; ++found) {
    unsigned latest = arch::kMaxCores;
    std::uint64_t when = 0;
    for (unsigned core = 0; core < rings_.size(); ++core) {
      Part& part = parts_[core];
      if (part.at == begin[core]) continue;
      const std::optional<Event> event = read(*rings_[core], part.at - 1);
      if (!event.has_value()) {
        // Overwritten, and so is all before it.
        begin[core] = part.at;
      } else if (latest == arch::kMaxCores || event->ticks > when) {
        latest = core;
        when = event->ticks;
      }
    }
    if (latest == arch::kMaxCores) return;
    --parts_[latest].at;
  }
}

std::optional<CoreEvent> History::next() {
  std::optional<CoreEvent> first;
  for (unsigned core = 0; core < rings_.size(); ++core) {
    for (Part& part = parts_[core]; part.at != part.end; ++part.at) {
      const std::optional<Event> event = read(*rings_[core], part.at);
      if (!event.has_value()) continue;
      if (!first.has_value() || event->ticks < first->event.ticks) {
        first = CoreEvent{.core = core, .event = *event};
      }
      break;
    }
  }
  if (first.has_value()) ++parts_[first->core].at;
  return first;
}

}  // namespace baton::kernel::trace
