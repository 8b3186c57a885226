// Must be stopped by ThreadSanitizer: virtual CPUs on one OS thread are threads for it.
#include "tests/host_machine/migration.h"

int main() { return baton::host_test::hand_over_unordered(baton::arch::host::Mode::kSimulated); }
