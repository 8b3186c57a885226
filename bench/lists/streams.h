// Queues, each as one thread that sends numbered messages and one that gets them.
//
// `send()` tries to send the next one; `receive()` returns how many came.  Messages come in the
// order in which they were sent, and every one is looked at.
#ifndef BATON_BENCH_LISTS_STREAMS_H_
#define BATON_BENCH_LISTS_STREAMS_H_

extern "C" {
#include <ck_fifo.h>
#include <ck_ring.h>
#include <ck_stack.h>
}
#include <urcu/wfcqueue.h>

#include <cstddef>
#include <cstdint>
#include <utility>

#include "arch/cpu.h"
#include "base/assert.h"
#include "bench/common/outcome.h"
#include "bench/common/pooled.h"
#include "sync/batch.h"
#include "sync/inbox.h"
#include "sync/mpmc_ring.h"
#include "sync/mpsc_queue.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/spsc_ring.h"

namespace baton::bench {

/// Places in a ring, and messages that are on their way.
inline constexpr std::size_t kPlaces = 256;

/// One side's count of messages.
class alignas(kLine) Counter {
 public:
  std::uintptr_t next() const { return count_ + 1; }
  void advance() { ++count_; }
  /// What came is what was to come.
  void expect(std::uintptr_t message) {
    BATON_CHECK(message == next() && "messages come in order, and none is lost");
    advance();
  }

 private:
  std::uintptr_t count_ = 0;
};

/// SpscRing or MpmcRing.
template <class Ring>
class OurRing {
 public:
  bool send() {
    if (!ring_.push(sent_.next())) return false;
    sent_.advance();
    return true;
  }
  unsigned receive() {
    const auto message = ring_.pop();
    if (!message) return 0;
    received_.expect(*message);
    return 1;
  }

 private:
  Counter sent_;
  Counter received_;
  alignas(kLine) Ring ring_;
};

/// `Spsc`: for one producer and one consumer; else for any number of them.
template <bool Spsc>
class CkRing {
 public:
  CkRing() { ck_ring_init(&ring_, kPlaces); }

  bool send() {
    void* const message = reinterpret_cast<void*>(sent_.next());
    const bool done = Spsc ? ck_ring_enqueue_spsc(&ring_, places_, message)
                           : ck_ring_enqueue_mpmc(&ring_, places_, message);
    if (done) sent_.advance();
    return done;
  }
  unsigned receive() {
    void* message = nullptr;
    const bool done = Spsc ? ck_ring_dequeue_spsc(&ring_, places_, static_cast<void*>(&message))
                           : ck_ring_dequeue_mpmc(&ring_, places_, static_cast<void*>(&message));
    if (!done) return 0;
    received_.expect(reinterpret_cast<std::uintptr_t>(message));
    return 1;
  }

 private:
  Counter sent_;
  Counter received_;
  alignas(kLine) ck_ring_t ring_{};
  alignas(kLine) ck_ring_buffer_t places_[kPlaces]{};
};

// Intrusive queues pass objects on.  Those come back to the sender by a ring, the same for all.

struct Message {
  sync::InboxHook<Message> hook;
  std::uintptr_t number = 0;
  unsigned char rest[rest_of_line(2 * sizeof(void*))];
};
struct MpscMessage : sync::MpscHook<> {
  std::uintptr_t number = 0;
  unsigned char rest[rest_of_line(2 * sizeof(void*))];
};

/// Objects that come back.
template <class T>
class Returning {
 public:
  Returning() {
    BATON_CHECK(has_a_line_each(pool_));
    while (auto object = pool_.make()) give_back(std::move(*object));
  }
  Returning(const Returning&) = delete;
  Returning& operator=(const Returning&) = delete;

  auto take() { return ring_.pop(); }
  void give_back(sync::Owned<T> object) {
    const auto pushed = ring_.push(std::move(object));
    BATON_CHECK(pushed.has_value() && "there is room for all");
  }

