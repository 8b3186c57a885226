// RCU's hosted flavours, each with the same tests: read sections, publishing, retiring in all its
// forms, waiting, asking, C++26's names, and what is reported as misuse.
#include "sync/rcu/rcu.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sync/cell_answers.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/rcu/hosted/membarrier_domain.h"
#include "sync/rcu/hosted/qsbr_domain.h"
#include "sync/rcu/hosted/reclaimer.h"
#include "sync/rcu/rcu_ptr.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"

namespace baton::sync {
namespace {

using namespace std::chrono_literals;

struct Route : RcuHead {
  explicit Route(int n) : hop(n) {}
  ~Route() { hop = -1; }
  int hop;
};

/// What a thread that reads needs.
template <class Domain>
struct ReadingThread {
  explicit ReadingThread(Domain&) {}
  static void quiescent() {}
};
template <>
struct ReadingThread<QsbrDomain> {
  explicit ReadingThread(QsbrDomain& domain) : thread(domain) {}
  void quiescent() { thread.quiescent(); }
  QsbrDomain::ReaderThread thread;
};

template <class Domain>
class HostedRcu : public testing::Test {
 protected:
  using Ptr = RcuPtr<Route, Domain>;
  using Reader = BasicRcuReader<Domain>;

  ~HostedRcu() override { EXPECT_EQ(routes_.available(), routes_.capacity()); }

  Owned<Route> make(int hop) {
    auto route = routes_.make(hop);
    EXPECT_TRUE(route.has_value());
    return std::move(*route);
  }

  Domain domain_;
  Pool<Route, 8> routes_;
  Ptr shown_;
};
using Flavours = testing::Types<QsbrDomain, MembarrierDomain>;
TYPED_TEST_SUITE(HostedRcu, Flavours);

TYPED_TEST(HostedRcu, PublishReplaceRemove) {
  using Reader = BasicRcuReader<TypeParam>;
  ReadingThread<TypeParam> me(this->domain_);
  auto& shown = this->shown_;
  EXPECT_TRUE(shown.is_empty());
  EXPECT_FALSE(shown.remove(this->domain_).has_value());
  ASSERT_TRUE(shown.publish(this->make(1)).has_value());
  auto refused = shown.publish(this->make(2));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().why, Refusal::kFull);
  EXPECT_EQ(refused.error().object->hop, 2) << "handed back";
  {
    const Reader reader(this->domain_);
    EXPECT_EQ(shown.get(reader)->hop, 1);
    const Reader nested(this->domain_);
    EXPECT_EQ(shown.get(nested)->hop, 1);
  }
  auto old = shown.replace(std::move(refused.error().object), this->domain_);
  ASSERT_TRUE(old.has_value());
  const Owned<Route> first = std::move(*old).synchronize();
  EXPECT_EQ(first->hop, 1);
  auto last = shown.remove(this->domain_);
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(std::move(*last).synchronize()->hop, 2);
  const Reader reader(this->domain_);
  EXPECT_EQ(shown.get(reader), nullptr);
}

TYPED_TEST(HostedRcu, NothingIsReclaimedWhileSomebodyReads) {
  std::atomic<int> step{0};
  const auto wait_for = [&](int wanted) {
    while (step.load() < wanted) std::this_thread::yield();
  };
  ASSERT_TRUE(this->shown_.publish(this->make(1)).has_value());
  std::thread reading([&] {
    ReadingThread<TypeParam> me(this->domain_);
    {
      const BasicRcuReader<TypeParam> reader(this->domain_);
      const Route* const route = this->shown_.get(reader);
      step = 1;
      wait_for(2);
      EXPECT_EQ(route->hop, 1) << "removed, but still there for us";
    }
    step = 3;
    while (step.load() < 4) {
      me.quiescent();
      std::this_thread::yield();
    }
  });
  wait_for(1);
  auto retired = this->shown_.remove(this->domain_);
  ASSERT_TRUE(retired.has_value());
  EXPECT_FALSE(retired->try_reclaim().has_value());
  const RcuCookie cookie = this->domain_.start_poll();
  std::this_thread::sleep_for(5ms);
  EXPECT_FALSE(retired->try_reclaim().has_value());
  EXPECT_FALSE(this->domain_.poll(cookie));
  step = 2;
  wait_for(3);
  std::optional<Owned<Route>> mine;
  while (!(mine = retired->try_reclaim()).has_value()) std::this_thread::yield();
  EXPECT_EQ((*mine)->hop, 1);
  while (!this->domain_.poll(cookie)) std::this_thread::yield();
  step = 4;
  reading.join();
}

TYPED_TEST(HostedRcu, RetiredObjectsGoHomeByThemselves) {
  const RcuReclaimer reclaimer(this->domain_);
  ASSERT_TRUE(this->shown_.publish(this->make(0)).has_value());
  for (int i = 1; i <= 100; ++i) {
    std::optional<Owned<Route>> route;
    while (!(route = this->routes_.make(i)).has_value()) std::this_thread::yield();
    std::move(*this->shown_.replace(std::move(*route), this->domain_)).retire();
  }
  {
    const auto dropped = this->shown_.remove(this->domain_);
  }  // the same
  this->domain_.barrier();
  EXPECT_EQ(this->domain_.backlog(), 0U);
}

std::atomic<int> g_received{0};
void receive(Owned<Route> route) { g_received += route->hop; }

TYPED_TEST(HostedRcu, RetiredObjectsAreHandedOn) {
  g_received = 0;
  for (const int hop : {1, 20, 300}) {
    ASSERT_TRUE(this->shown_.publish(this->make(hop)).has_value());
    std::move(*this->shown_.remove(this->domain_)).template retire<&receive>();
  }
  EXPECT_EQ(g_received, 0) << "nothing runs inside retire()";
  EXPECT_EQ(this->domain_.backlog(), 3U);
  this->domain_.barrier();
  EXPECT_EQ(g_received, 321);
}

TYPED_TEST(HostedRcu, ABoundedNumberOfCallbacksAtATime) {
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(this->shown_.publish(this->make(i)).has_value());
    std::move(*this->shown_.remove(this->domain_)).retire();
  }
  EXPECT_EQ(this->routes_.available(), 2U);
  std::size_t ran = 0;
  for (int i = 0; ran < 6 && i < 1000; ++i) {
    const std::size_t now = this->domain_.process(2);
    EXPECT_LE(now, 2U);
    ran += now;
    EXPECT_EQ(this->routes_.available(), 2 + ran);
  }
  EXPECT_EQ(ran, 6U);
}

