// `SectionWord`: how deep a thread is in read sections, and how many it has left behind, for
// whoever waits for it without its help (membarrier_domain.h).
//
// The thread says in one word of its own that it begins and ends a section.  Who waits looks at the
// word, after a fence of both: a thread that is seen outside has been outside since then, and so
// has one that is seen in another section than at the first look.
//
// Signal handlers of the thread may begin and end sections, too.
#ifndef BATON_SYNC_RCU_HOSTED_SECTION_WORD_H_
#define BATON_SYNC_RCU_HOSTED_SECTION_WORD_H_

#include <atomic>
#include <cstdint>

#include "sync/atomics.h"

namespace baton::sync {

template <class Atomics = StdAtomics>
class SectionWord {
  using Word = std::uintptr_t;

 public:
  constexpr SectionWord() = default;
  SectionWord(const SectionWord&) = delete;
  SectionWord& operator=(const SectionWord&) = delete;

  // By the thread.

  /// A section begins; nests.  A fence comes next, before anything is read.
  void begin() {
    // Relaxed: only this thread writes its word; a signal handler leaves it as it was, but for a
    // later section number.
    const Word word = word_.load(std::memory_order_relaxed);
    // Release pairs with the acquire in has_passed(): who sees us in this section knows that the
    // one before is over.
    word_.store(word + 1, std::memory_order_release);
  }
  /// A section ends, which had begun.
  void end() {
    const Word word = word_.load(std::memory_order_relaxed);  // relaxed: as in begin()
    const Word after = (word & kDepth) == 1 ? word - 1 + kSection : word - 1;
    // Release pairs with the acquire in has_passed(): our reading is over before the grace period
    // is.
    word_.store(after, std::memory_order_release);
  }
  bool is_reading() const {
    // Relaxed: our own word.
    return (word_.load(std::memory_order_relaxed) & kDepth) != 0;
  }

  // By whoever waits; one at a time.

  /// Whether no look has been had yet: a fence comes before the first.
  bool is_new() const { return !has_seen_; }
  /// Looks.  True when the thread has been outside of sections since the fence before the first
  /// look; the next look is a first one again.
  bool has_passed() {
    // Acquire pairs with the release in end().
    const Word word = word_.load(std::memory_order_acquire);
    if ((word & kDepth) != 0 && (!has_seen_ || word / kSection == seen_ / kSection)) {
      seen_ = word;
      has_seen_ = true;
      return false;
    }
    has_seen_ = false;
    return true;
  }
  /// Nobody waits for this thread any more.
  void forget() { has_seen_ = false; }

 private:
  // How deep the thread is in sections, and above that the number of its outermost ones that have
  // ended.
  static constexpr Word kSection = Word{1} << 16;
  static constexpr Word kDepth = kSection - 1;

  typename Atomics::template Atomic<Word> word_{0};
  Word seen_ = 0;  // at the first look
  bool has_seen_ = false;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_HOSTED_SECTION_WORD_H_
