#include "tests/model/mutation.h"

#include <algorithm>
#include <tuple>

#include "tests/model/trace.h"

namespace baton::model {

std::vector<std::memory_order> weaker_orders(std::memory_order order) {
  switch (order) {
    case std::memory_order_seq_cst:
      return {std::memory_order_acq_rel};
    case std::memory_order_acq_rel:
      return {std::memory_order_acquire, std::memory_order_release};
    case std::memory_order_acquire:
    case std::memory_order_release:
    case std::memory_order_consume:
      return {std::memory_order_relaxed};
    case std::memory_order_relaxed:
      return {};
  }
  return {};
}

std::memory_order Mutator::look_up(const std::source_location& where, bool on_failure,
                                   std::memory_order order) {
  const Site* const target = active_ == nullptr ? nullptr : &active_->site;
  // Line and column first: a path is compared only where they agree.
  if (target != nullptr && where.line() == target->line && where.column() == target->column &&
      on_failure == target->on_failure && short_path(where.file_name()) == target->file) {
    return active_->weaker;
  }
  if (recording_) {
    Site site = {.file = short_path(where.file_name()),
                 .line = where.line(),
                 .column = where.column(),
                 .on_failure = on_failure,
                 .order = order};
    const bool known = std::any_of(sites_.begin(), sites_.end(),
                                   [&site](const Site& s) { return s.is_same_place(site); });
    if (!known) sites_.push_back(std::move(site));
  }
  return order;
}

std::vector<Site> Mutator::sites() const {
  std::vector<Site> sorted = sites_;
  std::sort(sorted.begin(), sorted.end(), [](const Site& a, const Site& b) {
    return std::tie(a.file, a.line, a.column, a.on_failure) <
           std::tie(b.file, b.line, b.column, b.on_failure);
  });
  return sorted;
}

Mutator& mutator() {
  static Mutator the_one;
  return the_one;
}

}  // namespace baton::model
