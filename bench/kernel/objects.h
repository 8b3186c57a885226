// What two threads, or one, pass to and fro.
#ifndef BATON_BENCH_KERNEL_OBJECTS_H_
#define BATON_BENCH_KERNEL_OBJECTS_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "base/result.h"
#include "kernel/blocking/channel.h"
#include "kernel/blocking/semaphore.h"
#include "sync/owned.h"
#include "sync/pool.h"

namespace baton::kernel_bench {

/// Two threads that wait for each other in turn, once.
class PingPong {
 public:
  constexpr PingPong() = default;

  void serve() {
    there_.release();
    const Result<void> back = back_.acquire();
    BATON_CHECK(back.has_value());
  }
  /// False: it is over.
  bool reply() {
    const Result<void> there = there_.acquire();
    BATON_CHECK(there.has_value());
    if (over_) return false;
    back_.release();
    return true;
  }
  /// Instead of serve(): the other one's reply() is the last.
  void end() {
    over_ = true;
    there_.release();
  }

 private:
  bool over_ = false;  // goes with a unit of there_
  kernel::Semaphore there_{0};
  kernel::Semaphore back_{0};
};

/// An object that goes through a channel, which has room for it.
class Relay {
 public:
  Relay() : object_(pool_.make()) { BATON_CHECK(object_.has_value()); }

  void pass() {
    auto sent = channel_.send(std::move(*object_));
    Result<sync::Owned<Object>> received = channel_.receive();
    BATON_CHECK(sent.has_value() && received.has_value());
    *object_ = std::move(*received);
  }
  /// Gives the object back.
  void end() { object_.reset(); }

 private:
  struct Object {
    std::uint64_t number = 0;
  };
  sync::Pool<Object, 1> pool_;
  std::optional<sync::Owned<Object>> object_;
  kernel::Channel<sync::Owned<Object>, 4> channel_;
};

}  // namespace baton::kernel_bench

#endif  // BATON_BENCH_KERNEL_OBJECTS_H_
