// Tortures a flavour of RCU, in the manner of rcutorture: whoever reads looks for signs that a
// grace period was too short, or orders too little.
//
//   updaters     replace the element that is shown, and age what they removed, each grace period
//                in another way: callback, waiting, asking, dropped
//   readers      short and long sections, nested; wait, ask, go away and come back
//   interrupts   a signal handler reads, retires and updates between any two instructions
//   flooder      thousands of callbacks at a time, as long as the backlog is bounded
//   barriers     threads that come, read, retire and go; then a barrier for what they retired
//
// The run goes on until its time is over and everything has been counted at least once.
#ifndef BATON_TESTS_TORTURE_TORTURE_H_
#define BATON_TESTS_TORTURE_TORTURE_H_

#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "arch/cpu.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/rcu/grace_periods.h"
#include "sync/rcu/rcu.h"
#include "sync/rcu/rcu_ptr.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"
#include "tests/stress/stress.h"
#include "tests/torture/arguments.h"
#include "tests/torture/counters.h"
#include "tests/torture/elements.h"
#include "tests/torture/reading_thread.h"

namespace baton::torture {

using stress::pick;
using stress::Random;

/// Where the calling thread is: callbacks must not run there.
struct Whereabouts {
  unsigned sections = 0;
  bool retiring = false;
};
inline thread_local Whereabouts whereabouts;

template <class Domain>
class Torture {
 public:
  Torture(Domain& domain, const Arguments& arguments, stress::Verdict& verdict)
      : domain_(domain), arguments_(arguments), verdict_(verdict) {}
  Torture(const Torture&) = delete;
  Torture& operator=(const Torture&) = delete;
  ~Torture() = default;

  /// Somebody else processes callbacks, too; or else those who retire and wait do.
  void run() {
    begin_ = Clock::now();
    std::thread watchdog([this] { watch(); });
    handled_ = this;
    interrupt_random_.seed(arguments_.seed + 100);
    struct sigaction action = {};
    action.sa_handler = &Torture::handle;
    sigaction(SIGUSR1, &action, nullptr);
    stress::run_together(kPlayers, [this](int number) {
      Random random(arguments_.seed + static_cast<std::uint64_t>(number));
      if (number < kReaders) return be_reader(static_cast<unsigned>(number), random);
      // The first slots are readers': for the control that forges one's reports.  Acquire pairs
      // with the release in be_reader().
      while (readers_here_.load(std::memory_order_acquire) < kReaders) stress::yield_now();
      switch (number - kReaders) {
        case 0:
        case 1:
          return be_updater(random);
        case 2:
          return be_flooder(random);
        case 3:
          return raise_barriers(random);
        default:
          return be_timer(random);
      }
    });
    clean_up();
    over_.store(true, std::memory_order_relaxed);  // relaxed: as soon as may be
    watchdog.join();
    report();
  }

 private:
  using Object = Element<Torture>;
  using Retired = sync::Retired<Object, Domain>;
  using Reader = sync::BasicRcuReader<Domain>;
  using Clock = std::chrono::steady_clock;

  static constexpr int kReaders = 3;
  static constexpr unsigned kNobody = kReaders;  // reads, but gets no mail
  static constexpr int kPlayers = kReaders + 5;
  static constexpr std::size_t kElements = 128;
  static constexpr unsigned kAges = 6;  // as many grace periods until it goes home
  static constexpr std::size_t kFlood = 20'000;
  static constexpr std::size_t kBacklog = 10'000;  // the flooder waits when there is more
  static constexpr std::size_t kOthers = 1'000;    // and what others retire comes on top
  static constexpr std::uintptr_t kUntilWrap = 300;
  // A machine that is busy gets more time, until everything has been counted.
  static constexpr std::chrono::seconds kPatience{15};
  // And then to come to an end.
  static constexpr std::chrono::seconds kGrace{10};

  // --- Reading ---

  void check(const Object& object) {
    // Relaxed: no order but the grace period's.
    const unsigned age = object.age.load(std::memory_order_relaxed);
    if (age >= 2) {
      verdict_.fail("too short a grace period: a reader sees an element of age " +
                    std::to_string(age));
    } else if (!object.shown) {
      verdict_.fail("out of order: a reader sees an element's flag cleared");
    } else if (object.complement != ~object.stamp) {
      verdict_.fail("torn or reused: an element that is read");
    }
  }
  void check(const Leaf& leaf) {
    if (leaf.check != ~leaf.value) verdict_.fail("torn or freed: a leaf that is read");
  }

