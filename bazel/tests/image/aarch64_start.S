// The least that links: enter C++, then stop.
  .section .text.start, "ax"
  .globl _start
  .type _start, %function
_start:
  bl      image_main
1:
  b       1b
  .size _start, . - _start
