#include "bench/common/program.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/common/harness.h"
#include "benchmark/benchmark.h"

namespace baton::bench {

namespace {

std::uint64_t registered = 0;

/// The value of --name=value among the arguments, or `otherwise`.
std::string option(const std::vector<char*>& arguments, std::string_view name,
                   const std::string& otherwise) {
  std::string value = otherwise;
  for (const std::string_view argument : arguments) {
    if (argument.starts_with(name) && argument.substr(name.size()).starts_with("=")) {
      value = argument.substr(name.size() + 1);
    }
  }
  return value;
}

int run(const char* name, std::vector<char*> arguments, void (*add_all)(), void (*prepare)()) {
  // What is given on the command line comes later, and so stands.
  static char repetitions[] = "--benchmark_repetitions=15";
  static char interleaving[] = "--benchmark_enable_random_interleaving=true";
  arguments.insert(arguments.begin() + 1, {repetitions, interleaving});
  if (std::erase_if(arguments, [](std::string_view word) { return word == "--short"; }) != 0) {
    make_short();
  }
  const std::string count = option(arguments, "--benchmark_repetitions", "1");
  add_all();
  if (option(arguments, "--benchmark_filter", "").empty()) {
    expect_reports(name, registered * std::strtoull(count.c_str(), nullptr, 10));
  }
  auto argc = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  benchmark::Initialize(&argc, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(argc, arguments.data())) return 2;
  if (!start_second_thread()) {
    std::fprintf(stderr, "%s: two CPUs are needed, and this process may use fewer\n", name);
    return 1;
  }
  if (prepare != nullptr) prepare();
#ifdef NDEBUG
  benchmark::AddCustomContext("baton_assertions", "off");
#else
  benchmark::AddCustomContext("baton_assertions", "on");
#endif
  return benchmark::RunSpecifiedBenchmarks() == 0 ? 1 : 0;
}

}  // namespace

void add(const std::string& operation, const std::string& contestant, int threads,
         std::function<void(benchmark::State&)> function) {
  benchmark::RegisterBenchmark(operation + "/" + contestant + "/" + std::to_string(threads),
                               std::move(function))
      ->Iterations(1)
      ->UseManualTime();
  ++registered;
}

void run_program(const char* name, int argc, char** argv, void (*add_all)(), void (*prepare)()) {
  const int status = run(name, std::vector<char*>(argv, argv + argc), add_all, prepare);
  std::fflush(nullptr);
  // The second thread sleeps at its door for good: nothing is to be torn down under it.
  std::_Exit(status);
}

}  // namespace baton::bench
