// All of RCU on one core, as functions of their own, for one_core_code_test to look at what they
// compile to.

#include <cstddef>

#include "sync/rcu/grace_periods.h"
#include "sync/rcu/rcu_ptr.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/single_core_domain.h"

namespace baton::sync {

using Domain = SingleCoreDomain;

struct Sign : Domain::Head {
  int number = 0;
};

extern "C" {

#define CODEGEN(result, name, ...)    \
  result codegen_##name(__VA_ARGS__); \
  [[gnu::noinline]] result codegen_##name(__VA_ARGS__)

CODEGEN(int, read, const RcuPtr<Sign, Domain>& shown) {
  const BasicRcuReader<Domain> reader;
  return shown.get(reader)->number;
}
// Volatile: loaded when it is asked for, as what is shown is.
CODEGEN(int, plain_read, Sign* const volatile& shown) { return shown->number; }
CODEGEN(void, quiescent, Domain& domain) { domain.quiescent(); }
CODEGEN(void, synchronize, Domain& domain) { domain.synchronize(); }
CODEGEN(bool, retire, Domain& domain, Domain::Head& head, Domain::Head::Run run) {
  return domain.retire(head, run);
}
CODEGEN(std::size_t, process, Domain& domain) { return domain.process(); }
CODEGEN(void, barrier, Domain& domain) { domain.barrier(); }
CODEGEN(void, start_poll, const Domain& domain, RcuCookie& cookie) { cookie = domain.start_poll(); }
CODEGEN(bool, poll, const Domain& domain, const RcuCookie& cookie) { return domain.poll(cookie); }
CODEGEN(bool, has_work, const Domain& domain) { return domain.has_work(); }

}  // extern "C"

}  // namespace baton::sync
