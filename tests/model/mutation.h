// Weakening one memory order of the code under test at a time, without touching its source: an
// order is known by the source position of its operation.
#ifndef BATON_TESTS_MODEL_MUTATION_H_
#define BATON_TESTS_MODEL_MUTATION_H_

#include <atomic>
#include <source_location>
#include <string>
#include <vector>

namespace baton::model {

/// An order in the source: the operation's position, and whether it is the order on failure.
struct Site {
  std::string file;  // below the source tree's root
  unsigned line = 0;
  unsigned column = 0;
  bool on_failure = false;
  std::memory_order order = std::memory_order_relaxed;

  bool is_same_place(const Site& other) const {
    return line == other.line && column == other.column && on_failure == other.on_failure &&
           file == other.file;
  }
};

/// One order made weaker.
struct Mutation {
  Site site;
  std::memory_order weaker;
};

/// The orders that are weaker than this one by one step, for an operation that has both halves.
std::vector<std::memory_order> weaker_orders(std::memory_order order);

/// What operations consult.  One mutation at most is in force; sites are collected only when asked.
class Mutator {
 public:
  /// The order that the operation runs with.
  std::memory_order order_at(const std::source_location& where, bool on_failure,
                             std::memory_order order) {
    if (active_ == nullptr && !recording_) [[likely]]
      return order;
    return look_up(where, on_failure, order);
  }

  void set_active(const Mutation* mutation) { active_ = mutation; }
  void set_recording(bool recording) { recording_ = recording; }
  /// Every site met while recording, in order of file and line.
  std::vector<Site> sites() const;

 private:
  std::memory_order look_up(const std::source_location& where, bool on_failure,
                            std::memory_order order);

  const Mutation* active_ = nullptr;
  bool recording_ = false;
  std::vector<Site> sites_;
};

Mutator& mutator();

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_MUTATION_H_
