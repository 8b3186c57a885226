// The least that links: initial stack pointer and reset vector, then enter C++ and stop.
  .syntax unified
  .thumb
  .section .text.start, "ax"
  .word   0x20001000
  .word   _start
  .globl _start
  .type _start, %function
_start:
  bl      image_main
1:
  b       1b
  .size _start, . - _start
