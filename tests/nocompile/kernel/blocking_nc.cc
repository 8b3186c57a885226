// What the compiler refuses to do with blocking objects: above all to block in a handler.
#include <optional>
#include <utility>

#include "base/annotations.h"
#include "kernel/blocking/barrier.h"
#include "kernel/blocking/block_pool.h"
#include "kernel/blocking/channel.h"
#include "kernel/blocking/completion.h"
#include "kernel/blocking/condition_variable.h"
#include "kernel/blocking/event.h"
#include "kernel/blocking/event_flags.h"
#include "kernel/blocking/latch.h"
#include "kernel/blocking/message_queue.h"
#include "kernel/blocking/mutex.h"
#include "kernel/blocking/recursive_mutex.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/blocking/timer_service.h"
#include "kernel/blocking/work_queue.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/pooled_threads.h"
#include "kernel/sched/static_thread.h"
#include "kernel/sched/this_thread.h"
#include "sync/owned.h"
#include "sync/pool.h"

namespace baton::kernel {
namespace {

struct Ball {
  int n = 0;
};

constinit StaticThread<8192> g_thread;
constinit PooledThreads<8192, 2> g_threads;
constinit Semaphore g_units(0);
constinit Event g_event(Reset::kAuto);
constinit EventFlags g_flags;
constinit Latch g_latch(1);
constinit Barrier g_barrier(2);
constinit Completion<int> g_done;
constinit Mutex g_mutex;
constinit RecursiveMutex g_recursive;
constinit ConditionVariable g_changed;
constinit sync::Pool<Ball, 2> g_balls;
constinit Channel<sync::Owned<Ball>, 2> g_channel;
constinit MessageQueue<int, 2> g_queue;
constinit WorkQueue g_work_queue;
constinit Work g_work([](void*) {}, nullptr);
constinit TimerService g_timers;
constinit ServiceTimer g_timer([](void*) {}, nullptr);
using Blocks = BlockPool<64, 2>;
constinit Blocks::Storage g_storage;
constinit Blocks g_blocks(g_storage);
int g_balance BATON_GUARDED_BY(g_mutex) = 0;

// Everything that a handler may do.
[[maybe_unused]] void handler() BATON_IN_HANDLER {
  g_units.release();
  static_cast<void>(g_units.try_acquire());
  static_cast<void>(g_units.try_release());
  g_event.set();
  g_event.reset();
  static_cast<void>(g_event.try_wait());
  g_flags.set(1);
  g_flags.clear(1);
  static_cast<void>(g_flags.try_wait(1, Want::kAny, Then::kKeep));
  g_latch.count_down();
  static_cast<void>(g_latch.try_wait());
  g_barrier.arrive_and_drop();
  static_cast<void>(g_done.complete(1));
  static_cast<void>(g_done.fail(Error::kIo));
  static_cast<void>(g_done.try_wait());
  g_changed.notify_one();
  g_changed.notify_all();
  static_cast<void>(g_channel.try_send(std::move(*g_balls.make())));
  static_cast<void>(g_channel.try_receive());
  g_channel.close();
  static_cast<void>(g_queue.try_send(1));
  static_cast<void>(g_queue.try_receive());
  g_queue.close();
  g_work_queue.submit(g_work);
  g_work_queue.cancel(g_work);
  g_work_queue.stop();
  g_timers.start(g_timer, Instant());
  g_timers.cancel(g_timer);
  g_timers.stop();
  static_cast<void>(g_blocks.try_allocate());
  static_cast<void>(this_thread::get());
  static_cast<void>(this_thread::stop_requested());
  g_thread.resume();
  g_thread.suspend();
  g_thread.request_stop();
  g_thread.set_priority(Priority(3));
  static_cast<void>(g_thread.try_join());
#ifdef NC_SLEEP_FOR_IN_HANDLER
  static_cast<void>(this_thread::sleep_for(Duration()));
#endif
#ifdef NC_SLEEP_UNTIL_IN_HANDLER
  static_cast<void>(this_thread::sleep_until(Instant()));
#endif
#ifdef NC_YIELD_IN_HANDLER
  this_thread::yield();
#endif
#ifdef NC_EXIT_IN_HANDLER
  this_thread::exit();
#endif
#ifdef NC_START_IN_HANDLER
  static_cast<void>(g_thread.start({}, nullptr, nullptr));
#endif
#ifdef NC_JOIN_IN_HANDLER
  g_thread.join();
#endif
#ifdef NC_JOIN_FOR_IN_HANDLER
  static_cast<void>(g_thread.join_for(Duration()));
#endif
#ifdef NC_JOIN_UNTIL_IN_HANDLER
  static_cast<void>(g_thread.join_until(Instant()));
#endif
#ifdef NC_START_POOLED_IN_HANDLER
  static_cast<void>(g_threads.start_detached({}, nullptr, nullptr));
#endif
#ifdef NC_ACQUIRE_IN_HANDLER
  static_cast<void>(g_units.acquire());
#endif
#ifdef NC_TRY_ACQUIRE_FOR_IN_HANDLER
  static_cast<void>(g_units.try_acquire_for(Duration()));
#endif
#ifdef NC_EVENT_WAIT_IN_HANDLER
  static_cast<void>(g_event.wait());
#endif
#ifdef NC_FLAGS_WAIT_IN_HANDLER
  static_cast<void>(g_flags.wait_until(1, Want::kAny, Then::kKeep, Instant()));
#endif
#ifdef NC_LATCH_WAIT_IN_HANDLER
  static_cast<void>(g_latch.wait());
#endif
#ifdef NC_BARRIER_IN_HANDLER
  static_cast<void>(g_barrier.arrive_and_wait());
#endif
#ifdef NC_COMPLETION_WAIT_IN_HANDLER
  static_cast<void>(g_done.wait());
#endif
#ifdef NC_LOCK_IN_HANDLER
  g_mutex.lock();
  g_mutex.unlock();
#endif
#ifdef NC_TRY_LOCK_IN_HANDLER
  static_cast<void>(g_mutex.try_lock());
#endif
#ifdef NC_RECURSIVE_LOCK_IN_HANDLER
  static_cast<void>(g_recursive.try_lock_for(Duration()));
#endif
#ifdef NC_CONDITION_WAIT_IN_HANDLER
  static_cast<void>(g_changed.wait(g_mutex));
#endif
#ifdef NC_SEND_IN_HANDLER
  static_cast<void>(g_channel.send(std::move(*g_balls.make())));
#endif
#ifdef NC_RECEIVE_IN_HANDLER
  static_cast<void>(g_channel.receive());
#endif
#ifdef NC_QUEUE_SEND_IN_HANDLER
  static_cast<void>(g_queue.send_for(1, Duration()));
#endif
#ifdef NC_QUEUE_RECEIVE_IN_HANDLER
  static_cast<void>(g_queue.receive());
#endif
#ifdef NC_FLUSH_IN_HANDLER
  static_cast<void>(g_work_queue.flush(g_work));
#endif
#ifdef NC_CANCEL_AND_WAIT_IN_HANDLER
  g_timers.cancel_and_wait(g_timer);
#endif
#ifdef NC_ALLOCATE_IN_HANDLER
  static_cast<void>(g_blocks.allocate());
#endif
}

// Everything that a thread may do, where it differs; and what it may not.
[[maybe_unused]] void thread() {
  {
    const MutexGuard guard(g_mutex);
    ++g_balance;
#ifdef NC_LOCK_TWICE
    g_mutex.lock();
#endif
#ifdef NC_COPY_GUARD
    const MutexGuard copy(guard);
#endif
  }
  static_cast<void>(g_units.acquire());
  const auto helper = []() BATON_IN_HANDLER { g_units.release(); };
  static_cast<void>(helper);
#ifdef NC_WITHOUT_THE_MUTEX
  ++g_balance;
#endif
#ifdef NC_UNLOCK_WHAT_IS_NOT_HELD
  g_mutex.unlock();
#endif
#ifdef NC_CALL_A_HANDLER
  handler();
#endif
#ifdef NC_DROP_GUARD
  MutexGuard{g_mutex};
#endif
#ifdef NC_DROP_TRY_LOCK
  g_recursive.try_lock();
#endif
#ifdef NC_DROP_ACQUIRE
  g_units.acquire();
#endif
#ifdef NC_DROP_TRY_ACQUIRE
  g_units.try_acquire();
#endif
#ifdef NC_DROP_SENT
  g_channel.try_send(std::move(*g_balls.make()));
#endif
#ifdef NC_DROP_RECEIVED
  g_channel.receive();
#endif
#ifdef NC_DROP_COMPLETE
  g_done.complete(1);
#endif
#ifdef NC_COMPLETE_WITH_ANOTHER_TYPE
  static_cast<void>(g_done.complete("one"));
#endif
#ifdef NC_COPY_MUTEX
  const Mutex copy(g_mutex);
#endif
#ifdef NC_COPY_BLOCK
  Result<Blocks::Block> block = g_blocks.try_allocate();
  const Blocks::Block copy(*block);
#endif
}

[[maybe_unused]] void starter() {
#ifdef NC_DROP_STARTED
  g_threads.start({}, nullptr, nullptr);
#endif
#ifdef NC_DROP_DETACHED
  g_threads.start_detached({}, nullptr, nullptr);
#endif
#ifdef NC_DROP_TRY_JOIN
  g_thread.try_join();
#endif
  Result<sync::Owned<PooledThread>> thread = g_threads.start({}, nullptr, nullptr);
  if (!thread) return;
#ifdef NC_DETACH_A_COPY
  PooledThread::detach(*thread);
#endif
  sync::Owned<PooledThread> handle = std::move(*thread);
  PooledThread::detach(std::move(handle));
#ifdef NC_JOIN_WHAT_IS_DETACHED
  handle->join();
#endif
}

#ifdef NC_CHANNEL_OF_VALUES
constinit Channel<int, 2> g_values;
#endif
#ifdef NC_QUEUE_OF_HANDLES
constinit MessageQueue<sync::Owned<Ball>, 2> g_handles;
#endif

[[maybe_unused]] void sender(sync::Owned<Ball> ball) {
#ifdef NC_SEND_A_COPY
  static_cast<void>(g_channel.try_send(ball));
#endif
  static_cast<void>(g_channel.try_send(std::move(ball)));
#ifdef NC_USE_AFTER_SEND
  ++ball->n;
#endif
}

}  // namespace
}  // namespace baton::kernel
