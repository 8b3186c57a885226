#include "sync/rcu/hosted/membarrier_domain.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "base/assert.h"
#include "sync/misuse.h"
#include "sync/rcu/hosted/reclaimer.h"

namespace baton::sync {

namespace {

bool membarrier(int command) { return syscall(SYS_membarrier, command, 0, 0) == 0; }

}  // namespace

/// Which domains there are: threads may outlive one, and it the threads.
class MembarrierDomain::Registry {
 public:
  static Registry& the() {
    static Registry& registry = *new Registry;  // threads may end later than statics
    return registry;
  }
  std::uint64_t add() {
    const std::scoped_lock lock(mutex_);
    alive_.push_back(++last_);
    return last_;
  }
  void remove(std::uint64_t id) {
    const std::scoped_lock lock(mutex_);
    std::erase(alive_, id);
  }
  /// Calls `f` if the domain is there, and keeps it there meanwhile.
  template <class F>
  void if_alive(std::uint64_t id, F&& f) {
    const std::scoped_lock lock(mutex_);
    if (std::ranges::find(alive_, id) != alive_.end()) f();
  }

 private:
  std::mutex mutex_;
  std::vector<std::uint64_t> alive_;
  std::uint64_t last_ = 0;
};

/// Detaches its thread when it ends.
struct MembarrierDomain::Attachments {
  struct Attachment {
    std::uint64_t id;
    MembarrierDomain* domain;
    unsigned slot;
  };
  std::vector<Attachment> all;
  ~Attachments() {
    last_used_ = {0, nullptr};
    for (const Attachment& attachment : all) {
      Registry::the().if_alive(attachment.id, [&] { attachment.domain->detach(attachment.slot); });
    }
  }
  static Attachments& mine() {
    thread_local Attachments attachments;
    return attachments;
  }
};

MembarrierDomain::MembarrierDomain()
    : id_(Registry::the().add()),
      has_membarrier_(membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)) {}

MembarrierDomain::~MembarrierDomain() { Registry::the().remove(id_); }

MembarrierDomain& MembarrierDomain::default_domain() {
  // Never destroyed: threads may read, and callbacks be pending, until the very end.
  static MembarrierDomain& domain = *new MembarrierDomain;
  return domain;
}

void MembarrierDomain::heavy_fence() const {
  if (has_membarrier_) {
    BATON_CHECK(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) && "membarrier worked before");
  } else {
    // Pairs with the fence in light_fence().
    std::atomic_thread_fence(std::memory_order_seq_cst);
  }
}

SectionWord<>& MembarrierDomain::find_or_attach() noexcept {
  Attachments& attachments = Attachments::mine();
  for (const Attachments::Attachment& attachment : attachments.all) {
    if (attachment.id == id_) {
      last_used_ = {id_, &readers_[attachment.slot].word};
      return *last_used_.word;
    }
  }
  const unsigned slot = take_slot();
  {
    const std::scoped_lock lock(scanning_);
    engine().enter(slot);
  }
  attachments.all.push_back({id_, this, slot});
  last_used_ = {id_, &readers_[slot].word};
  if (this == &default_domain()) RcuReclaimer::of_default<MembarrierDomain>();
  return *last_used_.word;
}

void MembarrierDomain::detach(unsigned slot) {
  {
    const std::scoped_lock lock(scanning_);
    BATON_CHECK(!readers_[slot].word.is_reading() && "a thread ends inside a read section");
    readers_[slot].word.forget();
    engine().leave(slot);
  }
  return_slot(slot);
}

void MembarrierDomain::scan() {
  if (!engine().is_active()) return;
  const std::unique_lock lock(scanning_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  unsigned pending[kMaxReaders];
  unsigned count = 0;
  bool is_new = false;
  for (unsigned slot = 0; slot < kMaxReaders; ++slot) {
    if (!engine().is_pending(slot)) continue;
    pending[count++] = slot;
    is_new = is_new || readers_[slot].word.is_new();
  }
  // The grace period has begun.  From here on every reader is seen below, or began after this and
  // does not find what was unlinked.
  if (is_new) heavy_fence();
  for (unsigned i = 0; i < count; ++i) {
    if (readers_[pending[i]].word.has_passed()) engine().quiescent(pending[i]);
  }
}

bool MembarrierDomain::is_reading() { return word_of_this_thread().is_reading(); }

void MembarrierDomain::synchronize() {
  BATON_NO_MISUSE(!is_reading(), this, "a thread in a read section waits for a grace period");
  wait_for_grace_period();
}

void MembarrierDomain::barrier() {
  BATON_NO_MISUSE(!is_reading(), this, "a thread in a read section waits for callbacks");
  wait_for_callbacks();
}

}  // namespace baton::sync
