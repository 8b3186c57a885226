// The end: what happens when something broke.
//
// Any core, any context.  The first core to come here stops the others, takes the console whoever
// held it, prints the dump once and in order, and ends the machine with a status other than 0 where
// the board can.  Cores that panic meanwhile are part of that dump.
#ifndef BATON_KERNEL_PANIC_H_
#define BATON_KERNEL_PANIC_H_

#include <string_view>

#include "base/format.h"

namespace baton::arch {
struct TrapFrame;
}  // namespace baton::arch

namespace baton::kernel {

/// Room for the words of one panic, per core.
inline constexpr std::size_t kPanicWords = 256;

/// Ends the machine with `words`; the dump shows the registers as they are here.
[[noreturn]] void panic_with(std::string_view words);

/// `panic("queue {} holds {} elements", n, size)`.
template <class... Args>
[[noreturn, gnu::noinline]] void panic(FormatString<Args...> format, const Args&... args) {
  FixedText<kPanicWords> text;
  format_to(text, format, args...);
  panic_with(text.view());
}

/// Another core panics: records what this one was doing, and stops it for good.  From the IPI's
/// handler.
[[noreturn]] void stop_for_panic(const arch::TrapFrame& frame);

}  // namespace baton::kernel

#endif  // BATON_KERNEL_PANIC_H_
