// The measurements of one operation each, on core 0 (and 1, where it takes two).
#ifndef BATON_BENCH_KERNEL_ROWS_H_
#define BATON_BENCH_KERNEL_ROWS_H_

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "bench/kernel/crew.h"
#include "bench/kernel/series.h"

namespace baton::kernel_bench {

/// What a row works with.  Names of series begin with the row's.
struct Setting {
  Crew& crew;
  std::size_t wanted;  ///< samples of each series
  std::array<Series, 3>& series;
};

struct Row {
  std::string_view name;
  unsigned cores;                 ///< how many there must be
  void (*run)(Setting& setting);  ///< in the conductor
};

std::span<const Row> switch_rows();
std::span<const Row> object_rows();
std::span<const Row> interrupt_rows();

}  // namespace baton::kernel_bench

#endif  // BATON_BENCH_KERNEL_ROWS_H_
