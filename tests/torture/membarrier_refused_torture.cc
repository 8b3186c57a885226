// Tortures MembarrierDomain where the operating system refuses membarrier, as old kernels and
// sandboxes do: its readers then execute fences of their own.
#include <linux/filter.h>
#include <linux/membarrier.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>

#include "sync/rcu/hosted/membarrier_domain.h"
#include "tests/torture/flavour_main.h"

namespace {

/// From now on membarrier fails in this process [seccomp(2)].
bool refuse_membarrier() {
  std::array<sock_filter, 4> filter = {{
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_membarrier},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  }};
  const sock_fprog program = {.len = filter.size(), .filter = filter.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return false;
  return syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0) == -1 && errno == ENOSYS;
}

}  // namespace

int main(int argc, char** argv) {
  if (!refuse_membarrier()) {
    std::perror("membarrier cannot be refused");
    return 1;
  }
  return baton::torture::flavour_main<baton::sync::MembarrierDomain>(argc, argv);
}
