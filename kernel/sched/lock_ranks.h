// Every spin lock of the kernel, lowest rank first: while a core holds one it takes only those
// below it in this table.  That is all there are; everything else is owned, or atomic.
#ifndef BATON_KERNEL_SCHED_LOCK_RANKS_H_
#define BATON_KERNEL_SCHED_LOCK_RANKS_H_

#include <array>
#include <string_view>

namespace baton::kernel {

enum class Rank : unsigned {
  kPriorityGraph = 10,
  kWaitQueue = 20,
  kThreadList = 30,
};

struct RankDescription {
  Rank rank;
  std::string_view name;
  std::string_view locks;
  std::string_view reason;
};

/// For people: the command `locks`, and docs/scheduling.md.
inline constexpr std::array<RankDescription, 3> kRanks = {{
    {Rank::kPriorityGraph, "priority graph", "one",
     "a chain of priority inheritance crosses mutexes and threads, which change together"},
    {Rank::kWaitQueue, "wait queue", "one in each blocking object",
     "to find the object taken and to wait for it is one step, on any core"},
    {Rank::kThreadList, "thread list", "one",
     "`ps` and a panic walk all threads while others begin and end"},
}};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_LOCK_RANKS_H_
