// For RCU containers, whose writers are one at a time: debug builds report two who overlap, by
// name.  In release builds nothing is recorded, and nothing takes room.
//
// Writers of any core, any context.
#ifndef BATON_SYNC_RCU_ONE_WRITER_H_
#define BATON_SYNC_RCU_ONE_WRITER_H_

#include <atomic>

#include "sync/holder.h"
#include "sync/misuse.h"

namespace baton::sync::internal {

#ifdef NDEBUG

class OneWriter {
 public:
  class [[maybe_unused]] Section {
   public:
    constexpr Section(OneWriter&, const void* /*container*/) {}
  };
};

#else

class OneWriter {
 public:
  /// Somebody writes while it lives.
  class Section {
   public:
    Section(OneWriter& writer, const void* container) : writer_(writer) {
      // Relaxed: it must order nothing, or it would hide what it is to find.
      BATON_NO_MISUSE_INSIDE(!writer_.inside_.exchange(true, std::memory_order_relaxed), container,
                             writer_.holder_.read(), "two write to an RCU container at a time");
      writer_.holder_.enter();
    }
    ~Section() {
      writer_.holder_.leave(&writer_);
      writer_.inside_.store(false, std::memory_order_relaxed);  // relaxed: as above
    }
    Section(const Section&) = delete;
    Section& operator=(const Section&) = delete;

   private:
    OneWriter& writer_;
  };

 private:
  std::atomic<bool> inside_{false};
  HolderRecord holder_;
};

#endif  // NDEBUG

}  // namespace baton::sync::internal

#endif  // BATON_SYNC_RCU_ONE_WRITER_H_
