// Broken on purpose: two threads write one variable. ThreadSanitizer must stop it.
#include <thread>

int main() {
  int shared = 0;
  std::thread other([&shared] { ++shared; });
  ++shared;
  other.join();
  return shared == 2 ? 0 : 1;
}
