// `QsbrDomain`: RCU for hosted programs whose reading threads say when they read nothing.
//
// Reading costs nothing beyond the loads: a read section has no code in release builds.  In return
// a thread that reads is attached, and reports a quiescent state now and then, or goes offline
// while it waits; one that does neither holds up every grace period.
//
//   QsbrDomain::ReaderThread me;            // once per thread
//   for (;;) {
//     { BasicRcuReader<QsbrDomain> reader; ... table.get(reader) ... }
//     me.quiescent();                         // between two pieces of work
//   }
//
// A signal handler may read while its thread is online, so not while that waits in synchronize() or
// barrier().
//
// Names as in C++26 (rcu_domain, [saferecl.rcu]).
#ifndef BATON_SYNC_RCU_HOSTED_QSBR_DOMAIN_H_
#define BATON_SYNC_RCU_HOSTED_QSBR_DOMAIN_H_

#include "sync/misuse.h"
#include "sync/rcu/hosted/domain_base.h"

namespace baton::sync {

class QsbrDomain : public HostedRcuDomain {
 public:
  class ReaderThread;

  QsbrDomain() = default;
  ~QsbrDomain() override = default;

  /// The program's.  A thread of its own reclaims for it once somebody is attached.
  static QsbrDomain& default_domain();

  /// A read section of an attached thread.  Nests; no code in release builds.
  void lock() noexcept {
#ifndef NDEBUG
    ++depth_;
    check_attached();
#endif
  }
  bool try_lock() noexcept {
    lock();
    return true;
  }
  /// Never runs a callback.
  void unlock() noexcept {
#ifndef NDEBUG
    --depth_;
#endif
  }

  /// Waits for a grace period.  Any thread, outside read sections; if attached, it counts as
  /// offline meanwhile.
  void synchronize();
  /// Waits until everything that was retired before has run.  Likewise.
  void barrier();

 private:
  // Readers report themselves: there is nothing to see.
  void scan() override {}

  void check_attached() const;
  ReaderThread* attached() const;

  // In debug builds: how many read sections, of any domain, this thread is in.
  static inline thread_local unsigned depth_ = 0;
  static inline thread_local ReaderThread* threads_ = nullptr;
};

/// The calling thread may read while this lives.  It stays in its thread; one per domain.
class QsbrDomain::ReaderThread {
 public:
  explicit ReaderThread(QsbrDomain& domain = default_domain());
  ~ReaderThread();
  ReaderThread(const ReaderThread&) = delete;
  ReaderThread& operator=(const ReaderThread&) = delete;

  /// Reports that this thread reads nothing now.  One relaxed load if nobody waits for it.
  void quiescent() {
    BATON_NO_MISUSE(depth_ == 0, this, "a quiescent state is reported inside a read section");
    domain_.engine().quiescent(slot_);
  }

  /// Not waited for until online() is called; must not read meanwhile.  Before anything that waits.
  void offline();
  void online();

 private:
  friend QsbrDomain;
  QsbrDomain& domain_;
  unsigned slot_;
  bool online_ = true;
  ReaderThread* next_;  // in another domain
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_HOSTED_QSBR_DOMAIN_H_
