// Storage for a driver that can only be constructed once its addresses are known.
//
// Statics are constructed by the compiler (no constructor runs before boot_main), so a driver whose
// base comes from a device tree is put into such a place at boot.
#ifndef BATON_BOARDS_COMMON_LAZY_H_
#define BATON_BOARDS_COMMON_LAZY_H_

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include "base/assert.h"

namespace baton::board {

/// Room for one T, which lives from emplace() on, for good.
template <class T>
class Lazy {
 public:
  constexpr Lazy() {}  // NOLINT(modernize-use-equals-default): the union member has no default
  constexpr ~Lazy() = default;
  constexpr ~Lazy()
    requires(!std::is_trivially_destructible_v<T>)
  {}
  Lazy(const Lazy&) = delete;
  Lazy& operator=(const Lazy&) = delete;

  /// Once.
  template <class... Args>
  T& emplace(Args&&... args) {
    BATON_CHECK(!alive_);
    alive_ = true;
    return *std::construct_at(&value_, std::forward<Args>(args)...);
  }

 private:
  union {
    std::byte nothing_{};
    T value_;
  };
  bool alive_ = false;
};

}  // namespace baton::board

#endif  // BATON_BOARDS_COMMON_LAZY_H_
