// What the compiler refuses to do with lists, rings, queues and sequence locks.
#include <optional>
#include <utility>

#include "sync/list.h"
#include "sync/mpmc_ring.h"
#include "sync/mpsc_queue.h"
#include "sync/pool.h"
#include "sync/seq_lock.h"
#include "sync/slist.h"
#include "sync/spsc_ring.h"

namespace baton::sync {
namespace {

struct ByName;

struct Card : ListHook<>, SListHook<> {
  int n = 0;
  ListHook<> hook;
};

constinit Pool<Card, 4> g_cards;
constinit List<Card> g_list;
constinit SList<Card> g_slist;
constinit RefList<Card, &Card::hook> g_names;

[[maybe_unused]] void list() {
  std::optional<Owned<Card>> card = g_cards.make();
#ifdef NC_PUSH_A_COPY
  g_list.push_back(*card);
#endif
#ifdef NC_PUSH_WITHOUT_OWNING
  Card mine;
  g_list.push_back(mine);
#endif
  Card& listed = g_list.push_back(std::move(*card));
  g_names.push_back(listed);
#ifdef NC_ON_TWO_LISTS
  g_slist.push_back(listed);
#endif
#ifdef NC_DROP_POPPED
  g_list.pop_front();
#endif
#ifdef NC_DROP_ERASED
  g_list.erase(listed);
#endif
  g_names.erase(listed);
  Owned<Card> again = g_list.erase(listed);
#ifdef NC_COPY_LIST
  auto copy = g_list;
#endif
#ifdef NC_WRITE_THROUGH_CONST
  for (auto& each : std::as_const(g_list)) each.n = 1;
#endif
#ifdef NC_CONST_ITERATOR_TO_MUTABLE
  List<Card>::iterator it = g_list.cbegin();
#endif
#ifdef NC_SPLICE_BY_ANOTHER_HOOK
  List<Card, &Card::hook> other;
  g_list.splice(g_list.end(), other);
#endif
#ifdef NC_OWNED_FROM_A_REF_LIST
  Owned<Card> stolen = g_names.erase(listed);
#endif
}

[[maybe_unused]] void slist() {
#ifdef NC_DROP_POPPED_FROM_SLIST
  g_slist.pop_front();
#endif
#ifdef NC_DROP_ERASED_FROM_SLIST
  g_slist.erase_after(g_slist.before_begin());
#endif
  g_slist.clear();
}

#ifdef NC_NO_SUCH_HOOK
constinit List<Card, kBaseHook<ByName>> g_by_name;
void no_such_hook(Owned<Card> card) { g_by_name.push_back(std::move(card)); }
#endif

#ifdef NC_MEMBER_IS_NO_HOOK
constinit List<Card, &Card::n> g_by_number;
void no_hook(Owned<Card> card) { g_by_number.push_back(std::move(card)); }
#endif

#ifdef NC_NEITHER_BASE_NOR_MEMBER
constinit List<Card, 3> g_by_three;
void neither(Owned<Card> card) { g_by_three.push_back(std::move(card)); }
#endif

#ifdef NC_COPY_A_LISTED_CLASS
Card copy_of(const Card& card) { return card; }
#endif

struct Line {
  int n = 0;
  MpscHook<> hook;
};

constinit Pool<Line, 2> g_lines;
constinit SpscRing<Owned<Line>, 2> g_spsc;
constinit MpmcRing<Owned<Line>, 2> g_mpmc;
constinit MpscQueue<Line, &Line::hook> g_queue;
constinit SeqLock<int> g_value;

[[maybe_unused]] void queues() {
  std::optional<Owned<Line>> line = g_lines.make();
#ifdef NC_SPSC_PUSH_A_COPY
  static_cast<void>(g_spsc.push(*line));
#endif
#ifdef NC_SPSC_DROP_REFUSED
  g_spsc.push(std::move(*line));
#endif
#ifdef NC_SPSC_DROP_POPPED
  g_spsc.pop();
#endif
#ifdef NC_MPMC_PUSH_A_COPY
  static_cast<void>(g_mpmc.push(*line));
#endif
#ifdef NC_MPMC_DROP_REFUSED
  g_mpmc.push(std::move(*line));
#endif
#ifdef NC_MPMC_DROP_POPPED
  g_mpmc.pop();
#endif
#ifdef NC_MPSC_PUSH_A_COPY
  g_queue.push(*line);
#endif
#ifdef NC_MPSC_DROP_POPPED
  g_queue.pop();
#endif
#ifdef NC_COPY_RING
  auto copy = g_spsc;
#endif
#ifdef NC_COPY_QUEUE
  auto copy = g_queue;
#endif
#ifdef NC_DROP_COPY_OF_VALUE
  g_value.try_read();
#endif
  static_cast<void>(g_spsc.push(std::move(*line)));
  if (auto popped = g_mpmc.pop()) g_queue.push(std::move(*popped));
  static_cast<void>(g_value.try_read());
}

#ifdef NC_RING_OF_THREE
constinit SpscRing<int, 3> g_three;
#endif
#ifdef NC_MPMC_RING_OF_ONE
constinit MpmcRing<int, 1> g_one;
#endif
#ifdef NC_RING_OF_WHAT_IS_NOT_PLAIN
constinit SpscRing<std::optional<Owned<Line>>, 2> g_optionals;
#endif
#ifdef NC_SEQ_LOCK_OF_A_LARGE_VALUE
struct Large {
  long words[9];
};
constinit SeqLock<Large> g_large;
#endif

}  // namespace
}  // namespace baton::sync
