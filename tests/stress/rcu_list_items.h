// What goes onto the lists of a run of rcu_list_run.h, and what such a run counts.
#ifndef BATON_TESTS_STRESS_RCU_LIST_ITEMS_H_
#define BATON_TESTS_STRESS_RCU_LIST_ITEMS_H_

#include <algorithm>
#include <cstddef>

namespace baton::stress {

/// Elements know in which of two families of lists they are.
inline constexpr int kFamilies = 2;

template <class Domain, class Hook>
struct ListItem : Domain::Head {
  ListItem(int f, unsigned n) { paint(f, n); }
  ~ListItem() { check = 0; }
  void paint(int f, unsigned n) {
    family = f;
    number = n;
    check = kCheck ^ n;
  }
  static constexpr unsigned kCheck = 0x5ca1ab1e;
  int family;
  unsigned number;
  unsigned check;
  Hook hook;
};

/// What a run counted.
struct ListCounts {
  std::size_t walks = 0;
  std::size_t steps = 0;
  std::size_t longest = 0;
  std::size_t changes = 0;
  std::size_t moves = 0;
  std::size_t moved_at_once = 0;
  std::size_t splices = 0;

  void add(const ListCounts& other) {
    walks += other.walks;
    steps += other.steps;
    longest = std::max(longest, other.longest);
    changes += other.changes;
    moves += other.moves;
    moved_at_once += other.moved_at_once;
    splices += other.splices;
  }
  /// Whether there was enough of everything to find something.
  bool tested(bool moves_all) const {
    return steps != 0 && changes != 0 && moves != 0 && splices != 0 &&
           (!moves_all || moved_at_once != 0);
  }
};

}  // namespace baton::stress

#endif  // BATON_TESTS_STRESS_RCU_LIST_ITEMS_H_
