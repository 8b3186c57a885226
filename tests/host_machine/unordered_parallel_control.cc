// Must be stopped by ThreadSanitizer: a fiber goes to another OS thread without release and
// acquire.
#include "tests/host_machine/migration.h"

int main() { return baton::host_test::hand_over_unordered(baton::arch::host::Mode::kParallel); }
