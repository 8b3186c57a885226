// A flavour of RCU for model programs: slots that report by hand, one queue, nobody who processes
// unless the program does.  `Policy` is the model's atomics, or a form of them with a bug planted.
#ifndef BATON_TESTS_MODEL_RCU_DOMAIN_H_
#define BATON_TESTS_MODEL_RCU_DOMAIN_H_

#include <cstddef>
#include <utility>

#include "sync/owned.h"
#include "sync/rcu/engine.h"
#include "sync/rcu/grace_periods.h"
#include "sync/rcu/rcu_ptr.h"
#include "sync/rcu/reader.h"
#include "sync/static_owned.h"
#include "tests/model/atomics.h"

namespace baton::model {

template <class Policy = ModelAtomics>
class ModelRcuDomain {
 public:
  using Atomics = Policy;
  using Head = sync::BasicRcuHead<Policy>;

  // A read section is what comes between two reports of its slot.
  void lock() noexcept {}
  void unlock() noexcept {}

  bool retire(Head& head, typename Head::Run run) noexcept {
    return engine_.queue(0).retire(head, run);
  }
  sync::RcuCookie start_poll() { return engine_.grace_periods().request(); }
  bool poll(sync::RcuCookie cookie) const { return engine_.grace_periods().reached(cookie); }
  void synchronize() {
    engine_.grace_periods().wait(start_poll(), [] {});
  }
  void barrier() {
    engine_.barrier([] {});
  }

  void enter(unsigned slot) { engine_.grace_periods().enter(slot); }
  void leave(unsigned slot) { engine_.grace_periods().leave(slot); }
  void quiescent(unsigned slot) { engine_.grace_periods().quiescent(slot); }
  std::size_t process() { return engine_.process(0, kAll); }
  bool is_empty() const { return engine_.backlog() == 0; }

 private:
  static constexpr std::size_t kAll = 8;
  sync::RcuEngine<2, 1, Policy> engine_;
};

/// What is published: a value that its owner writes and readers read.
template <class Policy = ModelAtomics>
struct Sign : ModelRcuDomain<Policy>::Head {
  explicit Sign(int whose) : home(whose) {}
  const int home;
  Plain<int> number{0};
};

/// A domain, a pointer that readers follow, and two signs to show.
template <class Policy = ModelAtomics>
struct SignPost {
  using Domain = ModelRcuDomain<Policy>;
  using Object = Sign<Policy>;

  Domain domain;
  sync::RcuPtr<Object, Domain> shown;
  sync::StaticOwned<Object, ModelAtomics> left{0};
  sync::StaticOwned<Object, ModelAtomics> right{1};

  /// One of the two signs, blank.  For the set-up.
  sync::Owned<Object> take(int home) { return (home == 0 ? left : right).claim(); }
  /// The sign with its number written, to be shown.  By whoever shows it.
  static sync::Owned<Object> paint(sync::Owned<Object> sign, int number) {
    sign->number.write(number);
    return sign;
  }
  /// A read section's reading; 0 when nothing is shown.
  int read() {
    const sync::BasicRcuReader<Domain> reader(domain);
    const Object* const sign = shown.get(reader);
    return sign == nullptr ? 0 : sign->number.read();
  }
  /// It is nobody else's any more: paints it over, and puts it away.
  void take_down(sync::Owned<Object> sign) {
    sign->number.write(0);
    (sign->home == 0 ? left : right).give_back(std::move(sign));
  }
};

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_RCU_DOMAIN_H_
