// RCU with C++26's names ([saferecl.rcu]), for the default domain of this build and for any other.
//
// Stronger than C++26 promises: retire() never allocates, never throws, and may be called from an
// interrupt handler; neither retire() nor unlock() ever runs a callback; a grace period can be
// asked about without waiting (start_poll, poll).  In return an object that is retired carries an
// RcuHead.
#ifndef BATON_SYNC_RCU_RCU_H_
#define BATON_SYNC_RCU_RCU_H_

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

#include "sync/rcu/callbacks.h"
#include "sync/rcu/grace_periods.h"
#include "sync/rcu/rcu_domain.h"
#include "sync/rcu/reader.h"

namespace baton::sync {

/// What a flavour of RCU offers.
template <class D>
concept RcuDomain =
    requires(D& domain, typename D::Head& head, typename D::Head::Run run, RcuCookie cookie) {
      domain.lock();
      { domain.try_lock() } -> std::same_as<bool>;
      domain.unlock();
      { domain.retire(head, run) } noexcept;
      { domain.start_poll() } -> std::same_as<RcuCookie>;
      { domain.poll(cookie) } -> std::same_as<bool>;
      domain.synchronize();
      domain.barrier();
      { D::default_domain() } -> std::same_as<D&>;
    };
static_assert(RcuDomain<rcu_domain>);

using RcuReader = BasicRcuReader<rcu_domain>;

inline rcu_domain& rcu_default_domain() noexcept { return rcu_domain::default_domain(); }

/// Base of objects that are deleted after a grace period; for those with a home, see retired.h.
template <class T, class D = std::default_delete<T>, class Domain = rcu_domain>
class rcu_obj_base : private Domain::Head {
 public:
  /// `d(p)` is called, p being this object, after a grace period.  Any context.
  void retire(D d = D(), Domain& domain = Domain::default_domain()) noexcept {
    deleter_ = std::move(d);
    domain.retire(*this, [](typename Domain::Head* head) {
      auto* const base = static_cast<rcu_obj_base*>(head);
      D deleter = std::move(base->deleter_);
      deleter(static_cast<T*>(base));
    });
  }

 protected:
  rcu_obj_base() = default;
  ~rcu_obj_base() = default;

 private:
  [[no_unique_address]] D deleter_{};
};

/// `D()(p)` is called after a grace period.  C++26's takes any pointer and may allocate; this one
/// takes what carries an RcuHead and a deleter without state, and does not.
template <class T, class D = std::default_delete<T>, class Domain = rcu_domain>
  requires std::derived_from<T, typename Domain::Head> && std::is_empty_v<D>
void rcu_retire(T* p, [[maybe_unused]] D d = D(),
                Domain& domain = Domain::default_domain()) noexcept {
  domain.retire(*p, [](typename Domain::Head* head) { D()(static_cast<T*>(head)); });
}

/// Waits for a grace period: every read section that had begun before is over.
template <class Domain = rcu_domain>
void rcu_synchronize(Domain& domain = Domain::default_domain()) {
  domain.synchronize();
}

/// Waits until everything that was retired before has been run.  Not a grace period by itself.
template <class Domain = rcu_domain>
void rcu_barrier(Domain& domain = Domain::default_domain()) {
  domain.barrier();
}

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_RCU_H_
