// The names under which compilers for 32-bit Arm call the C memory functions.  [RTABI32 4.3.4]
#include "arch/armv7m/asm.h"

  .syntax unified
  .thumb

// Copies: the same arguments as C's, no result.  The names with a number promise an alignment.
FUNC(__aeabi_memcpy)
  .global __aeabi_memcpy4, __aeabi_memcpy8
  .thumb_set __aeabi_memcpy4, __aeabi_memcpy
  .thumb_set __aeabi_memcpy8, __aeabi_memcpy
  b       memcpy
END_FUNC(__aeabi_memcpy)

FUNC(__aeabi_memmove)
  .global __aeabi_memmove4, __aeabi_memmove8
  .thumb_set __aeabi_memmove4, __aeabi_memmove
  .thumb_set __aeabi_memmove8, __aeabi_memmove
  b       memmove
END_FUNC(__aeabi_memmove)

// Fills: size before value, unlike C's.
//   In:        r0 = destination, r1 = size, r2 = value
FUNC(__aeabi_memset)
  .global __aeabi_memset4, __aeabi_memset8
  .thumb_set __aeabi_memset4, __aeabi_memset
  .thumb_set __aeabi_memset8, __aeabi_memset
  mov     r3, r1
  mov     r1, r2
  mov     r2, r3
  b       memset
END_FUNC(__aeabi_memset)

//   In:        r0 = destination, r1 = size
FUNC(__aeabi_memclr)
  .global __aeabi_memclr4, __aeabi_memclr8
  .thumb_set __aeabi_memclr4, __aeabi_memclr
  .thumb_set __aeabi_memclr8, __aeabi_memclr
  mov     r2, r1
  movs    r1, #0
  b       memset
END_FUNC(__aeabi_memclr)