/// Retires another one from its callback.
struct Chained : RcuHead {
  std::atomic<int>* left = nullptr;
  HostedRcuDomain* domain = nullptr;
  static void run(RcuHead* head) {
    auto* const self = static_cast<Chained*>(head);
    if (--*self->left > 0) self->domain->retire(*self, &Chained::run);
  }
};

/// Is always ready again.
struct Endless : RcuHead {
  HostedRcuDomain* domain = nullptr;
  std::atomic<bool>* go_on = nullptr;
  static void run(RcuHead* head) {
    auto* const self = static_cast<Endless*>(head);
    if (*self->go_on) self->domain->retire(*self, &Endless::run);
  }
};

TYPED_TEST(HostedRcu, AFloodInOneQueueDoesNotStarveTheOthers) {
  std::atomic<bool> go_on{true};
  std::vector<Endless> flood(8 * TypeParam::kDrainLimit);
  for (Endless& one : flood) {
    one.domain = &this->domain_;
    one.go_on = &go_on;
    this->domain_.retire(one, &Endless::run);
  }
  ASSERT_TRUE(this->shown_.publish(this->make(1)).has_value());
  g_received = 0;
  // Another thread's queue is another one.
  std::thread([&] {
    std::move(*this->shown_.remove(this->domain_)).template retire<&receive>();
  }).join();
  for (int i = 0; i < 1000 && g_received == 0; ++i) this->domain_.process();
  EXPECT_EQ(g_received, 1);
  go_on = false;
  this->domain_.barrier();
}

TYPED_TEST(HostedRcu, ACallbackMayRetire) {
  std::atomic<int> left{5};
  Chained chained;
  chained.left = &left;
  chained.domain = &this->domain_;
  this->domain_.retire(chained, &Chained::run);
  while (left > 0) this->domain_.barrier();
  EXPECT_EQ(this->domain_.backlog(), 0U);
}

template <class Domain>
struct Legacy : rcu_obj_base<Legacy<Domain>, std::default_delete<Legacy<Domain>>, Domain> {
  explicit Legacy(std::atomic<int>& count) : alive(count) { ++alive; }
  ~Legacy() { --alive; }
  Legacy(const Legacy&) = delete;
  Legacy& operator=(const Legacy&) = delete;
  std::atomic<int>& alive;
};
struct Bare : RcuHead {
  explicit Bare(std::atomic<int>& count) : alive(count) { ++alive; }
  ~Bare() { --alive; }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;
  std::atomic<int>& alive;
};

TYPED_TEST(HostedRcu, NamesOfTheStandard) {
  std::atomic<int> alive{0};
  auto legacy = std::make_unique<Legacy<TypeParam>>(alive);
  auto bare = std::make_unique<Bare>(alive);
  legacy.release()->retire({}, this->domain_);
  rcu_retire(bare.release(), {}, this->domain_);
  EXPECT_EQ(alive, 2);
  rcu_synchronize(this->domain_);
  rcu_barrier(this->domain_);
  EXPECT_EQ(alive, 0);
  ReadingThread<TypeParam> me(this->domain_);
  const std::scoped_lock lock(this->domain_);  // it is Lockable
}

