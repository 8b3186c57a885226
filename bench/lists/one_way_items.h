// A list that leads one way, written by hand: what a singly linked list is measured against.
#ifndef BATON_BENCH_LISTS_ONE_WAY_ITEMS_H_
#define BATON_BENCH_LISTS_ONE_WAY_ITEMS_H_

#include <cstddef>
#include <cstdint>

#include "bench/common/pooled.h"
#include "bench/lists/items.h"

namespace baton::bench {

/// A link in each item, and null at the end, as one does.
class PlainSList {
  struct Link {
    Link* next = nullptr;
  };
  struct alignas(kItemSize) Item : Link {
    std::uint64_t value = 1;
  };

 public:
  PlainSList() {
    Link* last = &root_;
    for (std::size_t i = 0; i < kItems; ++i) {
      last->next = &items_[shuffled(i)];
      last = last->next;
    }
  }
  PlainSList(const PlainSList&) = delete;
  PlainSList& operator=(const PlainSList&) = delete;

  std::uint64_t walk() const {
    std::uint64_t sum = 0;
    for (const Link* link = root_.next; link != nullptr; link = link->next) {
      sum += static_cast<const Item*>(link)->value;
    }
    return sum;
  }

 private:
  Item items_[kItems];
  Link root_;
};

}  // namespace baton::bench

#endif  // BATON_BENCH_LISTS_ONE_WAY_ITEMS_H_