  void read(Random& random, unsigned number, unsigned depth) {
    const Reader reader(domain_);
    ++whereabouts.sections;
    const Object* const object = shown_.get(reader);
    // Acquire pairs with the release in be_flooder().
    const Leaf* const leaf = leaf_.load(std::memory_order_acquire);
    if (object != nullptr) check(*object);
    if (leaf != nullptr) check(*leaf);
    std::optional<sync::RcuCookie> cookie;
    if (pick(random, 64) == 0) cookie = domain_.start_poll();
    if (object != nullptr) write_mail(random, *object, number);
    if (depth < 3 && pick(random, 8) == 0) {
      read(random, number, depth + 1);
      counters_.add(Count::kNestedReads);
    }
    linger(random);
    if (object != nullptr) {
      check(*object);
      if (shown_.get(reader) != object) counters_.add(Count::kRemovedSeen);
    }
    if (leaf != nullptr) check(*leaf);
    if (cookie.has_value()) {
      if (domain_.poll(*cookie)) {
        verdict_.fail("too short a grace period: a reader's own ends inside its section");
      }
      counters_.add(Count::kReaderCookies);
    }
    counters_.add(Count::kReads);
    --whereabouts.sections;
  }

  void linger(Random& random) {
    const unsigned how = pick(random, 512);
    if (how < 8) {
      std::this_thread::sleep_for(std::chrono::microseconds(100 + pick(random, 1000)));
      counters_.add(Count::kLongReads);
    } else if (how < 40) {
      stress::yield_now();
    } else if (how < 256) {
      for (unsigned i = pick(random, 200); i > 0; --i) arch::relax();
    }
  }

  // --- Mail ---

