// List, RefList, SList: one list owns its objects, others know them, each by a hook of its own.
#include <cstdio>
#include <utility>

#include "base/assert.h"
#include "sync/list.h"
#include "sync/pool.h"
#include "sync/slist.h"

namespace {

using baton::sync::kBaseHook;
using baton::sync::List;
using baton::sync::ListHook;
using baton::sync::Pool;
using baton::sync::RefList;
using baton::sync::SList;
using baton::sync::SListHook;

struct ByDeadline;

struct Job : ListHook<>, ListHook<ByDeadline> {
  Job(int number, int when) : n(number), deadline(when) {}
  int n;
  int deadline;
  SListHook<> hook;
};

constinit Pool<Job, 8> g_jobs;
constinit List<Job> g_all;                                // owns them
constinit RefList<Job, kBaseHook<ByDeadline>> g_by_time;  // knows them, earliest first
constinit SList<Job, &Job::hook> g_done;                  // owns those that are done

void add(int n, int deadline) {
  Job& job = g_all.push_back(std::move(*g_jobs.make(n, deadline)));
  auto place = g_by_time.begin();
  while (place != g_by_time.end() && place->deadline <= deadline) ++place;
  g_by_time.insert(place, job);
}

}  // namespace

int main() {
  add(1, 30);
  add(2, 10);
  add(3, 20);
  while (Job* const next = g_by_time.pop_front()) {
    // Out of the middle of the list that owns it, in constant time; and on to another.
    g_done.push_back(g_all.erase(*next));
  }
  BATON_CHECK(g_all.empty());
  for (const Job& job : g_done) std::printf("job %d, due at %d\n", job.n, job.deadline);
  BATON_CHECK(g_done.front().n == 2 && g_done.back().n == 1);
  g_done.clear();  // they go home
  BATON_CHECK(g_jobs.available() == 8);
  return 0;
}
