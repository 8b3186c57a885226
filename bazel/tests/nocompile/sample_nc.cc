// What nocompile_test rests on: that the flags of the build reject a dropped result, a copied
// handle, a field read without its lock, and a narrowing conversion.
#include <cstdint>
#include <utility>

#include "absl/base/thread_annotations.h"

namespace {

class Handle {
 public:
  Handle() = default;
  Handle(Handle&&) = default;
  Handle& operator=(Handle&&) = default;
};

[[nodiscard]] Handle take() { return Handle{}; }

class ABSL_LOCKABLE
Lock{public : void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION(){} void unlock() ABSL_UNLOCK_FUNCTION(){}};

class Guarded {
 public:
  int read() {
#ifndef NC_WITHOUT_LOCK
    lock_.lock();
#endif
    const int value = value_;
#ifndef NC_WITHOUT_LOCK
    lock_.unlock();
#endif
    return value;
  }

 private:
  Lock lock_;
  int value_ ABSL_GUARDED_BY(lock_) = 0;
};

}  // namespace

int main() {
  Handle held = take();
#ifdef NC_DROP
  take();
#endif
#ifdef NC_COPY
  Handle copy = held;
#endif
  Handle moved = std::move(held);
  static_cast<void>(moved);
  const std::uint32_t wide = 300;
#ifdef NC_NARROW
  const std::uint8_t narrow = wide + static_cast<std::uint32_t>(Guarded{}.read());
#else
  const std::uint32_t narrow = wide;
#endif
  return Guarded{}.read() + static_cast<int>(narrow);
}