 private:
  alignas(kItemSize) sync::Pool<T, kPlaces> pool_;
  alignas(kLine) sync::SpscRing<sync::Owned<T>, kPlaces> ring_;
};

class OurInbox {
 public:
  OurInbox() = default;
  OurInbox(const OurInbox&) = delete;
  OurInbox& operator=(const OurInbox&) = delete;
  ~OurInbox() { receive(); }

  bool send() {
    auto message = messages_.take();
    if (!message) return false;
    (*message)->number = sent_.next();
    sent_.advance();
    inbox_.push(std::move(*message));
    return true;
  }
  unsigned receive() {
    if (inbox_.is_empty()) return 0;  // a look is cheaper than an exchange
    unsigned count = 0;
    auto batch = inbox_.take_all();
    while (auto message = batch.pop_front()) {
      received_.expect((*message)->number);
      messages_.give_back(std::move(*message));
      ++count;
    }
    return count;
  }

 private:
  Counter sent_;
  Counter received_;
  alignas(kLine) sync::Inbox<Message, &Message::hook> inbox_;
  alignas(kLine) Returning<Message> messages_;
};

class OurMpscQueue {
 public:
  OurMpscQueue() = default;
  OurMpscQueue(const OurMpscQueue&) = delete;
  OurMpscQueue& operator=(const OurMpscQueue&) = delete;
  ~OurMpscQueue() {
    while (receive() != 0) {
    }
  }

  bool send() {
    auto message = messages_.take();
    if (!message) return false;
    (*message)->number = sent_.next();
    sent_.advance();
    queue_.push(std::move(*message));
    return true;
  }
  unsigned receive() {
    auto message = queue_.pop();
    if (!message) return 0;
    received_.expect((*message)->number);
    messages_.give_back(std::move(*message));
    return 1;
  }

 private:
  Counter sent_;
  Counter received_;
  alignas(kLine) sync::MpscQueue<MpscMessage> queue_;
  alignas(kLine) Returning<MpscMessage> messages_;
};

/// liburcu's queue.  `Splice`: takes all that is there into a queue of its own, then one by one.
template <bool Splice>
class WfcQueue {
  struct alignas(kItemSize) Node : cds_wfcq_node {
    std::uintptr_t number = 0;
  };

 public:
  WfcQueue() {
    __cds_wfcq_init(&head_, &tail_);
    for (Node& node : nodes_) {
      BATON_CHECK(free_.push(&node).has_value());
    }
  }
  WfcQueue(const WfcQueue&) = delete;
  WfcQueue& operator=(const WfcQueue&) = delete;

  bool send() {
    const auto node = free_.pop();
    if (!node) return false;
    (*node)->number = sent_.next();
    sent_.advance();
    cds_wfcq_node_init(*node);
    cds_wfcq_enqueue(__cds_wfcq_head_cast(&head_), &tail_, *node);
    return true;
  }
  unsigned receive() {
    if constexpr (!Splice) return receive_one(head_, tail_);
    __cds_wfcq_head mine_head;
    cds_wfcq_tail mine_tail;
    __cds_wfcq_init(&mine_head, &mine_tail);
    const cds_wfcq_ret spliced = __cds_wfcq_splice_nonblocking(
        __cds_wfcq_head_cast(&mine_head), &mine_tail, __cds_wfcq_head_cast(&head_), &tail_);
    if (spliced != CDS_WFCQ_RET_DEST_EMPTY) return 0;
    unsigned count = 0;
    for (;;) {
      cds_wfcq_node* const node =
          __cds_wfcq_dequeue_nonblocking(__cds_wfcq_head_cast(&mine_head), &mine_tail);
      if (node == nullptr) return count;
      if (node == CDS_WFCQ_WOULDBLOCK) {
        arch::relax();  // it is being linked yet: the blocking form would sleep
        continue;
      }
      got(*node);
      ++count;
    }
  }

