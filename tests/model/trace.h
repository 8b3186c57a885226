// What happened in one execution, step by step, for people.
#ifndef BATON_TESTS_MODEL_TRACE_H_
#define BATON_TESTS_MODEL_TRACE_H_

#include <string>
#include <vector>

#include "tests/model/memory.h"
#include "tests/model/operation.h"

namespace baton::model {

struct Step {
  int thread;
  Operation operation;
  Outcome outcome;
};

/// A table of the steps: thread, operation with its order, value read and by whom it was written,
/// source line.  `names` by thread number.
std::string to_string(const std::vector<Step>& steps, const std::vector<const char*>& names);

/// "acq_rel" and the like.
const char* to_string(std::memory_order order);

/// The file's path below the source tree's root.
std::string short_path(const char* file);

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_TRACE_H_
