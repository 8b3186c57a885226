// Lists to walk: a hundred items with a number each, a cache line for an item, one after the other
// in memory and linked in another order.
#ifndef BATON_BENCH_LISTS_ITEMS_H_
#define BATON_BENCH_LISTS_ITEMS_H_

#include <urcu/list.h>
#include <urcu/rculist.h>

#include <cstddef>
#include <cstdint>
#include <list>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "bench/common/pooled.h"
#include "sync/hook.h"
#include "sync/list.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/rcu/callbacks.h"
#include "sync/rcu/hosted/qsbr_domain.h"
#include "sync/rcu/reader.h"
#include "sync/slist.h"

namespace baton::bench {

inline constexpr std::size_t kItems = 100;

/// The item that is linked as the i-th one.
constexpr std::size_t shuffled(std::size_t i) { return i * 37 % kItems; }

/// Written by hand: a ring of links and one root, as one does.
class PlainList {
  struct Link {
    Link* next = this;
    Link* prev = this;
  };
  struct alignas(kItemSize) Item : Link {
    std::uint64_t value = 1;
  };

 public:
  PlainList() {
    for (std::size_t i = 0; i < kItems; ++i) {
      Item& item = items_[shuffled(i)];
      item.prev = root_.prev;
      item.next = &root_;
      root_.prev->next = &item;
      root_.prev = &item;
    }
  }
  PlainList(const PlainList&) = delete;
  PlainList& operator=(const PlainList&) = delete;

  std::uint64_t walk() const {
    std::uint64_t sum = 0;
    for (const Link* link = root_.next; link != &root_; link = link->next) {
      sum += static_cast<const Item*>(link)->value;
    }
    return sum;
  }

 private:
  Item items_[kItems];
  Link root_;
};

/// The items of a list that owns them.
template <class Item>
class Items {
 public:
  /// Calls `push_back(Owned<Item>)` for each, in the order in which they are linked.
  template <class PushBack>
  void link(PushBack&& push_back) {
    BATON_CHECK(has_a_line_each(pool_));
    std::vector<sync::Owned<Item>> made;
    while (auto item = pool_.make()) made.push_back(std::move(*item));
    for (std::size_t i = 0; i < kItems; ++i) push_back(std::move(made[shuffled(i)]));
  }

 private:
  alignas(kItemSize) sync::Pool<Item, kItems> pool_;
};

template <class... Hooks>
struct ItemWith : Hooks... {
  std::uint64_t value = 1;
  unsigned char rest[rest_of_line((sizeof(Hooks) + ... + sizeof(value)))];
};

/// List or SList.
template <class List>
class OurList {
  using Item = typename List::value_type;

 public:
  OurList() {
    items_.link([this](sync::Owned<Item> item) { list_.push_back(std::move(item)); });
  }
  OurList(const OurList&) = delete;
  OurList& operator=(const OurList&) = delete;
  ~OurList() { list_.clear(); }

  std::uint64_t walk() const {
    std::uint64_t sum = 0;
    for (const Item& item : list_) sum += item.value;
    return sum;
  }

 private:
  Items<Item> items_;
  List list_;
};

/// RcuList or RcuSList, with its hook.
template <template <class T, auto Hook, class Domain> class List, class HookType>
class OurRcuList {
  using Domain = sync::QsbrDomain;
  using Item = ItemWith<HookType, sync::RcuHead>;

 public:
  OurRcuList() {
    items_.link([this](sync::Owned<Item> item) { list_.push_back(std::move(item)); });
  }
  OurRcuList(const OurRcuList&) = delete;
  OurRcuList& operator=(const OurRcuList&) = delete;
  ~OurRcuList() {
    list_.clear(domain_);
    domain_.barrier();
  }

  std::uint64_t walk() {
    const sync::BasicRcuReader<Domain> reader(domain_);
    std::uint64_t sum = 0;
    for (const Item& item : list_.read(reader)) sum += item.value;
    return sum;
  }

 private:
  Domain domain_;
  Domain::ReaderThread me_{domain_};
  Items<Item> items_;
  List<Item, sync::kBaseHook<>, Domain> list_;
};

/// liburcu's list, as its readers walk it, or as its owner does.
template <bool Rcu>
class UrcuList {
  struct alignas(kItemSize) Item : cds_list_head {
    std::uint64_t value = 1;
  };

 public:
  UrcuList() {
    CDS_INIT_LIST_HEAD(&root_);
    for (std::size_t i = 0; i < kItems; ++i) cds_list_add_tail(&items_[shuffled(i)], &root_);
  }
  UrcuList(const UrcuList&) = delete;
  UrcuList& operator=(const UrcuList&) = delete;

  std::uint64_t walk() {
    std::uint64_t sum = 0;
    // Without the macros that go from link to item: they cast in ways that are warned about.
    cds_list_head* link = nullptr;
    if constexpr (Rcu) {
      cds_list_for_each_rcu(link, &root_) sum += static_cast<Item*>(link)->value;
    } else {
      cds_list_for_each(link, &root_) sum += static_cast<Item*>(link)->value;
    }
    return sum;
  }

 private:
  Item items_[kItems];
  cds_list_head root_;
};

class StdList {
 public:
  std::uint64_t walk() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t value : list_) sum += value;
    return sum;
  }

 private:
  std::list<std::uint64_t> list_ = std::list<std::uint64_t>(kItems, 1);
};

}  // namespace baton::bench

#endif  // BATON_BENCH_LISTS_ITEMS_H_
