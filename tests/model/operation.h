// One step of a model program: what a thread is about to do, and where in the source.
#ifndef BATON_TESTS_MODEL_OPERATION_H_
#define BATON_TESTS_MODEL_OPERATION_H_

#include <atomic>
#include <cstdint>
#include <source_location>

#include "absl/functional/function_ref.h"

namespace baton::model {

enum class Kind : std::uint8_t {
  kLoad,
  kAwait,  // a load in a loop that waits for a value: only that value ends it
  kStore,
  kModify,  // exchange, fetch_add, ...
  kCompareExchange,
  kFence,      // seq_cst only; others touch their own thread alone
  kPlainRead,  // plain data is a step only where an interrupt may come in between
  kPlainWrite,
  kMask,   // of interrupts, on one core
  kRelax,  // between two looks in a loop that waits
};

/// The value that a read-modify-write stores, from the old one and its operand.
using Modify = std::uint64_t (*)(std::uint64_t old, std::uint64_t operand);

struct Operation {
  Kind kind;
  int location = -1;  // of an atomic, or of plain data
  std::memory_order order = std::memory_order_relaxed;
  std::memory_order failure_order = std::memory_order_relaxed;
  std::uint64_t operand = 0;   // stored, or handed to `modify`
  std::uint64_t expected = 0;  // by kCompareExchange
  bool may_fail_spuriously = false;
  Modify modify = nullptr;
  const absl::FunctionRef<bool(std::uint64_t)>* wanted = nullptr;  // by kAwait
  std::source_location where;

  /// Chooses among stores to read from.
  bool reads() const {
    return kind == Kind::kLoad || kind == Kind::kAwait || kind == Kind::kModify ||
           kind == Kind::kCompareExchange;
  }
  bool is_atomic() const { return kind <= Kind::kFence; }
  bool is_seq_cst() const {
    return is_atomic() &&
           (order == std::memory_order_seq_cst ||
            (kind == Kind::kCompareExchange && failure_order == std::memory_order_seq_cst));
  }
};

constexpr bool acquires(std::memory_order order) {
  return order == std::memory_order_acquire || order == std::memory_order_acq_rel ||
         order == std::memory_order_consume || order == std::memory_order_seq_cst;
}
constexpr bool releases(std::memory_order order) {
  return order == std::memory_order_release || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_OPERATION_H_
