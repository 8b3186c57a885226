// Optional and numeric cells under the sweep: one word each.
#ifndef BATON_TESTS_TARGET_CORTEX_M_WORD_CELL_SUBJECTS_H_
#define BATON_TESTS_TARGET_CORTEX_M_WORD_CELL_SUBJECTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "sync/numeric_cell.h"
#include "sync/optional_cell.h"
#include "tests/target/cortex_m/sweep.h"

namespace baton::cortex_m {

/// Answers: d done, with the value that came out, or e where there was none; f a put refused.
/// Remains: whether there is a value, and which.
template <class Atomics>
class OptionalCellSubject {
  using Value = std::uint16_t;

 public:
  static constexpr std::array<const char*, 2> kStarts = {"empty", "full"};

  static void prepare(std::size_t start) {
    cell_.clear();
    if (start == 1) cell_.set(kFirst);
  }
  static Remains finish() {
    const std::optional<Value> left = cell_.get();
    Remains remains{};
    if (left.has_value()) remains = {1, *left};
    return remains;
  }

  [[gnu::noinline]] static Answer take(Actor /*actor*/) { return value_of(cell_.take()); }
  [[gnu::noinline]] static Answer put(Actor actor) {
    return {.kind = cell_.put(kPut[index(actor)]) ? 'd' : 'f'};
  }
  [[gnu::noinline]] static Answer update(Actor actor) {
    const Value step = kUpdate[index(actor)];
    return value_of(cell_.update([step](Value value) { return static_cast<Value>(value + step); }));
  }
  [[gnu::noinline]] static Answer replace(Actor actor) {
    return value_of(cell_.replace(kReplace[index(actor)]));
  }
  [[gnu::noinline]] static Answer set(Actor actor) {
    cell_.set(kSet[index(actor)]);
    return {.kind = 'd'};
  }
  [[gnu::noinline]] static Answer clear(Actor /*actor*/) {
    cell_.clear();
    return {.kind = 'd'};
  }
  [[gnu::noinline]] static Answer get(Actor /*actor*/) { return value_of(cell_.get()); }
  [[gnu::noinline]] static Answer contains(Actor /*actor*/) {
    return {.kind = cell_.contains(kFirst) ? 'd' : 'e'};
  }

  static constexpr std::array<Operation, 8> kOperations = {{
      {"take", &take},
      {"put", &put},
      {"update", &update},
      {"replace", &replace},
      {"set", &set},
      {"clear", &clear},
      {"get", &get},
      {"contains", &contains},
  }};
  static constexpr std::array<Pair, 9> kPairs = {{
      {&kOperations[0], &kOperations[0]},
      {&kOperations[0], &kOperations[1]},
      {&kOperations[0], &kOperations[2]},
      {&kOperations[1], &kOperations[0]},
      {&kOperations[1], &kOperations[1]},
      {&kOperations[1], &kOperations[2]},
      {&kOperations[2], &kOperations[0]},
      {&kOperations[2], &kOperations[1]},
      {&kOperations[2], &kOperations[2]},
  }};

 private:
  static constexpr Value kFirst = 7;
  static constexpr std::array<Value, kActors> kPut = {10, 11, 12};
  static constexpr std::array<Value, kActors> kReplace = {20, 21, 22};
  static constexpr std::array<Value, kActors> kSet = {30, 31, 32};
  static constexpr std::array<Value, kActors> kUpdate = {100, 200, 400};

  static constexpr std::size_t index(Actor actor) { return static_cast<std::size_t>(actor); }
  static Answer value_of(std::optional<Value> value) {
    if (!value.has_value()) return {.kind = 'e'};
    return {.kind = 'd', .value = *value};
  }

  static inline constinit sync::AtomicOptionalCell<Value, Atomics> cell_{};
};

/// Answers: d with the number before.  Remains: the number.
template <class Atomics>
class NumericCellSubject {
  using Number = std::uint32_t;

 public:
  static constexpr std::array<const char*, 1> kStarts = {"number"};

  static void prepare(std::size_t /*start*/) { cell_.set(1000); }
  static Remains finish() { return {static_cast<std::uint16_t>(cell_.get())}; }

  [[gnu::noinline]] static Answer add(Actor actor) { return before(cell_.add(kAdd[index(actor)])); }
  [[gnu::noinline]] static Answer update(Actor actor) {
    const Number more = kAdd[index(actor)];
    return before(cell_.update([more](Number number) { return number * 2 + more; }));
  }
  [[gnu::noinline]] static Answer replace(Actor actor) {
    return before(cell_.replace(kReplace[index(actor)]));
  }
  [[gnu::noinline]] static Answer subtract(Actor actor) {
    return before(cell_.subtract(kSubtract[index(actor)]));
  }
  [[gnu::noinline]] static Answer increment(Actor /*actor*/) { return before(cell_.increment()); }
  [[gnu::noinline]] static Answer decrement(Actor /*actor*/) { return before(cell_.decrement()); }
  [[gnu::noinline]] static Answer set(Actor actor) {
    cell_.set(kSet[index(actor)]);
    return {.kind = 'd'};
  }
  [[gnu::noinline]] static Answer get(Actor /*actor*/) { return before(cell_.get()); }

  static constexpr std::array<Operation, 8> kOperations = {{
      {"add", &add},
      {"update", &update},
      {"replace", &replace},
      {"subtract", &subtract},
      {"increment", &increment},
      {"decrement", &decrement},
      {"set", &set},
      {"get", &get},
  }};
  static constexpr std::array<Pair, 4> kPairs = {{
      {&kOperations[0], &kOperations[0]},
      {&kOperations[0], &kOperations[1]},
      {&kOperations[1], &kOperations[0]},
      {&kOperations[1], &kOperations[1]},
  }};

 private:
  static constexpr std::array<Number, kActors> kAdd = {10, 30, 50};
  static constexpr std::array<Number, kActors> kSubtract = {100, 300, 500};
  static constexpr std::array<Number, kActors> kReplace = {2000, 2100, 2200};
  static constexpr std::array<Number, kActors> kSet = {3000, 3100, 3200};

  static constexpr std::size_t index(Actor actor) { return static_cast<std::size_t>(actor); }
  static Answer before(Number number) {
    return {.kind = 'd', .value = static_cast<std::uint16_t>(number)};
  }

  static inline constinit sync::AtomicNumericCell<Number, Atomics> cell_{};
};

}  // namespace baton::cortex_m

#endif  // BATON_TESTS_TARGET_CORTEX_M_WORD_CELL_SUBJECTS_H_
