// The linker script's symbols (link/kernel.ld), as addresses.
#ifndef BATON_ARCH_AARCH64_IMAGE_H_
#define BATON_ARCH_AARCH64_IMAGE_H_

#include <cstddef>

extern "C" {
extern std::byte __text_start[];
extern std::byte __text_end[];
extern std::byte __rodata_start[];
extern std::byte __rodata_end[];
extern std::byte __data_start[];
extern std::byte __data_end[];
extern std::byte __build_id_note_start[];
extern std::byte __build_id_note_end[];
}

#endif  // BATON_ARCH_AARCH64_IMAGE_H_
