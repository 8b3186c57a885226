// The history of one execution of a model program, in the order of happens-before.
#ifndef BATON_TESTS_MODEL_HISTORY_H_
#define BATON_TESTS_MODEL_HISTORY_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "tests/model/explorer.h"
#include "tests/model/linearizability.h"

namespace baton::model {

/// Operations with their beginnings and ends.  Lives outside the program, whose executions may end
/// early.
template <class Operation>
class History {
 public:
  void clear() {
    operations_.clear();
    spans_.clear();
  }
  /// The calling thread's, in its program.
  Moment now() const { return moment(); }
  void add(Moment begin, Operation operation) { add(begin, moment(), std::move(operation)); }
  void add(Moment begin, Moment end, Operation operation) {
    operations_.push_back(std::move(operation));
    spans_.push_back({begin, end});
  }
  std::size_t size() const { return operations_.size(); }
  template <class Spec>
  bool is_linearizable(const Spec& initial) const {
    return model::is_linearizable(initial, operations_, [this](std::size_t i, std::size_t j) {
      return spans_[i].second.precedes(spans_[j].first);
    });
  }

 private:
  std::vector<Operation> operations_;
  std::vector<std::pair<Moment, Moment>> spans_;
};

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_HISTORY_H_