TYPED_TEST(HostedRcu, ManyReadersOneUpdater) {
  constexpr int kReaders = 3;
  constexpr int kUpdates = 300;
  std::atomic<bool> stop{false};
  std::atomic<long> reads{0};
  ASSERT_TRUE(this->shown_.publish(this->make(0)).has_value());
  std::vector<std::thread> readers;
  readers.reserve(kReaders);
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      ReadingThread<TypeParam> me(this->domain_);
      int last = 0;
      do {
        {
          const BasicRcuReader<TypeParam> reader(this->domain_);
          const int hop = this->shown_.get(reader)->hop;
          ASSERT_GE(hop, last) << "went back, or reclaimed";
          last = hop;
        }
        ++reads;
        me.quiescent();
      } while (!stop);
    });
  }
  for (int i = 1; i <= kUpdates; ++i) {
    std::optional<Owned<Route>> route;
    while (!(route = this->routes_.make(i)).has_value()) this->domain_.barrier();
    std::move(*this->shown_.replace(std::move(*route), this->domain_)).retire();
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  std::move(*this->shown_.remove(this->domain_)).retire();
  this->domain_.barrier();
  EXPECT_GE(reads, kReaders);
}

std::atomic<int> g_stalls{0};
std::atomic<std::size_t> g_stalled_threads{0};

TYPED_TEST(HostedRcu, AStallNamesWhoHoldsItUp) {
  g_stalls = 0;
  g_stalled_threads = 0;
  this->domain_.set_stall_handler(10ms, [](const RcuStall& stall) {
    EXPECT_GE(stall.duration, 10ms);
    ++g_stalls;
    g_stalled_threads = stall.threads.size();
  });
  std::atomic<bool> reading{false};
  std::thread lazy([&] {
    ReadingThread<TypeParam> me(this->domain_);
    const BasicRcuReader<TypeParam> reader(this->domain_);
    reading = true;
    while (g_stalls == 0) std::this_thread::yield();
  });
  while (!reading) std::this_thread::yield();
  this->domain_.synchronize();
  lazy.join();
  EXPECT_EQ(g_stalls, 1) << "told once";
  EXPECT_EQ(g_stalled_threads, 1U);
}

TYPED_TEST(HostedRcu, ThreadsComeAndGo) {
  ASSERT_TRUE(this->shown_.publish(this->make(7)).has_value());
  for (int i = 0; i < 600; ++i) {  // more than there are slots
    std::thread([&] {
      ReadingThread<TypeParam> me(this->domain_);
      const BasicRcuReader<TypeParam> reader(this->domain_);
      EXPECT_EQ(this->shown_.get(reader)->hop, 7);
    }).join();
  }
  EXPECT_EQ(std::move(*this->shown_.remove(this->domain_)).synchronize()->hop, 7);
}

TYPED_TEST(HostedRcu, DefaultDomain) {
  auto& domain = TypeParam::default_domain();
  ReadingThread<TypeParam> me(domain);
  ASSERT_TRUE(this->shown_.publish(this->make(1)).has_value());
  {
    const BasicRcuReader<TypeParam> reader;
    EXPECT_EQ(this->shown_.get(reader)->hop, 1);
  }
  std::move(*this->shown_.remove()).retire();
  rcu_barrier<TypeParam>();
}

TEST(Qsbr, AThreadThatIsOfflineIsNotWaitedFor) {
  QsbrDomain domain;
  QsbrDomain::ReaderThread me(domain);
  me.offline();
  std::thread([&] { domain.synchronize(); }).join();
  me.online();
  std::atomic<bool> over{false};
  std::thread waiting([&] {
    domain.synchronize();
    over = true;
  });
  std::this_thread::sleep_for(5ms);
  EXPECT_FALSE(over);
  while (!over) me.quiescent();
  waiting.join();
}

template <class Domain>
using HostedRcuDeathTest = HostedRcu<Domain>;
TYPED_TEST_SUITE(HostedRcuDeathTest, Flavours);

TYPED_TEST(HostedRcuDeathTest, RetiredTwice) {
  Route route(1);
  this->domain_.retire(route, [](RcuHead*) {});
  EXPECT_DEATH(this->domain_.retire(route, [](RcuHead*) {}), "an object is retired twice");
  this->domain_.barrier();
}

TYPED_TEST(HostedRcuDeathTest, WaitingInsideAReadSection) {
  ReadingThread<TypeParam> me(this->domain_);
  const BasicRcuReader<TypeParam> reader(this->domain_);
  EXPECT_DEATH(this->domain_.synchronize(), "a read section waits for a grace period");
  EXPECT_DEATH(this->domain_.barrier(), "a read section waits for callbacks");
}

TYPED_TEST(HostedRcuDeathTest, EndsWithCallbacks) {
  EXPECT_DEATH(
      {
        Route route(1);
        TypeParam domain;
        domain.retire(route, [](RcuHead*) {});
      },
      "ends with callbacks in it");
}

TEST(QsbrDeathTest, Misuse) {
  QsbrDomain domain;
  EXPECT_DEATH(domain.lock(), "not attached");
  QsbrDomain::ReaderThread me(domain);
  EXPECT_DEATH(QsbrDomain::ReaderThread{domain}, "attached to its domain twice");
  me.offline();
  EXPECT_DEATH(domain.lock(), "or offline");
  me.online();
  const BasicRcuReader<QsbrDomain> reader(domain);
  EXPECT_DEATH(me.quiescent(), "reported inside a read section");
  EXPECT_DEATH(me.offline(), "goes offline inside a read section");
}

}  // namespace
}  // namespace baton::sync
