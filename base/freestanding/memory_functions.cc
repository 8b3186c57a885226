#include "base/freestanding/memory_functions.h"

#include <cstddef>

// Their C names, for compilers and C libraries' headers.  Declared by those, not here.
extern "C" {

void* memcpy(void* to, const void* from, std::size_t bytes);
void* memmove(void* to, const void* from, std::size_t bytes);
void* memset(void* to, int value, std::size_t bytes);
int memcmp(const void* a, const void* b, std::size_t bytes);
void* memchr(const void* in, int value, std::size_t bytes);
std::size_t strlen(const char* text);
std::size_t strnlen(const char* text, std::size_t limit);
int strcmp(const char* a, const char* b);
int strncmp(const char* a, const char* b, std::size_t limit);
char* strrchr(const char* text, int value);

BATON_NO_IDIOMS void* memcpy(void* to, const void* from, std::size_t bytes) {
  return baton::freestanding::copy(to, from, bytes);
}
BATON_NO_IDIOMS void* memmove(void* to, const void* from, std::size_t bytes) {
  return baton::freestanding::move(to, from, bytes);
}
BATON_NO_IDIOMS void* memset(void* to, int value, std::size_t bytes) {
  return baton::freestanding::fill(to, value, bytes);
}
BATON_NO_IDIOMS int memcmp(const void* a, const void* b, std::size_t bytes) {
  return baton::freestanding::compare(a, b, bytes);
}
BATON_NO_IDIOMS void* memchr(const void* in, int value, std::size_t bytes) {
  return const_cast<void*>(baton::freestanding::find(in, value, bytes));
}
BATON_NO_IDIOMS std::size_t strlen(const char* text) { return baton::freestanding::length(text); }
BATON_NO_IDIOMS std::size_t strnlen(const char* text, std::size_t limit) {
  return baton::freestanding::length_at_most(text, limit);
}
BATON_NO_IDIOMS int strcmp(const char* a, const char* b) {
  return baton::freestanding::compare_text(a, b, ~std::size_t{0});
}
BATON_NO_IDIOMS int strncmp(const char* a, const char* b, std::size_t limit) {
  return baton::freestanding::compare_text(a, b, limit);
}
BATON_NO_IDIOMS char* strrchr(const char* text, int value) {
  return const_cast<char*>(baton::freestanding::find_last(text, value));
}

}  // extern "C"
