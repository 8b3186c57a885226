// `ThreadControl`: the one word of a thread that others than its holder write.
//
// A thread is always somebody's: of the core on which it runs or waits for its turn, of a mailbox
// on its way to a core, or, while it is parked, of nobody until somebody ends its wait.  The word
// says whose, so that there is never a second one who believes the thread to be his:
//
//   held by core n --announce--> held, waiting --park--> parked --conclude--> on its way
//   --arrive-->
//                                      |                                       held by core m
//                                      '------conclude (it has not left yet)--> held by core n
//
//  * announce() comes before the thread can be found in a queue; conclude() is won by exactly one
//    of all who would end the wait: the object's owner, the timer, whoever stops the thread.
//  * park() is called by the thread's core when the registers are saved and it runs something else;
//    it fails when the wait is over already.  So whoever owns a thread by conclude() may run it.
//  * Wishes (stop here, another priority, another core) are bits.  Who sets one learns which core
//    to tell; on its way to a core a thread needs no telling, as arrive() reads them.
//
// The word's users are the scheduler (one per core) and the blocking objects; who writes it has
// interrupts masked.
#ifndef BATON_KERNEL_SCHED_THREAD_CONTROL_H_
#define BATON_KERNEL_SCHED_THREAD_CONTROL_H_

#include <atomic>
#include <cstdint>
#include <optional>

#include "arch/cpu.h"
#include "sync/core_atomics.h"

namespace baton::kernel {

/// How a wait ended.
enum class WakeReason : std::uint8_t {
  kNotified,  ///< what was waited for has come
  kTimedOut,  ///< the time was over first
  kStopped,   ///< the thread was asked to stop
};

template <class Atomics = sync::MaskedAtomics>
class ThreadControl {
 public:
  using Word = std::uint32_t;

  /// What others want of a thread.
  static constexpr Word kSuspend = 1U << 16U;     ///< not to run, until it is taken back
  static constexpr Word kStop = 1U << 17U;        ///< its waits end with kStopped
  static constexpr Word kReposition = 1U << 18U;  ///< its priority or affinity has changed

  constexpr ThreadControl() = default;
  ThreadControl(const ThreadControl&) = delete;
  ThreadControl& operator=(const ThreadControl&) = delete;

  /// A dead thread begins: on its way, the caller's to send to a core.  `wishes` may be kSuspend.
  void begin(Word wishes) {
    // Relaxed: nobody else knows of the thread yet, or they know that it is dead.
    word_.store(kTransit | wishes, std::memory_order_relaxed);
  }

  /// The running thread, before it shows itself to those who may end its wait.  False: it was asked
  /// to stop, and is not waiting.
  [[nodiscard]] bool announce(bool stoppable) {
    // Relaxed, both: who finds the thread in a queue got there by the queue's lock.
    Word word = word_.load(std::memory_order_relaxed);
    do {
      if (stoppable && (word & kStop) != 0) return false;
      // Relaxed, both: see above.
    } while (!word_.compare_exchange_weak(
        word, (word & ~(kReasonMask | kStoppable)) | kWaiting | (stoppable ? kStoppable : 0),
        std::memory_order_relaxed, std::memory_order_relaxed));
    return true;
  }

  /// Where there is one core, announce() and park() in one: interrupts are masked until the thread
  /// is off its stack.
  [[nodiscard]] bool announce_parked_here(bool stoppable) {
    // Relaxed, both: nobody else is there.
    const Word word = word_.load(std::memory_order_relaxed);
    if (stoppable && (word & kStop) != 0) return false;
    word_.store((word & ~(kReasonMask | kStoppable | kHolderMask)) | kWaiting |
                    (stoppable ? kStoppable : 0),
                std::memory_order_relaxed);
    return true;
  }

