// One context that hammers: a core's thread, or its interrupt handler.  It never waits: what cannot
// be done now is counted and left.
#ifndef BATON_TESTS_TARGET_HAMMER_PLAYER_H_
#define BATON_TESTS_TARGET_HAMMER_PLAYER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "sync/combining_cell.h"
#include "sync/owned.h"
#include "tests/target/hammer/hands.h"
#include "tests/target/hammer/objects.h"
#include "tests/target/hammer/tally.h"

namespace baton::hammer {

template <class TakeCell>
class Player {
 public:
  using AnvilType = Anvil<TakeCell>;

  /// Whether this one begins with something in its hands: most do.
  static constexpr bool is_dealt(std::size_t number) { return number % 4 != 3; }
  void begin(AnvilType& anvil, std::size_t number) {
    anvil_ = &anvil;
    number_ = number;
    random_ = Random(0x9e3779b97f4a7c15U * (number + 1));
    if (is_dealt(number)) {
      balls.ball = anvil.balls.make();
      (*balls.ball)->number = number;
      coins.coin.emplace();
      coins.coin->number = number;
      tokens.token = static_cast<std::uint32_t>(number);
    }
  }

  /// One operation on one object.
  void play() {
    switch (static_cast<Object>(pick(kObjectNames.size()))) {
      case Object::kTake:
        return balls.play(anvil_->take, pick(5));
      case Object::kMap:
        return coins.play(anvil_->map, pick(4));
      case Object::kOptional:
        return tokens.play(anvil_->optional, pick(3));
      case Object::kNumeric:
        return play_numeric();
      case Object::kCombining:
      case Object::kPool:
        return play_combining();
      case Object::kInbox:
        return play_inbox();
    }
  }
  unsigned pick(std::size_t n) { return random_.pick(n); }

  BallHand<TakeCell> balls;
  CoinHand coins;
  TokenHand tokens;

  // For the count afterwards.
  const Tally& tally(Object object) const {
    switch (object) {
      case Object::kTake:
        return balls.tally;
      case Object::kMap:
        return coins.tally;
      case Object::kOptional:
        return tokens.tally;
      default:
        return tallies_[static_cast<std::size_t>(object)];
    }
  }
  std::uint64_t added() const { return added_; }
  std::uint64_t submitted() const { return submitted_; }
  std::uint64_t pushed() const { return pushed_; }

 private:
  Tally& count(Object object) { return tallies_[static_cast<std::size_t>(object)]; }

  void play_numeric() {
    Tally& tally = count(Object::kNumeric);
    switch (pick(3)) {
      case 0: {
        const std::uint64_t amount = pick(100);
        anvil_->numeric.add(amount);
        added_ += amount;
        break;
      }
      case 1:
        anvil_->numeric.decrement();
        --added_;
        break;
      default: {
        unsigned tries = 0;
        anvil_->numeric.update([&tries](std::uint64_t n) {
          ++tries;
          return n + 1;
        });
        tally.busy += tries - 1;
        ++added_;
      }
    }
    ++tally.done;
  }

  void play_combining() {
    Tally& pool = count(Object::kPool);
    auto entry = anvil_->entries.make(number_, submitted_ + 1);
    if (!entry) {
      ++pool.empty;
      // Perhaps a holder left them behind.
      return anvil_->book.drain();
    }
    ++pool.done;
    ++submitted_;
    Tally& tally = count(Object::kCombining);
    ++(anvil_->book.submit(std::move(*entry)) == sync::Submitted::kRan ? tally.done : tally.busy);
  }

  void play_inbox() {
    Tally& tally = count(Object::kInbox);
    if (pick(2) == 0) {
      if (auto message = anvil_->messages.make(number_, pushed_ + 1)) {
        ++count(Object::kPool).done;
        ++pushed_;
        ++tally.done;
        anvil_->inbox.push(std::move(*message));
        return;
      }
      ++count(Object::kPool).empty;
    }
    auto read = anvil_->desk.map([this](Series& desk) {
      auto batch = anvil_->inbox.take_all();
      const bool any = !batch.is_empty();
      while (auto message = batch.pop_front()) {
        desk.arrive((*message)->player, (*message)->number);
      }
      return any;
    });
    if (!read) {
      ++tally.busy;
    } else {
      ++(*read ? tally.done : tally.empty);
    }
  }

  AnvilType* anvil_ = nullptr;
  std::size_t number_ = 0;
  Random random_{1};
  std::array<Tally, kObjectNames.size()> tallies_{};
  std::uint64_t added_ = 0;
  std::uint64_t submitted_ = 0;
  std::uint64_t pushed_ = 0;
};

}  // namespace baton::hammer

#endif  // BATON_TESTS_TARGET_HAMMER_PLAYER_H_