  // By reader `number`, in a section that reads `object`.
  void write_mail(Random& random, const Object& object, unsigned number) {
    if (number == kNobody) return;
    // Relaxed: this reader's own.
    std::atomic<std::uint64_t>& mine = loops_[number];
    mine.store(mine.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (pick(random, 4) != 0) return;
    Mail& mail = mail_[pick(random, kReaders)];
    Mail::State state = Mail::kFree;
    // Acquire pairs with the release in read_mail(): it has been read.
    if (!mail.state.compare_exchange_strong(state, Mail::kBeingWritten, std::memory_order_acquire,
                                            std::memory_order_relaxed)) {
      return;
    }
    mail.whose = pick(random, kReaders);
    // Relaxed: the grace period is to order it.
    mail.loops = loops_[mail.whose].load(std::memory_order_relaxed);
    mail.state.store(Mail::kOnItsWay, std::memory_order_relaxed);
    Mail* none = nullptr;
    // Relaxed: the grace period orders this, too.
    if (!object.mail.compare_exchange_strong(none, &mail, std::memory_order_relaxed)) {
      // Release pairs with the acquire above.
      mail.state.store(Mail::kFree, std::memory_order_release);
    }
  }
  void read_mail(unsigned number) {
    Mail& mail = mail_[number];
    // Acquire pairs with the release in send_mail().
    if (mail.state.load(std::memory_order_acquire) != Mail::kArrived) return;
    // Relaxed: the grace period has ordered it.
    if (loops_[mail.whose].load(std::memory_order_relaxed) < mail.loops) {
      verdict_.fail("out of order: what one reader saw before a grace period, another does not");
    }
    counters_.add(Count::kMail);
    // Release pairs with the acquire in write_mail().
    mail.state.store(Mail::kFree, std::memory_order_release);
  }

  // --- Updating ---

  void check_callback() {
    if (whereabouts.sections != 0) verdict_.fail("a callback runs inside a read section");
    if (whereabouts.retiring) verdict_.fail("a callback runs inside retire()");
    if (arch::in_interrupt()) verdict_.fail("a callback runs in an interrupt handler");
  }
  template <class F>
  void retiring(F&& f) {
    const bool before = std::exchange(whereabouts.retiring, true);
    f();
    whereabouts.retiring = before;
  }

  // A grace period has passed since it was removed, or since the last time.
  void after_grace_period(sync::Owned<Object> object) {
    // Relaxed, both: readers have only the grace period to keep them from seeing it.
    const unsigned age = std::max(object->age.load(std::memory_order_relaxed), 1U) + 1;
    object->age.store(age, std::memory_order_relaxed);
    if (age == 2) {
      object->shown = false;
      object->send_mail();
    }
    if (age >= kAges) return;  // goes home
    Object* const again = sync::internal::OwnedAccess::disown(std::move(object));
    retiring([&] {
      domain_.retire(*again, [](sync::RcuHead* head) {
        receive(sync::internal::OwnedAccess::adopt(static_cast<Object*>(head)));
      });
    });
  }
  static void receive(sync::Owned<Object> object) {
    Torture& world = object->world;
    world.check_callback();
    world.after_grace_period(std::move(object));
  }

  // Any context.
  std::optional<Retired> replace() {
    // Relaxed: any number will do.
    auto element = elements_->make(*this, next_.fetch_add(1, std::memory_order_relaxed));
    if (!element.has_value()) return std::nullopt;
    return shown_.replace(std::move(*element), domain_);
  }
  void retire(Retired retired) {
    retiring([&] { std::move(retired).template retire<&Torture::receive>(); });
  }

  void be_updater(Random& random) {
    std::list<Retired> polled;
    while (goes_on()) {
      update(random, polled);
      for (auto it = polled.begin(); it != polled.end();) {
        if (auto object = it->try_reclaim(); object.has_value()) {
          after_grace_period(std::move(*object));
          it = polled.erase(it);
          counters_.add(Count::kPolled);
        } else {
          ++it;
        }
      }
      if (pick(random, 4) == 0) stress::yield_now();
    }
    for (Retired& left : polled) retire(std::move(left));
  }

  void update(Random& random, std::list<Retired>& polled) {
    auto retired = replace();
    if (!retired.has_value()) {
      domain_.process();
      return stress::yield_now();
    }
    counters_.add(Count::kUpdates);
    switch (pick(random, 16)) {
      case 0: {
        const sync::RcuCookie before = domain_.start_poll();
        const auto since = Clock::now();
        auto object = std::move(*retired).synchronize();
        note_longest(longest_wait_, since);
        if (!domain_.poll(before)) verdict_.fail("a cookie is older than what has been waited for");
        after_grace_period(std::move(object));
        counters_.add(Count::kWriterCookies);
        counters_.add(Count::kSynchronized);
        break;
      }
      case 1:
      case 2:
        if (polled.size() < kElements / 8) {
          polled.push_back(std::move(*retired));
          break;
        }
        [[fallthrough]];
      case 3:
        // Dropped: it goes home after a grace period.
        counters_.add(Count::kDropped);
        break;
      default:
        retire(std::move(*retired));
        counters_.add(Count::kRetired);
        break;
    }
  }

  // --- Players ---

  void be_reader(unsigned number, Random& random) {
    ReadingThread<Domain> me(domain_);
    // Release pairs with the acquire in run().
    readers_here_.fetch_add(1, std::memory_order_release);
    const bool interrupted = number == 0;
    if (interrupted) {
      may_read_ = 1;
      // Release pairs with the acquire in be_timer().
      interrupted_.store(pthread_self(), std::memory_order_release);
    }
    while (goes_on()) {
      read(random, number, 0);
      read_mail(number);
      const unsigned then = pick(random, 512);
      if (then == 0) {
        may_read_ = 0;  // it may be offline meanwhile
        domain_.synchronize();
        may_read_ = interrupted ? 1 : 0;
        counters_.add(Count::kReaderWaits);
      } else if (then < 8) {
        may_read_ = 0;
        me.away(then == 1, [&] {
          if (pick(random, 4) == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
        });
        may_read_ = interrupted ? 1 : 0;
        counters_.add(Count::kAway);
      } else if (then < 256) {
        me.quiescent();
      }
    }
    may_read_ = 0;
    if (interrupted) {
      // Still there for the last signal, but away.  Release and acquire pair with be_timer().
      me.away(true, [this] {
        players_left_.fetch_sub(1, std::memory_order_release);
        while (!timer_over_.load(std::memory_order_acquire)) stress::yield_now();
      });
    }
  }

  void be_flooder(Random& random) {
    std::uint64_t n = 0;
    while (goes_on()) {
      const auto since = Clock::now();
      std::size_t retired = 0;
      for (; retired < kFlood && goes_on(); ++retired) {
        // Acquire and release pair with each other, and with the acquire in read().
        Leaf* const old = leaf_.exchange(new Leaf(leaves_, ++n), std::memory_order_acq_rel);
        if (old != nullptr) retiring([&] { sync::rcu_retire(old, {}, domain_); });
        peak_backlog_ = std::max(peak_backlog_, domain_.backlog());
        while (domain_.backlog() > kBacklog && !verdict_.failed()) {
          if (domain_.process() == 0) stress::yield_now();
        }
      }
      counters_.add(Count::kFloodCallbacks, retired);
      if (retired < kFlood) break;
      note_longest(longest_flood_, since);
      counters_.add(Count::kFloods);
      std::this_thread::sleep_for(std::chrono::microseconds(pick(random, 20'000)));
    }
  }

  struct Posted : sync::RcuHead {
    Torture* world = nullptr;
    std::atomic<std::size_t>* ran = nullptr;
  };
  void post(std::vector<Posted>& posted, std::atomic<std::size_t>& ran) {
    for (Posted& one : posted) {
      one.world = this;
      one.ran = &ran;
      retiring([&] {
        domain_.retire(one, [](sync::RcuHead* head) {
          Posted& self = *static_cast<Posted*>(head);
          self.world->check_callback();
          self.ran->fetch_add(1, std::memory_order_relaxed);  // relaxed: the barrier orders it
        });
      });
    }
  }
  void raise_barriers(Random& random) {
    constexpr unsigned kThreads = 2;
    while (goes_on()) {
      std::atomic<std::size_t> ran{0};
      std::array<std::vector<Posted>, kThreads + 1> posted;
      std::size_t all = 0;
      for (auto& some : posted) {
        some = std::vector<Posted>(1 + pick(random, 16));
        all += some.size();
      }
      std::array<std::thread, kThreads> threads;
      for (unsigned i = 0; i < kThreads; ++i) {
        threads[i] = std::thread([this, seed = random(), &ran, &some = posted[i]] {
          Random mine(seed);
          ReadingThread<Domain> me(domain_);
          while (pick(mine, 4) != 0) {
            read(mine, kNobody, 0);
            me.quiescent();
          }
          post(some, ran);
          read(mine, kNobody, 0);
        });
      }
      post(posted.back(), ran);
      for (std::thread& thread : threads) thread.join();
      counters_.add(Count::kThreads, kThreads);
      domain_.barrier();
      // Relaxed: the barrier has ordered it.
      if (ran.load(std::memory_order_relaxed) != all) {
        verdict_.fail("a barrier forgets a callback");
        while (ran.load(std::memory_order_relaxed) != all) {  // relaxed: to be rid of them
          if (domain_.process() == 0) stress::yield_now();
        }
      }
      counters_.add(Count::kBarriers);
      counters_.add(Count::kBarrierCallbacks, all);
    }
  }

  // --- Interrupts ---

  struct Token : sync::RcuHead {
    std::atomic<bool> is_out{false};
    Torture* world = nullptr;
  };

  static void handle(int /*signal*/) {
    const int before = errno;
    ++arch::internal::hosted_interrupt_depth;
    handled_->interrupt();
    --arch::internal::hosted_interrupt_depth;
    errno = before;
  }
  void interrupt() {
    counters_.add(Count::kInterrupts);
    if (may_read_ != 0) {
      const Reader reader(domain_);
      if (const Object* const object = shown_.get(reader)) check(*object);
      // Acquire pairs with the release in be_flooder().
      if (const Leaf* const leaf = leaf_.load(std::memory_order_acquire)) check(*leaf);
      counters_.add(Count::kInterruptReads);
    }
    if (pick(interrupt_random_, 2) == 0) {
      if (auto retired = replace(); retired.has_value()) {
        retire(std::move(*retired));
        counters_.add(Count::kInterruptUpdates);
      }
    }
    Token& token = tokens_[pick(interrupt_random_, kTokens)];
    // Acquire pairs with the release in the callback.
    if (token.is_out.exchange(true, std::memory_order_acquire)) return;
    token.world = this;
    retiring([&] {
      domain_.retire(token, [](sync::RcuHead* head) {
        Token& self = *static_cast<Token*>(head);
        self.world->check_callback();
        // Release pairs with the acquire above: it may be retired again.
        self.is_out.store(false, std::memory_order_release);
      });
    });
    counters_.add(Count::kInterruptRetires);
  }

  // Sends the interrupts, and ends the run.
  void be_timer(Random& random) {
    // Acquire pairs with the releases in be_reader().
    while (players_left_.load(std::memory_order_acquire) != 0) {
      const pthread_t host = interrupted_.load(std::memory_order_acquire);
      if (host != pthread_t{}) pthread_kill(host, SIGUSR1);
      std::this_thread::sleep_for(std::chrono::microseconds(20 + pick(random, 200)));
      if (domain_.grace_periods() > kUntilWrap && !has_wrapped_) {
        has_wrapped_ = true;
        counters_.add(Count::kWraps);
      }
      const auto since = Clock::now() - begin_;
      const bool enough = since > arguments_.duration && counters_.has_all();
      if (enough || verdict_.failed() || since > arguments_.duration + kPatience) {
        stop_.store(true, std::memory_order_relaxed);  // relaxed: whoever sees it, stops
      }
    }
    // Release pairs with the acquire in be_reader().
    timer_over_.store(true, std::memory_order_release);
  }

  // Ends the program when somebody waits for what never comes.
  void watch() const {
    const auto limit = arguments_.duration + kPatience + kGrace;
    while (!over_.load(std::memory_order_relaxed)) {  // relaxed: as soon as may be
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      if (Clock::now() - begin_ < limit) continue;
      std::printf("WRONG: stuck: somebody waits for what never comes\nFAILED: --seed=%llu\n",
                  static_cast<unsigned long long>(arguments_.seed));
      static_cast<void>(std::fflush(stdout));
      std::_Exit(1);
    }
  }

  bool goes_on() const {
    return !stop_.load(std::memory_order_relaxed);  // relaxed: as soon as may be
  }

  // --- The end ---

  void clean_up() {
    if (auto last = shown_.remove(domain_)) retire(std::move(*last));
    // Relaxed: every thread has been joined.
    if (Leaf* const leaf = leaf_.exchange(nullptr, std::memory_order_relaxed)) {
      sync::rcu_retire(leaf, {}, domain_);
    }
    // Each barrier ages what is left by one.
    for (unsigned i = 0; i < 4 * kAges && domain_.backlog() != 0; ++i) domain_.barrier();
    while (domain_.backlog() != 0) domain_.process();
    // A backlog of none orders nothing: somebody else may have run the last callback, and what it
    // did comes before we delete what it did it to.
    domain_.barrier();
    if (elements_->available() != kElements) verdict_.fail("lost: an element did not come home");
    // Relaxed: every thread has been joined.
    if (leaves_.load(std::memory_order_relaxed) != 0) verdict_.fail("lost: a leaf was not deleted");
    if (!verdict_.failed() && peak_backlog_ > kBacklog + kOthers)
      verdict_.fail("the backlog is not bounded");
  }

  void report() {
    const auto ms = [](auto duration) {
      return static_cast<long long>(
          std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
    };
    std::printf("  %-20s %10llu\n", "grace periods",
                static_cast<unsigned long long>(domain_.grace_periods()));
    if (!verdict_.failed()) counters_.finish(verdict_);
    std::printf(
        "peak backlog %zu (bound %zu), longest wait %lld ms, longest flood %lld ms, %lld ms\n",
        peak_backlog_, kBacklog + kOthers, ms(longest_wait_.load()), ms(longest_flood_.load()),
        ms(Clock::now() - begin_));
  }

  static void note_longest(std::atomic<Clock::duration>& longest, Clock::time_point since) {
    const auto now = Clock::now() - since;
    auto before = longest.load(std::memory_order_relaxed);  // relaxed: a number for people
    while (before < now && !longest.compare_exchange_weak(before, now, std::memory_order_relaxed)) {
    }
  }

  Domain& domain_;
  const Arguments& arguments_;
  stress::Verdict& verdict_;
  Counters counters_;
  Clock::time_point begin_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> over_{false};

  const std::unique_ptr<sync::Pool<Object, kElements>> elements_ =
      std::make_unique<sync::Pool<Object, kElements>>();
  sync::RcuPtr<Object, Domain> shown_;
  std::atomic<std::uint64_t> next_{1};
  std::atomic<Leaf*> leaf_{nullptr};
  std::atomic<std::uint64_t> leaves_{0};
  std::array<std::atomic<std::uint64_t>, kReaders> loops_{};
  std::array<Mail, kReaders> mail_;

  static constexpr std::size_t kTokens = 64;
  std::array<Token, kTokens> tokens_;
  static inline Torture* handled_ = nullptr;
  Random interrupt_random_;
  static inline thread_local volatile std::sig_atomic_t may_read_ = 0;
  std::atomic<pthread_t> interrupted_{};
  std::atomic<int> readers_here_{0};
  std::atomic<int> players_left_{1};
  std::atomic<bool> timer_over_{false};
  bool has_wrapped_ = false;

  std::size_t peak_backlog_ = 0;  // the flooder's
  std::atomic<Clock::duration> longest_wait_{};
  std::atomic<Clock::duration> longest_flood_{};
};

}  // namespace baton::torture

#endif  // BATON_TESTS_TORTURE_TORTURE_H_
