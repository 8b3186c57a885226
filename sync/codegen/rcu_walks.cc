// Walks over lists of RCU as functions of their own, for codegen_rcu_test to look at what they
// compile to.

#include "sync/rcu/rcu_domain.h"
#include "sync/rcu/rcu_list.h"
#include "sync/rcu/rcu_slist.h"
#include "sync/rcu/reader.h"

namespace baton::sync {

namespace {

struct Rule : rcu_domain::Head, RcuListHook<>, RcuSListHook<> {
  int port = 0;
};
using List = RcuList<Rule>;
using SList = RcuSList<Rule>;
using Reader = BasicRcuReader<rcu_domain>;

template <class L>
[[gnu::always_inline]] int sum_of(const L& list, const Reader& reader) {
  int sum = 0;
  for (const Rule& each : list.read(reader)) sum += each.port;
  return sum;
}

}  // namespace

extern "C" {
int codegen_walk(const void* list, const Reader& reader);
int codegen_one_way_walk(const void* list, const Reader& reader);

int codegen_walk(const void* list, const Reader& reader) {
  return sum_of(*static_cast<const List*>(list), reader);
}
int codegen_one_way_walk(const void* list, const Reader& reader) {
  return sum_of(*static_cast<const SList*>(list), reader);
}
}

}  // namespace baton::sync
