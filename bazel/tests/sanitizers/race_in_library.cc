// Broken on purpose: two threads append to one string through Abseil. ThreadSanitizer sees it only
// where the library is instrumented too.
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"

int main() {
  std::string shared;
  shared.reserve(64);
  std::thread other([&shared] { absl::StrAppend(&shared, "there"); });
  absl::StrAppend(&shared, "here");
  other.join();
  return 0;
}
