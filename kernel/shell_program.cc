// The program of an image that has a shell: the shell, the heap, the watchdog.
#include "kernel/boot_arguments.h"
#include "kernel/console.h"
#include "kernel/cross_call.h"
#include "kernel/machine.h"
#include "kernel/program.h"
#include "kernel/sched/one_core.h"
#include "kernel/shell_thread.h"
#include "kernel/system_heap.h"
#include "kernel/watchdog.h"

namespace baton::kernel {

void start_program(const Machine& machine) {
  if constexpr (kOneCore) {
    // None of them is for such a machine, but a word that is not understood is told.
    LineWriter complaints;
    static_cast<void>(parse_boot_arguments(machine.boot_arguments, complaints));
    complaints.flush();
  }
  open_system_heap();
  register_mailboxes();
  watchdog::start();
  start_shell(machine.commands);
}

}  // namespace baton::kernel
