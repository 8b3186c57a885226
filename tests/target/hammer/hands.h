// What a player of the hammer may have in its hands: a ball for the take cell, a coin for the map
// cell, a token for the optional cell.  Each hand plays with its own cell and counts.
#ifndef BATON_TESTS_TARGET_HAMMER_HANDS_H_
#define BATON_TESTS_TARGET_HAMMER_HANDS_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "sync/map_cell.h"
#include "sync/optional_cell.h"
#include "sync/owned.h"
#include "tests/target/hammer/objects.h"
#include "tests/target/hammer/tally.h"

namespace baton::hammer {

template <class TakeCell>
class BallHand {
 public:
  std::optional<sync::Owned<Ball>> ball;
  Tally tally;
  std::uint64_t uses = 0;

  void play(TakeCell& cell, unsigned move) {
    switch (move) {
      case 0:
        return ball ? put(cell) : take(cell);
      case 1:
        return ball ? replace(cell) : map(cell);
      case 2:
        return lease(cell);
      default:
        return map(cell);
    }
  }

 private:
  void use(Ball& used) {
    used.use.count();
    ++uses;
    ++tally.done;
  }
  void take(TakeCell& cell) {
    auto taken = cell.take();
    if (!taken) {
      return tally.note(taken.error());
    }
    ball = std::move(*taken);
    use(**ball);
  }
  void put(TakeCell& cell) {
    use(**ball);
    auto put = cell.put(std::move(*ball));
    ball.reset();
    if (!put) {
      tally.note(put.error().why);
      ball = std::move(put.error().object);
    }
  }
  void replace(TakeCell& cell) {
    use(**ball);
    auto replaced = cell.replace(std::move(*ball));
    ball.reset();
    if (!replaced) {
      tally.note(replaced.error().why);
      ball = std::move(replaced.error().object);
    } else if (replaced->has_value()) {
      ball = std::move(**replaced);
    }
  }
  void map(TakeCell& cell) {
    auto ran = cell.map([this](Ball& inside) { use(inside); });
    if (!ran) {
      tally.note(ran.error());
    }
  }
  void lease(TakeCell& cell) {
    auto lease = cell.lease();
    if (!lease) {
      return tally.note(lease.error());
    }
    use(**lease);
    if (!ball) {
      ball = std::move(*lease).take();
    }
  }
};

class CoinHand {
 public:
  std::optional<Coin> coin;
  Tally tally;
  std::uint64_t uses = 0;

  void play(sync::AtomicMapCell<Coin>& cell, unsigned move) {
    if (move == 0) {
      return coin ? put(cell) : take(cell);
    }
    return move == 1 && coin ? replace(cell) : map(cell);
  }

 private:
  void use(Coin& used) {
    used.use.count();
    ++uses;
    ++tally.done;
  }
  void take(sync::AtomicMapCell<Coin>& cell) {
    auto taken = cell.take();
    if (!taken) {
      return tally.note(taken.error());
    }
    coin = *taken;
    use(*coin);
  }
  void put(sync::AtomicMapCell<Coin>& cell) {
    use(*coin);
    auto put = cell.put(*coin);
    coin.reset();
    if (!put) {
      tally.note(put.error().why);
      coin = put.error().value;
    }
  }
  void replace(sync::AtomicMapCell<Coin>& cell) {
    use(*coin);
    auto replaced = cell.replace(*coin);
    coin.reset();
    if (!replaced) {
      tally.note(replaced.error().why);
      coin = replaced.error().value;
    } else if (replaced->has_value()) {
      coin = **replaced;
    }
  }
  void map(sync::AtomicMapCell<Coin>& cell) {
    auto ran = cell.map([this](Coin& inside) { use(inside); });
    if (!ran) {
      tally.note(ran.error());
    }
  }
};

class TokenHand {
 public:
  std::optional<std::uint32_t> token;
  Tally tally;

  void play(sync::AtomicOptionalCell<std::uint32_t>& cell, unsigned move) {
    if (move == 0) {
      return update(cell);
    }
    if (move == 1 && token) {
      token = cell.replace(*token);
    } else if (!token) {
      token = cell.take();
      if (!token) {
        ++tally.empty;
        return;
      }
    } else if (cell.put(*token)) {
      token.reset();
    } else {
      ++tally.full;
      return;
    }
    ++tally.done;
  }

 private:
  void update(sync::AtomicOptionalCell<std::uint32_t>& cell) {
    unsigned tries = 0;
    const auto same = [&tries](std::uint32_t inside) {
      ++tries;
      return inside;
    };
    if (!cell.update(same)) {
      ++tally.empty;
      return;
    }
    tally.busy += tries - 1;
    ++tally.done;
  }
};

}  // namespace baton::hammer

#endif  // BATON_TESTS_TARGET_HAMMER_HANDS_H_
