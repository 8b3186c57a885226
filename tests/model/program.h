// The model programs over sync/, by name, so that one binary can run each as a test and another can
// run them all against every weakened order.
#ifndef BATON_TESTS_MODEL_PROGRAM_H_
#define BATON_TESTS_MODEL_PROGRAM_H_

#include <span>

#include "tests/model/explorer.h"

namespace baton::model {

struct Program {
  const char* name;
  void (*body)(Execution& run);
  Options options{};
};

/// By what they are about.
std::span<const Program> atomic_take_cell_programs();
std::span<const Program> owned_programs();
std::span<const Program> inbox_programs();
std::span<const Program> combining_cell_programs();
std::span<const Program> cell_registry_programs();
std::span<const Program> irq_take_cell_programs();
std::span<const Program> map_cell_programs();
std::span<const Program> optional_cell_programs();

/// All of them.
inline constexpr std::span<const Program> (*kProgramGroups[])() = {
    atomic_take_cell_programs, owned_programs,         inbox_programs,    combining_cell_programs,
    cell_registry_programs,    irq_take_cell_programs, map_cell_programs, optional_cell_programs,
};

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_PROGRAM_H_
