// Where these images write: the emulator's console.
#ifndef BATON_TESTS_TARGET_CONTEXT_REPORT_H_
#define BATON_TESTS_TARGET_CONTEXT_REPORT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "arch/semihosting.h"
#include "base/format.h"

namespace baton::context_test {

/// What the emulator ends with.
inline constexpr std::uint8_t kRight = 7;
inline constexpr std::uint8_t kWrong = 3;
inline constexpr std::uint8_t kAssertionFailed = 4;
inline constexpr std::uint8_t kFault = 5;

/// Passes text on in pieces.  One core at a time.
class Report final : public TextSink {
 public:
  Report() = default;
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;
  ~Report() { flush(); }

  void write(std::string_view text) override {
    for (const char c : text) {
      if (size_ == buffer_.size() - 1) {
        flush();
      }
      buffer_[size_++] = c;
    }
  }
  void flush() {
    buffer_[size_] = '\0';
    arch::semihosting::write(buffer_.data());
    size_ = 0;
  }

 private:
  std::array<char, 256> buffer_{};
  std::size_t size_ = 0;
};

/// Ends the emulator.
[[noreturn]] void stop(std::uint8_t status);

}  // namespace baton::context_test

#endif  // BATON_TESTS_TARGET_CONTEXT_REPORT_H_
