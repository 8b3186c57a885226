// What the shell needs from the terminal that it talks to.  Output is written; input is pushed:
// whoever owns the receive path feeds bytes to Shell::feed, one after the other.
//
// The kernel's console implements it on a UART, a test on a model of a screen.  All calls are made
// from the context that feeds the shell, never from an interrupt handler.
#ifndef BATON_KERNEL_SHELL_TERMINAL_H_
#define BATON_KERNEL_SHELL_TERMINAL_H_

#include "base/format.h"

namespace baton::kernel::shell {

/// One terminal.  `write` takes printable ASCII, BEL, BS, CR, escape sequences of the VT100, and
/// '\n' for "start of the next line": the implementation sends it as CR LF.  An escape sequence is
/// never split between two writes.
class Terminal : public TextSink {
 public:
  /// Whether a ctrl-C (0x03) is among the bytes that came in and were not fed yet.  Asked often by
  /// commands that run long, so it should be cheap.  A ctrl-C counts even where the receive ring
  /// had no room for it.
  virtual bool interrupt_waiting() = 0;

  /// Drops those bytes, up to and including the last ctrl-C: what was typed ahead of it is void.
  virtual void drop_interrupt() = 0;

 protected:
  constexpr Terminal() = default;
  ~Terminal() = default;
};

}  // namespace baton::kernel::shell

#endif  // BATON_KERNEL_SHELL_TERMINAL_H_
