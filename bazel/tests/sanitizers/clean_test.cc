// The other side of the controls: a right program passes under each sanitizer, and is really built
// with it.
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace {

TEST(Clean, AtomicCounterOfTwoThreads) {
  std::atomic<int> count{0};
  std::thread other([&count] { count.fetch_add(1, std::memory_order_relaxed); });
  count.fetch_add(1, std::memory_order_relaxed);
  other.join();
  EXPECT_EQ(absl::StrCat(count.load(std::memory_order_relaxed)), "2");
}

TEST(Clean, IsBuiltAsItsNameSays) {
#if __has_feature(thread_sanitizer)
  const char* const built = "tsan";
#elif __has_feature(address_sanitizer)
  const char* const built = "asan_ubsan";
#else
  const char* const built = "plain";
#endif
  const char* const target = std::getenv("TEST_TARGET");
  ASSERT_NE(target, nullptr);
  const std::string_view label(target);
  const std::string_view expected = label.ends_with("_tsan")         ? "tsan"
                                    : label.ends_with("_asan_ubsan") ? "asan_ubsan"
                                                                     : "plain";
  EXPECT_EQ(built, expected);
}

}  // namespace
