// A stack of its own for each thread of a model program, switched by hand on one system thread.
//
// Entered once through makecontext; from then on switches are _setjmp and _longjmp, which cost no
// system call.  An abandoned run is started again from the top: nothing on its stack is destroyed.
#ifndef BATON_TESTS_MODEL_FIBER_H_
#define BATON_TESTS_MODEL_FIBER_H_

#include <csetjmp>
#include <cstddef>
#include <memory>

#include "absl/functional/function_ref.h"

namespace baton::model {

class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Makes `body`, which must live as long, what the next resume() starts, whatever the fiber was
  /// doing.
  void restart(const absl::FunctionRef<void()>& body);

  /// Runs the fiber until it calls suspend() or its body returns.
  void resume();

  /// Called on the fiber: back to whoever called resume().
  void suspend();

  /// Whether the body has returned.
  bool done() const { return done_; }

 private:
  static constexpr std::size_t kStackSize = 128 * 1024;

  [[noreturn]] void main();
  static void entry(unsigned high, unsigned low);

  std::unique_ptr<std::byte[]> stack_;
  std::jmp_buf top_;        // where main() waits for a body
  std::jmp_buf fiber_;      // where resume() goes
  std::jmp_buf scheduler_;  // where suspend() goes
  const absl::FunctionRef<void()>* body_ = nullptr;
  bool done_ = true;
};

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_FIBER_H_
