// What an assertion does in a hosted program (tests, tools): print where, then abort.
#include <cstdio>
#include <cstdlib>

#include "base/assert.h"

namespace baton {

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace baton
