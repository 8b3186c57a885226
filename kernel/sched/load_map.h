// `LoadMap`: what every core runs and where that might go instead, as one core sees it at a moment;
// and who would have to move so that a thread can run.
//
//   a waits, and may run on core 0 only:    core 0 runs b, which may go to core 1,
//                                           core 1 runs c, which may go to core 2,
//                                           core 2 runs less than a
//   => c to core 2, then b to core 1, then a runs on core 0
//
// The move that is furthest away comes first, so that no thread waits for another one's sake.
//
// A value; any context.
#ifndef BATON_KERNEL_SCHED_LOAD_MAP_H_
#define BATON_KERNEL_SCHED_LOAD_MAP_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "kernel/sched/core_load.h"
#include "kernel/sched/priority.h"

namespace baton::kernel {

/// What runs on each core of it but the last is to go to the next one, the last but one first.
template <unsigned kCores>
struct Route {
  std::array<std::uint8_t, kCores> cores{};
  unsigned count = 0;
};

template <unsigned kCores>
class LoadMap {
 public:
  constexpr LoadMap() = default;

  /// The core is on the map, and this is what it does.
  constexpr void set(unsigned core, const RunningLoad& load) {
    cores_ |= bit(core);
    loads_[core] = load;
  }
  /// What it does is not known any more.
  constexpr void forget(unsigned core) { cores_ &= ~bit(core); }

  constexpr CoreMask cores() const { return cores_; }
  constexpr int priority(unsigned core) const { return loads_[core].priority; }

  /// Of these cores, at least one, all of them on the map: the first that does the least urgent
  /// work.
  constexpr unsigned least_busy(CoreMask among) const {
    unsigned best = first(among);
    for (CoreMask left = among & (among - 1); left != 0; left &= left - 1) {
      if (priority(first(left)) < priority(best)) best = first(left);
    }
    return best;
  }
  /// How urgent the least urgent work of these cores is; Priority::kCount: none is on the map.
  constexpr int least_of(CoreMask cores) const {
    cores &= cores_;
    return cores == 0 ? Priority::kCount : priority(least_busy(cores));
  }

  /// Cores from which threads could move up so that there is room on this one: itself, those that
  /// run something which may come here, and so on.
  constexpr CoreMask with_a_way_to(unsigned core) const {
    CoreMask found = bit(core);
    for (CoreMask before = 0; before != found;) {
      before = found;
      for (CoreMask left = cores_ & ~found; left != 0; left &= left - 1) {
        if ((loads_[first(left)].may_go & found) != 0) found |= bit(first(left));
      }
    }
    return found;
  }
  /// How urgent the least urgent work is that would be displaced if threads moved up so that there
  /// is room on one of these cores; Priority::kCount: none of them is on the map.
  constexpr int least_behind(CoreMask cores) const {
    CoreMask found = cores & cores_;
    for (CoreMask left = found; left != 0;) {
      const CoreMask more = loads_[first(left)].may_go & cores_ & ~found;
      left = (left & (left - 1)) | more;
      found |= more;
    }
    return least_of(found);
  }

  /// Who would have to move so that a thread of this priority and affinity can run on the first
  /// core of the route: to the core that does the least urgent work of all that come into question,
  /// by the fewest moves.  Nothing: there is none that does less.  O(cores squared).
  constexpr std::optional<Route<kCores>> route_for(CoreMask affinity, int urgency) const {
    std::array<std::uint8_t, kCores> found{};
    std::array<std::uint8_t, kCores> before{};  // of each core on the way to it
    unsigned count = 0;
    CoreMask seen = affinity & cores_;
    const CoreMask starts = seen;
    for (CoreMask left = seen; left != 0; left &= left - 1) {
      found[count++] = static_cast<std::uint8_t>(first(left));
    }
    unsigned end = kCores;
    int least = urgency;
    for (unsigned i = 0; i < count; ++i) {
      const unsigned at = found[i];
      for (CoreMask left = loads_[at].may_go & cores_ & ~seen; left != 0; left &= left - 1) {
        const unsigned to = first(left);
        seen |= bit(to);
        before[to] = static_cast<std::uint8_t>(at);
        found[count++] = static_cast<std::uint8_t>(to);
        if (priority(to) >= least || priority(to) >= priority(at)) continue;
        least = priority(to);
        end = to;
      }
    }
    if (end == kCores) return std::nullopt;
    Route<kCores> route;
    route.count = 1;
    for (unsigned at = end; (starts >> at & 1U) == 0; at = before[at]) ++route.count;
    for (unsigned i = route.count, at = end; i-- != 0; at = before[at]) {
      route.cores[i] = static_cast<std::uint8_t>(at);
    }
    return route;
  }

 private:
  static constexpr CoreMask bit(unsigned core) { return CoreMask{1} << core; }
  static constexpr unsigned first(CoreMask mask) {
    return static_cast<unsigned>(std::countr_zero(mask));
  }

  CoreMask cores_ = 0;
  std::array<RunningLoad, kCores> loads_{};
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_LOAD_MAP_H_
