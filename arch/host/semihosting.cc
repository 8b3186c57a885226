#include "arch/semihosting.h"

#include <cstdio>

#include "arch/host/machine.h"

namespace baton::arch::semihosting {

void exit(std::uint8_t status) noexcept { host::stop(status); }

void write(const char* text) noexcept { std::fputs(text, stdout); }

}  // namespace baton::arch::semihosting
