// Operations as functions of their own, for fast_paths_test to count what they compile to.
#include <atomic>

#include "kernel/blocking/mutex.h"
#include "kernel/blocking/semaphore.h"

namespace baton::kernel {

extern "C" {
void codegen_mutex_pair(Mutex& mutex);
void codegen_semaphore_pair(Semaphore& semaphore);
void codegen_control_barrier(Mutex& mutex);

void codegen_mutex_pair(Mutex& mutex) {
  mutex.lock();
  mutex.unlock();
}

void codegen_semaphore_pair(Semaphore& semaphore) {
  // So that the way to the end is the one where both succeed.
  while (!semaphore.try_acquire()) {
  }
  while (!semaphore.try_release()) {
  }
}

void codegen_control_barrier(Mutex& mutex) {
  mutex.lock();
  // Pairs with nothing: so that the test sees one.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  mutex.unlock();
}
}

}  // namespace baton::kernel
