// Names for what each core has of a kind: "rcu/0", "rcu/1", ...  Any context; built by the
// compiler.
#ifndef BATON_KERNEL_CORE_NAMES_H_
#define BATON_KERNEL_CORE_NAMES_H_

#include <array>
#include <cstddef>
#include <string_view>

#include "arch/cpu.h"

namespace baton::kernel {

/// `kSize`: of the text before the core's number, as a literal has it.
template <std::size_t kSize>
class CoreNames {
 public:
  consteval explicit CoreNames(const char (&prefix)[kSize]) {
    for (std::size_t core = 0; core < names_.size(); ++core) {
      for (std::size_t i = 0; i + 1 < kSize; ++i) names_[core][i] = prefix[i];
      names_[core][kSize - 1] = static_cast<char>('0' + core);
    }
  }

  constexpr std::string_view operator[](unsigned core) const { return names_[core].data(); }
  constexpr const char* text(unsigned core) const { return names_[core].data(); }

 private:
  static_assert(arch::kMaxCores <= 10, "a core's number is one digit");
  std::array<std::array<char, kSize + 1>, arch::kMaxCores> names_{};
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_CORE_NAMES_H_
