// Tortures MembarrierDomain.
#include "sync/rcu/hosted/membarrier_domain.h"
#include "tests/torture/flavour_main.h"

int main(int argc, char** argv) {
  return baton::torture::flavour_main<baton::sync::MembarrierDomain>(argc, argv);
}
