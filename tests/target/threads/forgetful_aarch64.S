// In place of aarch64_save_fp (-Wl,--wrap): one register is lost before it is saved.
  .text
  .arch_extension fp
  .arch_extension simd

  .global __wrap_aarch64_save_fp
  .type __wrap_aarch64_save_fp, %function
__wrap_aarch64_save_fp:
  isb
  movi  v17.2d, #0
  b     __real_aarch64_save_fp
  .size __wrap_aarch64_save_fp, . - __wrap_aarch64_save_fp
