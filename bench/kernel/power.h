// `poweroff`, which an image needs to end.
#ifndef BATON_BENCH_KERNEL_POWER_H_
#define BATON_BENCH_KERNEL_POWER_H_

#include "kernel/shell/command.h"

namespace baton::kernel_bench {

kernel::shell::Status poweroff(kernel::shell::Context& context, kernel::shell::Words args);

}  // namespace baton::kernel_bench

#endif  // BATON_BENCH_KERNEL_POWER_H_
