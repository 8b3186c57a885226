// Macros for assembly files: a Thumb function with type, size, section and unwind information.
#ifndef BATON_ARCH_ARMV7M_ASM_H_
#define BATON_ARCH_ARMV7M_ASM_H_

// clang-format off
// Assembly's macros, not C++'s.
// NOLINTBEGIN(bugprone-macro-parentheses)

// FUNC(name) ... END_FUNC(name), each in a section of its own, so that the linker drops what nobody
// uses.  Unwinding is for debuggers only.
#define FUNC(name)                         \
  .cfi_sections .debug_frame;              \
  .section .text.name, "ax", %progbits;    \
  .global name;                            \
  .balign 4;                               \
  .thumb_func;                             \
  .type name, %function;                   \
  name:                                    \
  .cfi_startproc

#define END_FUNC(name)        \
  .cfi_endproc;               \
  .size name, . - name

// A fault at `at` continues at `to` (exception_table.h).
#define ON_FAULT(at, to)                    \
  .pushsection .exception_table, "a";       \
  .balign 4;                                \
  .word at, to;                             \
  .popsection

// NOLINTEND(bugprone-macro-parentheses)
// clang-format on

#endif  // BATON_ARCH_ARMV7M_ASM_H_
