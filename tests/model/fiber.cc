#include "tests/model/fiber.h"

#include <ucontext.h>

#include <cstdint>
#include <cstring>

namespace baton::model {

namespace {

// Only while a fiber is made.
ucontext_t g_maker;
ucontext_t g_made;

}  // namespace

Fiber::Fiber() : stack_(new std::byte[kStackSize]) {
  getcontext(&g_made);
  g_made.uc_stack.ss_sp = stack_.get();
  g_made.uc_stack.ss_size = kStackSize;
  g_made.uc_link = nullptr;
  const auto self = reinterpret_cast<std::uint64_t>(this);
  makecontext(&g_made, reinterpret_cast<void (*)()>(&Fiber::entry), 2,
              static_cast<unsigned>(self >> 32), static_cast<unsigned>(self));
  // Runs main() as far as its wait.
  swapcontext(&g_maker, &g_made);
}

Fiber::~Fiber() = default;

void Fiber::entry(unsigned high, unsigned low) {
  const std::uint64_t self = (std::uint64_t{high} << 32) | low;
  reinterpret_cast<Fiber*>(self)->main();
}

void Fiber::main() {
  if (_setjmp(top_) == 0) setcontext(&g_maker);
  (*body_)();
  done_ = true;
  _longjmp(scheduler_, 1);
}

void Fiber::restart(const absl::FunctionRef<void()>& body) {
  body_ = &body;
  done_ = false;
  std::memcpy(&fiber_, &top_, sizeof(fiber_));
}

void Fiber::resume() {
  if (_setjmp(scheduler_) == 0) _longjmp(fiber_, 1);
}

void Fiber::suspend() {
  if (_setjmp(fiber_) == 0) _longjmp(scheduler_, 1);
}

}  // namespace baton::model
