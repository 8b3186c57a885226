// Where the linker script put what; declared as bytes, of which only the addresses count.
#ifndef BATON_ARCH_ARMV7M_IMAGE_H_
#define BATON_ARCH_ARMV7M_IMAGE_H_

#include <cstddef>

extern "C" {
/// Its address is 0 or 1; weak, since compilers take it for granted that others have one.
[[gnu::weak]] extern const std::byte armv7m_use_mpu[];
extern const std::byte armv7m_flash_start[];
extern const std::byte armv7m_flash_end[];
extern const std::byte armv7m_ram_start[];
extern const std::byte armv7m_ram_end[];
extern const std::byte armv7m_vectors[];
extern const std::byte armv7m_text_start[];
extern const std::byte armv7m_text_end[];
extern const std::byte armv7m_rodata_start[];
extern const std::byte armv7m_rodata_end[];
extern const std::byte armv7m_build_id_start[];
extern const std::byte armv7m_build_id_end[];
extern const std::byte armv7m_handler_stack_start[];
extern const std::byte armv7m_handler_stack_end[];
extern const std::byte armv7m_thread_stack_start[];
extern const std::byte armv7m_thread_stack_end[];
extern const std::byte armv7m_data_start[];
extern const std::byte armv7m_data_end[];
extern const std::byte armv7m_bss_start[];
extern const std::byte armv7m_bss_end[];
}

#endif  // BATON_ARCH_ARMV7M_IMAGE_H_
