// What a simulated machine did, in order: a hash over all of it, and the last part as text.
#ifndef BATON_ARCH_HOST_SCHEDULE_H_
#define BATON_ARCH_HOST_SCHEDULE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "arch/host/word.h"

namespace baton::arch::host {

enum class Event : std::uint8_t {
  kStart,      ///< the core comes out of reset
  kRun,        ///< the core goes on; argument: the core that ran until now
  kWait,       ///< it waits for an interrupt
  kJump,       ///< all wait: time goes on to here
  kArm,        ///< its timer is set; argument: deadline, ns
  kDisarm,     ///< its timer is stopped
  kRaise,      ///< a line is raised for it; argument: the line
  kLost,       ///< ... but on purpose never gets there
  kInterrupt,  ///< it enters its handler
  kClaim,      ///< the handler takes a line; argument: the line
  kComplete,   ///< and is done with it
  kPreempt,    ///< the handler asked for a preemption
  kSwitch,     ///< it leaves a thread for another
  kPark,       ///< it is off
  kEnd,        ///< the run ends
};

class Schedule {
 public:
  /// `to_stderr`: each event is printed as it happens.
  explicit Schedule(bool to_stderr) : to_stderr_(to_stderr) {}

  void add(std::uint64_t now_ns, unsigned core, Event event, std::uint64_t argument);

  /// Equal for equal runs, and (nearly) only for those.
  std::uint64_t hash() const { return hash_.get(); }
  std::uint64_t size() const { return size_.get(); }
  /// The last `most` events, a line each.
  std::string text(std::size_t most) const;

 private:
  struct Entry {
    Word<std::uint64_t> now_ns;
    Word<std::uint64_t> argument;
    Word<std::uint32_t> core;
    Word<Event> event;
  };
  static constexpr std::size_t kKept = 4096;

  static std::string line(const Entry& entry);

  std::array<Entry, kKept> entries_;
  Word<std::uint64_t> hash_{0xcbf29ce484222325U};
  Word<std::uint64_t> size_{0};
  bool to_stderr_;
};

}  // namespace baton::arch::host

#endif  // BATON_ARCH_HOST_SCHEDULE_H_