  /// What conclude() found.
  enum class Concluded : std::uint8_t {
    kLost,   ///< no wait, or somebody else ended it
    kStays,  ///< the wait is over before the thread has parked: nothing more to do
    kOwned,  ///< the thread is the caller's, to send to a core
  };
  /// Ends the wait.  Anybody who knows that the thread is alive.
  [[nodiscard]] Concluded conclude(WakeReason reason) {
    // Relaxed: looked at again by the exchange.
    Word word = word_.load(std::memory_order_relaxed);
    Word ended = 0;
    do {
      if ((word & kWaiting) == 0) return Concluded::kLost;
      if (reason == WakeReason::kStopped && (word & kStoppable) == 0) return Concluded::kLost;
      ended = (word & ~kWaiting) | (static_cast<Word>(reason) << kReasonShift);
      if (is_parked(word)) ended |= kTransit;
      // Acquire pairs with the release in park(): the saved registers.  Release pairs with the
      // acquire in park() and is_waiting(): what the thread was woken for.
    } while (!word_.compare_exchange_weak(word, ended, std::memory_order_acq_rel,
                                          std::memory_order_relaxed));
    return is_parked(word) ? Concluded::kOwned : Concluded::kStays;
  }

  /// The thread itself: whether its wait still goes on.
  bool is_waiting() const {
    // Acquire pairs with the release in conclude().
    return (word_.load(std::memory_order_acquire) & kWaiting) != 0;
  }
  /// The thread itself, after its wait.
  WakeReason reason() const {
    // Relaxed: is_waiting() or park() came before.
    return static_cast<WakeReason>((word_.load(std::memory_order_relaxed) & kReasonMask) >>
                                   kReasonShift);
  }

  /// Its core, when the registers are saved and another thread runs: gives the thread up.  False:
  /// its wait is over, it stays.
  [[nodiscard]] bool park() {
    // Relaxed: looked at again by the exchange.
    Word word = word_.load(std::memory_order_relaxed);
    do {
      if ((word & kWaiting) == 0) {
        // Acquire pairs with the release in conclude(); the loop's loads are relaxed.
        static_cast<void>(is_waiting());
        return false;
      }
      // Release pairs with the acquire in conclude(): the saved registers.
    } while (!word_.compare_exchange_weak(word, word & ~kHolderMask, std::memory_order_release,
                                          std::memory_order_relaxed));
    return true;
  }

  /// Its core gives it away, to be sent to another one.  Registers saved.
  void leave() {
    // Relaxed: it goes by a mailbox, which orders.  kHolderMask and kTransit change places in one.
    Word word = word_.load(std::memory_order_relaxed);
    while (!word_.compare_exchange_weak(word, (word & ~kHolderMask) | kTransit,
                                        std::memory_order_relaxed, std::memory_order_relaxed)) {
    }
  }

  /// The core `core` holds it from here on.  Returns what is wanted of it.
  Word arrive(unsigned core) {
    // Relaxed: looked at again by the exchange.
    Word word = word_.load(std::memory_order_relaxed);
    // Acquire pairs with the release in request(): the new priority or affinity.
    while (!word_.compare_exchange_weak(word, (word & ~(kTransit | kReposition)) | (core + 1),
                                        std::memory_order_acquire, std::memory_order_relaxed)) {
    }
    return word & kWishes;
  }

  /// Anybody who knows that the thread is alive: sets some wishes and takes others back.  A core:
  /// send it the thread's attention message.
  [[nodiscard]] std::optional<unsigned> request(Word set, Word clear) {
    // Relaxed: looked at again by the exchange.
    Word word = word_.load(std::memory_order_relaxed);
    Word wanted = 0;
    bool tell = false;
    do {
      wanted = (word & ~clear) | set;
      // A stop is looked for by the thread itself.
      tell = (word & kHolderMask) != 0 && (word & kAttention) == 0 &&
             ((wanted ^ word) & (kSuspend | kReposition)) != 0;
      if (tell) wanted |= kAttention;
      // Release pairs with the acquire in arrive() and attend(): the new priority or affinity.
      // Acquire pairs with the release in attend(): the message is ours to send again.
    } while (!word_.compare_exchange_weak(word, wanted, std::memory_order_acq_rel,
                                          std::memory_order_relaxed));
    if (!tell) return std::nullopt;
    return (word & kHolderMask) - 1;
  }

