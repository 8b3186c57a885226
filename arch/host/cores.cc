#include "arch/cores.h"

#include "arch/host/machine.h"
#include "arch/upcalls.h"

namespace baton::arch {

Result<void> start_core(unsigned index, std::uint64_t affinity, StartMethod method) {
  if (method.kind == StartMethod::Kind::kNone) {
    return fail(Error::kUnsupported);
  }
  if (affinity != index || !host::start_core(index, &secondary_main)) {
    return fail(Error::kInvalidArgument);
  }
  return {};
}

std::string_view core_model_name(std::uint32_t /*model*/) noexcept { return "virtual core"; }

}  // namespace baton::arch