 private:
  unsigned receive_one(__cds_wfcq_head& head, cds_wfcq_tail& tail) {
    cds_wfcq_node* const node = __cds_wfcq_dequeue_nonblocking(__cds_wfcq_head_cast(&head), &tail);
    if (node == nullptr || node == CDS_WFCQ_WOULDBLOCK) return 0;
    got(*node);
    return 1;
  }
  void got(cds_wfcq_node& link) {
    auto* const node = static_cast<Node*>(&link);
    received_.expect(node->number);
    BATON_CHECK(free_.push(node).has_value());
  }

  Counter sent_;
  Counter received_;
  alignas(kLine) __cds_wfcq_head head_;
  alignas(kLine) cds_wfcq_tail tail_;
  alignas(kLine) Node nodes_[kPlaces];
  alignas(kLine) sync::SpscRing<Node*, kPlaces> free_;
};

/// Concurrency Kit's stack, of which everything can be taken at once: who wants it in order turns
/// it round, as an inbox does.
class CkStack {
  struct alignas(kItemSize) Node : ck_stack_entry {
    std::uintptr_t number = 0;
  };

 public:
  CkStack() {
    ck_stack_init(&stack_);
    for (Node& node : nodes_) {
      BATON_CHECK(free_.push(&node).has_value());
    }
  }
  CkStack(const CkStack&) = delete;
  CkStack& operator=(const CkStack&) = delete;

  bool send() {
    const auto node = free_.pop();
    if (!node) return false;
    (*node)->number = sent_.next();
    sent_.advance();
    ck_stack_push_upmc(&stack_, *node);
    return true;
  }
  unsigned receive() {
    if (CK_STACK_ISEMPTY(&stack_)) return 0;
    ck_stack_entry* oldest = nullptr;
    ck_stack_entry* newest = ck_stack_batch_pop_upmc(&stack_);
    while (newest != nullptr) {
      ck_stack_entry* const next = newest->next;
      newest->next = oldest;
      oldest = std::exchange(newest, next);
    }
    unsigned count = 0;
    while (oldest != nullptr) {
      auto* const node = static_cast<Node*>(std::exchange(oldest, oldest->next));
      received_.expect(node->number);
      BATON_CHECK(free_.push(node).has_value());
      ++count;
    }
    return count;
  }

 private:
  Counter sent_;
  Counter received_;
  alignas(kLine) ck_stack stack_{};
  alignas(kLine) Node nodes_[kPlaces];
  alignas(kLine) sync::SpscRing<Node*, kPlaces> free_;
};

#ifdef CK_F_FIFO_MPMC  // needs a compare-and-swap of two words
/// Concurrency Kit's queue for any number at either end.
class CkFifo {
  struct alignas(kItemSize) Node : ck_fifo_mpmc_entry {};

 public:
  CkFifo() {
    ck_fifo_mpmc_init(&fifo_, &stub_);
    for (Node& node : nodes_) {
      BATON_CHECK(free_.push(&node).has_value());
    }
  }
  CkFifo(const CkFifo&) = delete;
  CkFifo& operator=(const CkFifo&) = delete;

  bool send() {
    const auto node = free_.pop();
    if (!node) return false;
    ck_fifo_mpmc_enqueue(&fifo_, *node, reinterpret_cast<void*>(sent_.next()));
    sent_.advance();
    return true;
  }
  unsigned receive() {
    void* message = nullptr;
    ck_fifo_mpmc_entry* free = nullptr;
    if (!ck_fifo_mpmc_dequeue(&fifo_, static_cast<void*>(&message), &free)) return 0;
    received_.expect(reinterpret_cast<std::uintptr_t>(message));
    BATON_CHECK(free_.push(static_cast<Node*>(free)).has_value());
    return 1;
  }

 private:
  Counter sent_;
  Counter received_;
  alignas(kLine) ck_fifo_mpmc fifo_{};
  alignas(kLine) Node stub_;
  alignas(kLine) Node nodes_[kPlaces - 1];
  alignas(kLine) sync::SpscRing<Node*, kPlaces> free_;
};
#endif

}  // namespace baton::bench

#endif  // BATON_BENCH_LISTS_STREAMS_H_
