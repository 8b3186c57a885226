// What the upcalls of arch/upcalls.h do in tests of the machine itself, where there is no kernel to
// define them: what the test says.
#ifndef BATON_TESTS_HOST_MACHINE_UPCALLS_H_
#define BATON_TESTS_HOST_MACHINE_UPCALLS_H_

#include <functional>
#include <utility>

namespace baton::host_test {

struct Upcalls {
  /// For each line that is claimed, before it is completed; true: the thread is to be preempted.
  std::function<bool(unsigned line)> interrupt = {};
  std::function<void()> preemption = {};
  std::function<void()> secondary = {};
};

/// The upcalls in force.  Changed only while no machine runs.
Upcalls& upcalls();

/// Puts others in force while it lives.
class [[nodiscard]] WithUpcalls {
 public:
  explicit WithUpcalls(Upcalls wanted) : before_(std::exchange(upcalls(), std::move(wanted))) {}
  ~WithUpcalls() { upcalls() = std::move(before_); }
  WithUpcalls(const WithUpcalls&) = delete;
  WithUpcalls& operator=(const WithUpcalls&) = delete;

 private:
  Upcalls before_;
};

/// What a core does first in most tests: takes part, with its timer, interrupts unmasked.
void come_up();

}  // namespace baton::host_test

#endif  // BATON_TESTS_HOST_MACHINE_UPCALLS_H_
