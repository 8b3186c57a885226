// The way out of the virtual machine, under the name that it has on a board under an emulator.
#ifndef BATON_ARCH_HOST_SEMIHOSTING_H_
#define BATON_ARCH_HOST_SEMIHOSTING_H_

#include <cstdint>
#include <optional>

namespace baton::arch::semihosting {

/// Ends the machine's run with `status`.  Any context.
void exit(std::uint8_t status) noexcept;

/// Writes text to the process's standard output, as it is.  Any context.
void write(const char* text) noexcept;

/// Who answers call(): a test's stand-in for a debugger.
class Listener {
 public:
  virtual std::uintptr_t call(std::uint32_t operation, const void* block) noexcept = 0;

 protected:
  ~Listener() = default;
};
/// From now on `listener` answers, or nobody if null.  While nobody calls.
void set_listener(Listener* listener) noexcept;

/// One operation, whose parameters are in `block`: its answer, or nothing where nobody listens.
std::optional<std::uintptr_t> call(std::uint32_t operation, const void* block) noexcept;

}  // namespace baton::arch::semihosting

#endif  // BATON_ARCH_HOST_SEMIHOSTING_H_
