// RcuSList between real threads (tests/stress/rcu_list_run.h).
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include "sync/hook.h"
#include "sync/owned.h"
#include "sync/rcu/rcu_slist.h"
#include "sync/rcu/retired.h"
#include "tests/stress/rcu_list_items.h"
#include "tests/stress/rcu_list_run.h"
#include "tests/stress/stress.h"

namespace baton::stress {
namespace {

template <class Domain>
class SinglyLinked {
 public:
  using Element = ListItem<Domain, sync::RcuSListHook<sync::DefaultTag, typename Domain::Atomics>>;
  using List = sync::RcuSList<Element, &Element::hook, Domain>;
  using Retired = sync::Retired<Element, Domain>;
  static constexpr bool kMovesAll = true;

  static void insert(Random& random, List& list, sync::Owned<Element> item) {
    switch (pick(random, 4)) {
      case 0:
        list.push_front(std::move(item));
        return;
      case 1:
        list.push_back(std::move(item));
        return;
      default:
        list.insert_after(anywhere(random, list), std::move(item));
    }
  }
  static Retired erase(Random& random, List& list, Domain& domain) {
    const auto where = before_one(random, list);
    return pick(random, 2) == 0 ? list.erase_after(where, domain)
                                : list.erase(*std::next(where), domain);
  }
  static Retired replace(Random& random, List& list, sync::Owned<Element> item, Domain& domain) {
    return list.replace_after(before_one(random, list), std::move(item), domain);
  }
  static void splice(Random& random, List& to, List& from, Domain& domain) {
    if (pick(random, 2) == 0) {
      to.append(from, domain);
    } else {
      to.splice_after(anywhere(random, to), from, domain);
    }
  }
  /// Takes them, and brings those from the last time.
  template <class Paint>
  std::size_t move_all(Random& random, List& from, List& to, Paint paint, Domain& domain) {
    if (!chain_.has_value()) {
      chain_.emplace(from.take_all(domain));
      if (pick(random, 8) == 0) let_go();
      return 0;
    }
    std::optional<typename List::OwnedChainType> mine;
    if (pick(random, 2) == 0) {
      mine.emplace(std::move(*chain_).synchronize());
    } else if (auto reclaimed = chain_->try_reclaim()) {
      mine.emplace(std::move(*reclaimed));
    } else {
      return 0;
    }
    chain_.reset();
    std::size_t moved = 0;
    for (Element& each : *mine) {
      paint(each);
      ++moved;
    }
    to.splice_after(anywhere(random, to), std::move(*mine));
    return moved;
  }
  void let_go() { chain_.reset(); }

 private:
  static auto anywhere(Random& random, List& list) {
    auto it = list.before_begin();
    for (auto n = pick(random, 8); n > 0 && std::next(it) != list.as_owner().end(); --n) ++it;
    return it;
  }
  static auto before_one(Random& random, List& list) {
    const auto end = list.as_owner().end();
    auto it = list.before_begin();
    for (auto n = pick(random, 8); n > 0 && std::next(it, 2) != end; --n) ++it;
    return it;
  }

  std::optional<typename List::RetiredChainType> chain_;
};

}  // namespace
}  // namespace baton::stress

int main(int argc, char** argv) {
  return baton::stress::list_main<baton::stress::SinglyLinked>("rcu slist", argc, argv);
}
