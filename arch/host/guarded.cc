#include "arch/guarded.h"

#include <sys/uio.h>
#include <unistd.h>

namespace baton::arch::internal {

bool guarded_copy(void* to, std::uintptr_t from, std::size_t bytes) noexcept {
  const iovec local{.iov_base = to, .iov_len = bytes};
  const iovec remote{.iov_base = reinterpret_cast<void*>(from), .iov_len = bytes};
  return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == static_cast<ssize_t>(bytes);
}

}  // namespace baton::arch::internal