  /// Where there is one core, request() and attend() in one: what is wanted is so at once.  False:
  /// the core does not hold it, and who gets it will see.  Interrupts masked.
  bool change_here(Word set, Word clear) {
    // Relaxed, both: nobody else is there.
    const Word word = (word_.load(std::memory_order_relaxed) & ~clear) | set;
    word_.store(word, std::memory_order_relaxed);
    return (word & kHolderMask) != 0;
  }

  /// What attend() found.
  struct Attention {
    enum class Kind : std::uint8_t {
      kMine,       ///< the thread is here; `wishes` is what is wanted of it
      kElsewhere,  ///< another core holds it: send the message on to `core`
      kNobody,     ///< nobody holds it: who gets it will see
      kDead,       ///< it has died meanwhile, and waited for this message only
    };
    Kind kind;
    Word wishes = 0;
    unsigned core = 0;
  };
  /// The core `core` has received the thread's attention message.
  Attention attend(unsigned core) {
    using Kind = typename Attention::Kind;
    // Relaxed: looked at again by the exchange.
    Word word = word_.load(std::memory_order_relaxed);
    for (;;) {
      const Word holder = word & kHolderMask;
      if (holder != 0 && holder != core + 1) {
        // The message stays the thread's only one.
        return {.kind = Kind::kElsewhere, .core = holder - 1};
      }
      // Acquire pairs with the releases in request() and die(); release with the acquire in
      // request(): we have taken the message off the mailbox.
      if (word_.compare_exchange_weak(word, word & ~(kAttention | (holder != 0 ? kReposition : 0)),
                                      std::memory_order_acq_rel, std::memory_order_relaxed)) {
        break;
      }
    }
    if ((word & kDead) != 0) return {.kind = Kind::kDead};
    if ((word & kHolderMask) == 0) return {.kind = Kind::kNobody};
    return {.kind = Kind::kMine, .wishes = word & kWishes};
  }

  /// Its core, when it is off its stack for good.  False: its attention message is under way, and
  /// whoever receives that ends it (attend(), kDead).
  [[nodiscard]] bool die() {
    // Relaxed: looked at again by the exchange.
    Word word = word_.load(std::memory_order_relaxed);
    // Release pairs with the acquire in attend(): everything that the thread did.
    while (!word_.compare_exchange_weak(word, (word & ~kHolderMask) | kDead,
                                        std::memory_order_release, std::memory_order_relaxed)) {
    }
    return (word & kAttention) == 0;
  }

  /// Whether this is wanted of it.
  bool wishes(Word wish) const {
    // On one core the word is a plain one, of which the compiler would make one look for a whole
    // loop.  The fence pairs with whatever a handler writes there.
    std::atomic_signal_fence(std::memory_order_seq_cst);
    // Relaxed: a look.
    return (word_.load(std::memory_order_relaxed) & wish) != 0;
  }

 private:
  static constexpr Word kHolderMask = 0xf;  // 0 nobody, n + 1 core n
  static_assert(arch::kMaxCores < kHolderMask);
  static constexpr Word kWaiting = 1U << 4U;
  static constexpr Word kStoppable = 1U << 5U;  // the wait may end by a stop
  static constexpr unsigned kReasonShift = 6;
  static constexpr Word kReasonMask = 3U << kReasonShift;
  static constexpr Word kTransit = 1U << 8U;
  static constexpr Word kAttention = 1U << 9U;  // the message is under way
  static constexpr Word kDead = 1U << 10U;
  static constexpr Word kWishes = kSuspend | kStop | kReposition;

  // Saved, and nobody's.
  static constexpr bool is_parked(Word word) { return (word & (kHolderMask | kTransit)) == 0; }

  typename Atomics::template Atomic<Word> word_{kDead};
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_THREAD_CONTROL_H_
