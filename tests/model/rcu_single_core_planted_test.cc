// RCU on one core, broken in ways that the model programs have to find.
#include <optional>

#include "gtest/gtest.h"
#include "sync/rcu/grace_periods.h"
#include "sync/rcu/single_core_domain.h"
#include "tests/model/atomics.h"
#include "tests/model/planted.h"
#include "tests/model/rcu_single_core.h"

namespace baton::model {
namespace {

using Right = sync::BasicSingleCoreDomain<ModelCoreAtomics>;

// Runs callbacks when they are asked for.
class Hasty : public Right {
 public:
  void retire(Head& head, Head::Run run) { run(&head); }
};

// A stack whose top is changed in two steps.
using Torn = sync::BasicSingleCoreDomain<ModelTornAtomics>;

// Answers with a grace period that began before it was asked for.
class Early : public Right {
 public:
  Early() : first_(start_poll()) { quiescent(); }
  sync::RcuCookie start_poll() const { return first_.has_value() ? *first_ : Right::start_poll(); }

 private:
  std::optional<sync::RcuCookie> first_;
};

TEST(PlantedSingleCore, CallbacksThatRunAtOnce) {
  expect_found("single_core/hasty", "destroyed", handler_retires<Hasty>);
}
TEST(PlantedSingleCore, AStackThatIsNotAtomic) {
  expect_found("single_core/torn", "lost", all_retire<Torn>);
}
TEST(PlantedSingleCore, ACookieThatIsTooOld) {
  expect_found("single_core/early", "destroyed", handlers_poll<Early>);
}

}  // namespace
}  // namespace baton::model
