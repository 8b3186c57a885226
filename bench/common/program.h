// The frame of a benchmark program: contestants by name, and Google Benchmark run over them.
//
// A benchmark is called operation/contestant/threads; one iteration of it is one measurement, whose
// time it reports itself (harness.h).
#ifndef BATON_BENCH_COMMON_PROGRAM_H_
#define BATON_BENCH_COMMON_PROGRAM_H_

#include <functional>
#include <string>

#include "benchmark/benchmark.h"

namespace baton::bench {

/// Registers a benchmark.
void add(const std::string& operation, const std::string& contestant, int threads,
         std::function<void(benchmark::State&)> function);

/// Runs what `add_all` registers, everything 15 times in random order, as the command line wants
/// it; does not return.  `prepare` runs when the second thread is there.
[[noreturn]] void run_program(const char* name, int argc, char** argv, void (*add_all)(),
                              void (*prepare)() = nullptr);

}  // namespace baton::bench

#endif  // BATON_BENCH_COMMON_PROGRAM_H_
