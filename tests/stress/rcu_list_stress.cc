// RcuList between real threads (tests/stress/rcu_list_run.h).
#include <cstddef>
#include <iterator>
#include <utility>

#include "sync/hook.h"
#include "sync/owned.h"
#include "sync/rcu/rcu_list.h"
#include "sync/rcu/retired.h"
#include "tests/stress/rcu_list_items.h"
#include "tests/stress/rcu_list_run.h"
#include "tests/stress/stress.h"

namespace baton::stress {
namespace {

template <class Domain>
class DoublyLinked {
 public:
  using Element = ListItem<Domain, sync::RcuListHook<sync::DefaultTag, typename Domain::Atomics>>;
  using List = sync::RcuList<Element, &Element::hook, Domain>;
  using Retired = sync::Retired<Element, Domain>;
  static constexpr bool kMovesAll = false;

  static void insert(Random& random, List& list, sync::Owned<Element> item) {
    switch (list.as_owner().empty() ? pick(random, 2) : pick(random, 4)) {
      case 0:
        list.push_front(std::move(item));
        return;
      case 1:
        list.push_back(std::move(item));
        return;
      case 2:
        list.insert_before(any(random, list), std::move(item));
        return;
      default:
        list.insert_after(any(random, list), std::move(item));
    }
  }
  static Retired erase(Random& random, List& list, Domain& domain) {
    return list.erase(any(random, list), domain);
  }
  static Retired replace(Random& random, List& list, sync::Owned<Element> item, Domain& domain) {
    return list.replace(any(random, list), std::move(item), domain);
  }
  static void splice(Random& random, List& to, List& from, Domain& domain) {
    if (pick(random, 2) == 0) {
      to.splice_front(from, domain);
    } else {
      to.splice_back(from, domain);
    }
  }
  template <class Paint>
  std::size_t move_all(Random&, List&, List&, Paint, Domain&) {
    return 0;
  }
  void let_go() {}

 private:
  static const Element& any(Random& random, List& list) {
    const auto range = list.as_owner();
    auto it = range.begin();
    for (auto n = pick(random, 8); n > 0 && std::next(it) != range.end(); --n) ++it;
    return *it;
  }
};

}  // namespace
}  // namespace baton::stress

int main(int argc, char** argv) {
  return baton::stress::list_main<baton::stress::DoublyLinked>("rcu list", argc, argv);
}
