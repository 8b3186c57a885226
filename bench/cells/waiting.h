// What a thread does after an attempt that failed, before the next one.
#ifndef BATON_BENCH_CELLS_WAITING_H_
#define BATON_BENCH_CELLS_WAITING_H_

#include "arch/cpu.h"

namespace baton::bench {

/// One pause, as in a spin lock's loop.
class Pause {
 public:
  void wait() { arch::relax(); }
};

/// Pauses that double, so that whoever is inside keeps the cache line for a while.  Locks and cells
/// use this very class; its bounds are those with which the test-and-set lock does well.
class Backoff {
 public:
  void wait() {
    for (unsigned i = 0; i < pauses_; ++i) arch::relax();
    if (pauses_ < kMost) pauses_ *= 2;
  }

 private:
  static constexpr unsigned kLeast = 64;
  static constexpr unsigned kMost = 1024;

  unsigned pauses_ = kLeast;
};

/// Waits as a test-and-test-and-set lock does: pauses until a look says that it may work.
struct LookAgain {
  template <class Contestant>
  void wait(Contestant& contestant) {
    Pause pause;
    do {
      pause.wait();
    } while (!contestant.ready());
  }
};

/// The same with back-off between the looks.
class LookWithBackOff {
 public:
  template <class Contestant>
  void wait(Contestant& contestant) {
    do {
      backoff_.wait();
    } while (!contestant.ready());
  }

 private:
  Backoff backoff_;
};

/// Waits as a test-and-set lock with exponential back-off does: tries again without a look.
class BackOff {
 public:
  template <class Contestant>
  void wait(Contestant& /*contestant*/) {
    backoff_.wait();
  }

 private:
  Backoff backoff_;
};

/// Waits for one's request to come back: with back-off, and now and then a look whether it was left
/// behind.
class AwaitReply {
 public:
  template <class Contestant>
  void wait(Contestant& contestant) {
    backoff_.wait();
    static_cast<void>(contestant.ready());
  }

 private:
  Backoff backoff_;
};

/// Goes on at once: one attempt was all that was wanted.
struct GoOn {
  template <class Contestant>
  void wait(Contestant& /*contestant*/) {}
};

}  // namespace baton::bench

#endif  // BATON_BENCH_CELLS_WAITING_H_
