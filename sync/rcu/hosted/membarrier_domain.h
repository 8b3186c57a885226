// `MembarrierDomain`: RCU for hosted programs whose threads know nothing of it.
//
// Any thread may read at any time: it is attached when it first does, detached when it ends, and
// reports nothing.  A read section is two plain stores to a word of the thread's own; the barriers
// that these would need are paid by whoever waits for a grace period, with a membarrier system call
// that makes every thread of the process execute one [membarrier(2), private expedited].
//
// Names as in C++26 (rcu_domain, [saferecl.rcu]).
#ifndef BATON_SYNC_RCU_HOSTED_MEMBARRIER_DOMAIN_H_
#define BATON_SYNC_RCU_HOSTED_MEMBARRIER_DOMAIN_H_

#include <atomic>
#include <cstdint>
#include <mutex>

#include "sync/misuse.h"
#include "sync/rcu/hosted/domain_base.h"
#include "sync/rcu/hosted/section_word.h"

namespace baton::sync {

class MembarrierDomain : public HostedRcuDomain {
 public:
  MembarrierDomain();
  /// Nobody reads any more.
  ~MembarrierDomain() override;

  /// The program's.  A thread of its own reclaims for it once somebody has read.
  static MembarrierDomain& default_domain();

  /// A read section; nests.  Any thread; a signal handler too, if its thread is attached.
  void lock() noexcept {
    word_of_this_thread().begin();
    light_fence();
  }
  bool try_lock() noexcept {
    lock();
    return true;
  }
  /// Never runs a callback.
  void unlock() noexcept {
    SectionWord<>& mine = word_of_this_thread();
    BATON_NO_MISUSE(mine.is_reading(), this, "a read section ends that did not begin");
    mine.end();
  }

  /// Waits for a grace period.  Any thread, outside read sections.
  void synchronize();
  /// Waits until everything that was retired before has run.  Likewise.
  void barrier();

  /// Attaches the calling thread, which its first read section does otherwise: takes a lock.
  void attach() { static_cast<void>(word_of_this_thread()); }

 private:
  struct alignas(64) Reader {
    SectionWord<> word;
  };
  class Registry;
  struct Attachments;

  /// Orders the word's store before the section's loads, together with heavy_fence().
  void light_fence() const {
    if (has_membarrier_) [[likely]] {
      // The compiler's half pairs with the CPU's half, which heavy_fence() makes this thread run.
      std::atomic_signal_fence(std::memory_order_seq_cst);
    } else {
      // Pairs with the fence in heavy_fence(): one of the two threads sees the other's store.
      std::atomic_thread_fence(std::memory_order_seq_cst);
    }
  }
  void heavy_fence() const;

  SectionWord<>& word_of_this_thread() noexcept {
    if (last_used_.domain == id_) [[likely]]
      return *last_used_.word;
    return find_or_attach();
  }
  SectionWord<>& find_or_attach() noexcept;
  void detach(unsigned slot);
  bool is_reading();

  void scan() override;

  struct LastUsed {
    std::uint64_t domain;
    SectionWord<>* word;
  };
  static inline thread_local LastUsed last_used_{0, nullptr};

  const std::uint64_t id_;  // never used again, as addresses are
  bool has_membarrier_;
  std::mutex scanning_;  // and attaching: a slot's grace period is the one that scan() saw
  Reader readers_[kMaxReaders];
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_HOSTED_MEMBARRIER_DOMAIN_H_
