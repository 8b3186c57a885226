// Broken on purpose: writes behind an array. AddressSanitizer must stop it.
#include <memory>

int main(int argc, char**) {
  const auto numbers = std::make_unique<int[]>(4);
  numbers[static_cast<std::size_t>(argc) + 3] = 1;
  return 0;
}
