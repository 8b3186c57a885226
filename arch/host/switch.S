// void* baton_host_switch(void** save, void* load, void* message)
//
// Saves the caller's registers on its stack and the stack pointer in *save, goes on where `load` was
// saved, and returns `message` there.  Floating-point control words are the process's.
#if defined(__x86_64__)

  .text
  .globl baton_host_switch
  .type baton_host_switch, @function
baton_host_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  movq %rdx, %rax
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .size baton_host_switch, . - baton_host_switch

// Where a fiber begins: calls baton_host_begin(message) with no frame above it.
  .globl baton_host_entry
  .type baton_host_entry, @function
baton_host_entry:
  .cfi_startproc
  .cfi_undefined rip
  movq %rax, %rdi
  xorl %ebp, %ebp
  call baton_host_begin
  ud2
  .cfi_endproc
  .size baton_host_entry, . - baton_host_entry

#elif defined(__aarch64__)

  .text
  .globl baton_host_switch
  .type baton_host_switch, %function
baton_host_switch:
  stp x29, x30, [sp, #-160]!
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  stp x25, x26, [sp, #64]
  stp x27, x28, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  mov x0, x2
  ldp x19, x20, [sp, #16]
  ldp x21, x22, [sp, #32]
  ldp x23, x24, [sp, #48]
  ldp x25, x26, [sp, #64]
  ldp x27, x28, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  ldp x29, x30, [sp], #160
  ret
  .size baton_host_switch, . - baton_host_switch

  .globl baton_host_entry
  .type baton_host_entry, %function
baton_host_entry:
  mov x29, xzr
  mov x30, xzr
  bl baton_host_begin
  brk #1
  .size baton_host_entry, . - baton_host_entry

#endif

  .section .note.GNU-stack, "", %progbits
