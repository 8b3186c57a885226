// Tortures QsbrDomain.
#include "sync/rcu/hosted/qsbr_domain.h"
#include "tests/torture/flavour_main.h"

int main(int argc, char** argv) {
  return baton::torture::flavour_main<baton::sync::QsbrDomain>(argc, argv);
}
