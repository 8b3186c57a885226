// Objects that model programs pass around.
#ifndef BATON_TESTS_MODEL_OBJECTS_H_
#define BATON_TESTS_MODEL_OBJECTS_H_

#include <optional>
#include <utility>

#include "sync/batch.h"
#include "sync/owned.h"
#include "sync/static_owned.h"
#include "tests/model/atomics.h"

namespace baton::model {

/// Its value is plain: whoever holds the ball without having synchronized with its last holder
/// races.
struct Ball {
  explicit Ball(int n = 0) : number(n) {}
  Plain<int> value{0};
  int number;
  sync::InboxHook<Ball, ModelAtomics> hook;
};

using BallHome = sync::StaticOwned<Ball, ModelAtomics>;
using Hand = std::optional<sync::Owned<Ball>>;

/// Somebody holds a ball: counts, and so shows that nobody else does.
inline void touch(const sync::Owned<Ball>& ball) { ball->value.write(ball->value.read() + 1); }

/// After the threads: the balls that were found, each of which must be found exactly once.
class Census {
 public:
  void count(Hand& hand) {
    if (hand.has_value()) count(std::move(*hand));
    hand.reset();
  }
  void count(sync::Owned<Ball> ball) {
    require(ball->number < kMax && !found_[ball->number], "duplicated: a ball was found twice");
    found_[ball->number] = true;
    ++total_;
    touch(ball);
    static_cast<void>(sync::internal::OwnedAccess::disown(std::move(ball)));
  }
  void expect(int total) const { require(total_ == total, "lost: a ball was not found again"); }

 private:
  static constexpr int kMax = 8;
  bool found_[kMax] = {};
  int total_ = 0;
};

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_OBJECTS_H_
