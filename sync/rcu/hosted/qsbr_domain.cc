#include "sync/rcu/hosted/qsbr_domain.h"

#include "sync/misuse.h"
#include "sync/rcu/hosted/reclaimer.h"

namespace baton::sync {

QsbrDomain& QsbrDomain::default_domain() {
  // Never destroyed: threads may read, and callbacks be pending, until the very end.
  static QsbrDomain& domain = *new QsbrDomain;
  return domain;
}

QsbrDomain::ReaderThread* QsbrDomain::attached() const {
  for (ReaderThread* thread = threads_; thread != nullptr; thread = thread->next_) {
    if (&thread->domain_ == this) return thread;
  }
  return nullptr;
}

void QsbrDomain::check_attached() const {
  [[maybe_unused]] const ReaderThread* const thread = attached();
  BATON_NO_MISUSE(thread != nullptr && thread->online_, this,
                  "a thread reads that is not attached to its RCU domain, or offline");
}

void QsbrDomain::synchronize() {
  BATON_NO_MISUSE(depth_ == 0, this, "a thread in a read section waits for a grace period");
  ReaderThread* const me = attached();
  const bool was_online = me != nullptr && me->online_;
  if (was_online) me->offline();
  wait_for_grace_period();
  if (was_online) me->online();
}

void QsbrDomain::barrier() {
  BATON_NO_MISUSE(depth_ == 0, this, "a thread in a read section waits for callbacks");
  ReaderThread* const me = attached();
  const bool was_online = me != nullptr && me->online_;
  if (was_online) me->offline();
  wait_for_callbacks();
  if (was_online) me->online();
}

QsbrDomain::ReaderThread::ReaderThread(QsbrDomain& domain)
    : domain_(domain), slot_(domain.take_slot()), next_(threads_) {
  BATON_NO_MISUSE(domain.attached() == nullptr, this, "a thread is attached to its domain twice");
  threads_ = this;
  domain_.engine().enter(slot_);
  if (&domain == &default_domain()) RcuReclaimer::of_default<QsbrDomain>();
}

QsbrDomain::ReaderThread::~ReaderThread() {
  BATON_NO_MISUSE(depth_ == 0, this, "a thread is detached inside a read section");
  offline();
  for (ReaderThread** link = &threads_; *link != nullptr; link = &(*link)->next_) {
    if (*link == this) {
      *link = next_;
      break;
    }
  }
  domain_.return_slot(slot_);
}

void QsbrDomain::ReaderThread::offline() {
  BATON_NO_MISUSE(depth_ == 0, this, "a thread goes offline inside a read section");
  if (!online_) return;
  online_ = false;
  domain_.engine().leave(slot_);
}

void QsbrDomain::ReaderThread::online() {
  if (online_) return;
  online_ = true;
  domain_.engine().enter(slot_);
}

}  // namespace baton::sync
