// In place of armv7m_switch (-Wl,--wrap): one register of who has FP registers is lost.
  .syntax unified
  .thumb
  .fpu    fpv4-sp-d16
  .text

  .global __wrap_armv7m_switch
  .balign 4
  .thumb_func
  .type   __wrap_armv7m_switch, %function
__wrap_armv7m_switch:
  mrs     r2, control
  tst     r2, #4                    // FPCA
  beq     1f
  mov     r2, #0
  vmov    s21, r2
1:
  b.w     __real_armv7m_switch
  .size __wrap_armv7m_switch, . - __wrap_armv7m_switch
