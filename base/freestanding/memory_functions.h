// The memory and string functions that every C++ compiler expects to find, without any register but
// the general ones.
//
// A C library's own use SIMD registers, which kernel code does not have.  Plain loops over words;
// nothing here is on a hot path.  memory_functions.cc gives them their C names in an image; tests
// call them by these.
#ifndef BATON_BASE_FREESTANDING_MEMORY_FUNCTIONS_H_
#define BATON_BASE_FREESTANDING_MEMORY_FUNCTIONS_H_

#include <cstddef>
#include <cstdint>

// The compiler must not turn these loops back into calls of the functions that they implement.
#define BATON_NO_IDIOMS \
  __attribute__((no_builtin("memcpy", "memmove", "memset", "memcmp", "bcmp", "strlen", "memchr")))

namespace baton::freestanding {

namespace internal {
using Word = std::uintptr_t;
// Words may alias any object.
using AliasingWord [[gnu::may_alias]] = Word;
inline bool word_aligned(const void* a, const void* b) {
  return ((reinterpret_cast<Word>(a) | reinterpret_cast<Word>(b)) % sizeof(Word)) == 0;
}
}  // namespace internal

/// [C23 7.26.2.1]
BATON_NO_IDIOMS inline void* copy(void* to, const void* from, std::size_t bytes) {
  auto* out = static_cast<unsigned char*>(to);
  const auto* in = static_cast<const unsigned char*>(from);
  if (internal::word_aligned(out, in)) {
    for (; bytes >= sizeof(internal::Word); bytes -= sizeof(internal::Word)) {
      *reinterpret_cast<internal::AliasingWord*>(out) =
          *reinterpret_cast<const internal::AliasingWord*>(in);
      out += sizeof(internal::Word);
      in += sizeof(internal::Word);
    }
  }
  for (; bytes != 0; --bytes) {
    *out++ = *in++;
  }
  return to;
}

/// [C23 7.26.2.3]
BATON_NO_IDIOMS inline void* move(void* to, const void* from, std::size_t bytes) {
  if (reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(from) >= bytes) {
    return copy(to, from, bytes);  // forwards is safe
  }
  auto* out = static_cast<unsigned char*>(to);
  const auto* in = static_cast<const unsigned char*>(from);
  while (bytes != 0) {
    --bytes;
    out[bytes] = in[bytes];
  }
  return to;
}

/// [C23 7.26.6.1]
BATON_NO_IDIOMS inline void* fill(void* to, int value, std::size_t bytes) {
  auto* out = static_cast<unsigned char*>(to);
  const auto byte = static_cast<unsigned char>(value);
  for (; bytes != 0 && !internal::word_aligned(out, out); --bytes) {
    *out++ = byte;
  }
  const internal::Word word = ~internal::Word{0} / 0xff * byte;
  for (; bytes >= sizeof(word); bytes -= sizeof(word)) {
    *reinterpret_cast<internal::AliasingWord*>(out) = word;
    out += sizeof(word);
  }
  for (; bytes != 0; --bytes) {
    *out++ = byte;
  }
  return to;
}

/// [C23 7.26.4.1]
BATON_NO_IDIOMS inline int compare(const void* a, const void* b, std::size_t bytes) {
  const auto* left = static_cast<const unsigned char*>(a);
  const auto* right = static_cast<const unsigned char*>(b);
  for (; bytes != 0; --bytes, ++left, ++right) {
    if (*left != *right) {
      return *left - *right;
    }
  }
  return 0;
}

/// [C23 7.26.5.1]
BATON_NO_IDIOMS inline const void* find(const void* in, int value, std::size_t bytes) {
  const auto* at = static_cast<const unsigned char*>(in);
  for (; bytes != 0; --bytes, ++at) {
    if (*at == static_cast<unsigned char>(value)) {
      return at;
    }
  }
  return nullptr;
}

/// [POSIX strnlen]
BATON_NO_IDIOMS inline std::size_t length_at_most(const char* text, std::size_t limit) {
  std::size_t length = 0;
  while (length != limit && text[length] != '\0') {
    ++length;
  }
  return length;
}

/// [C23 7.26.6.3]
BATON_NO_IDIOMS inline std::size_t length(const char* text) {
  return length_at_most(text, ~std::size_t{0});
}

/// [C23 7.26.4.4]
BATON_NO_IDIOMS inline int compare_text(const char* a, const char* b, std::size_t limit) {
  for (; limit != 0; --limit, ++a, ++b) {
    if (*a != *b || *a == '\0') {
      return static_cast<unsigned char>(*a) - static_cast<unsigned char>(*b);
    }
  }
  return 0;
}

/// [C23 7.26.5.5] The last one.
BATON_NO_IDIOMS inline const char* find_last(const char* text, int value) {
  const char* found = nullptr;
  for (;; ++text) {
    if (*text == static_cast<char>(value)) {
      found = text;
    }
    if (*text == '\0') {
      return found;
    }
  }
}

}  // namespace baton::freestanding

#endif  // BATON_BASE_FREESTANDING_MEMORY_FUNCTIONS_H_
