// Broken on purpose: drops the only pointer to an allocation. LeakSanitizer, part of
// AddressSanitizer, must report it.
#include <cstdlib>

namespace {
void* volatile kept = nullptr;
}  // namespace

int main() {
  kept = std::malloc(32);
  kept = nullptr;
  return 0;
}
