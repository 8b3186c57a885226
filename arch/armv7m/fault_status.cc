#include "arch/armv7m/fault_status.h"

#include <array>
#include <string_view>

namespace baton::arch {
namespace {

struct Bit {
  unsigned number;
  std::string_view words;
};

constexpr std::array<Bit, 17> kCauses = {{
    {.number = 0, .words = "an instruction fetch that the MPU forbids"},
    {.number = 1, .words = "a data access that the MPU forbids"},
    {.number = 3, .words = "the MPU forbade to unstack at the end of an exception"},
    {.number = 4, .words = "the MPU forbade to stack at the begin of an exception"},
    {.number = 5, .words = "the MPU forbade to stack FP registers"},
    {.number = 8, .words = "a bus error on an instruction fetch"},
    {.number = 9, .words = "a bus error on a data access"},
    {.number = 10, .words = "a bus error on an earlier write"},
    {.number = 11, .words = "a bus error while unstacking at the end of an exception"},
    {.number = 12, .words = "a bus error while stacking at the begin of an exception"},
    {.number = 13, .words = "a bus error while stacking FP registers"},
    {.number = 16, .words = "an undefined instruction"},
    {.number = 17, .words = "an instruction in a state that there is not (no Thumb bit?)"},
    {.number = 18, .words = "a return from an exception to nowhere"},
    {.number = 19, .words = "an instruction of a coprocessor that is off or is not there"},
    {.number = 24, .words = "an access that is not aligned"},
    {.number = 25, .words = "a division by zero"},
}};

constexpr std::string_view name_of(std::uint32_t exception) {
  switch (exception) {
    case 2:
      return "NMI";
    case 3:
      return "HardFault";
    case 4:
      return "MemManage";
    case 5:
      return "BusFault";
    case 6:
      return "UsageFault";
    case 11:
      return "SVCall";
    case 12:
      return "DebugMonitor";
    default:
      return "exception";
  }
}

}  // namespace

void describe(TextSink& out, const FaultStatus& status) {
  constexpr std::uint32_t kVectorRead = 1U << 1U;
  constexpr std::uint32_t kBreakpoint = 1U << 31U;
  bool said = false;
  const auto say = [&out, &said](std::string_view words) {
    if (said) out.write(", and ");
    out.write(words);
    said = true;
  };
  for (const Bit& bit : kCauses) {
    if ((status.cfsr >> bit.number & 1U) != 0) say(bit.words);
  }
  if ((status.hfsr & kVectorRead) != 0) say("a vector that could not be read");
  if ((status.hfsr & kBreakpoint) != 0) say("a breakpoint to which nobody listens");
  if (!said) say("an exception that nothing in Baton causes");
  if (const auto address = status.address()) format_to(out, ", address {:#010x}", *address);
  format_to(out, " ({} {})", name_of(status.exception), status.exception);
}

}  // namespace baton::arch
