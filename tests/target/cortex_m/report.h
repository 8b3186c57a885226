// Where the images of these tests write: the emulator's console.
#ifndef BATON_TESTS_TARGET_CORTEX_M_REPORT_H_
#define BATON_TESTS_TARGET_CORTEX_M_REPORT_H_

#include <array>
#include <cstddef>
#include <string_view>

#include "arch/semihosting.h"
#include "base/format.h"

namespace baton::cortex_m {

/// Passes text on in large pieces, as each costs a stop of the machine.  flush() at the end.
class Report final : public TextSink {
 public:
  void write(std::string_view text) override {
    for (const char c : text) {
      if (size_ == buffer_.size() - 1) flush();
      buffer_[size_++] = c;
    }
  }
  void flush() {
    buffer_[size_] = '\0';
    arch::semihosting::write(buffer_.data());
    size_ = 0;
  }

 private:
  std::array<char, 512> buffer_{};
  std::size_t size_ = 0;
};

}  // namespace baton::cortex_m

#endif  // BATON_TESTS_TARGET_CORTEX_M_REPORT_H_
