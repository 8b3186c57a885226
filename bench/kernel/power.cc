#include "bench/kernel/power.h"

#include "base/time.h"
#include "kernel/console.h"
#include "kernel/machine.h"

namespace baton::kernel_bench {

kernel::shell::Status poweroff(kernel::shell::Context& context, kernel::shell::Words /*args*/) {
  context.print("power off\n");
  static_cast<void>(context.interrupted());  // what was written goes to the port
  kernel::console::flush(Duration::seconds(1));
  kernel::machine().power->power_off();
  return context.fail("the machine did not obey");
}

}  // namespace baton::kernel_bench
