// Macros for assembly files: a function with type, size, section and unwind information.
#ifndef BATON_ARCH_AARCH64_ASM_H_
#define BATON_ARCH_AARCH64_ASM_H_

// clang-format off
// Assembly's macros, not C++'s.
// NOLINTBEGIN(bugprone-macro-parentheses)

// FUNC(name) ... END_FUNC(name), in the current section.
#define FUNC(name)            \
  .global name;               \
  .type name, %function;      \
  .balign 4;                  \
  name:                       \
  .cfi_startproc

#define END_FUNC(name)        \
  .cfi_endproc;               \
  .size name, . - name

// A fault at `at` continues at `to` (exception_table.h).
#define ON_FAULT(at, to)      \
  .pushsection .exception_table, "a"; \
  .balign 8;                  \
  .quad at, to;               \
  .popsection

// NOLINTEND(bugprone-macro-parentheses)
// clang-format on

#endif  // BATON_ARCH_AARCH64_ASM_H_
