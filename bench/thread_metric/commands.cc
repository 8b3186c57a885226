// The commands of the image, in place of the kernel's own.
#include "kernel/commands/commands.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.h"
#include "bench/kernel/power.h"
#include "bench/thread_metric/reporter.h"
#include "bench/thread_metric/sweep.h"
#include "bench/thread_metric/tests.h"
#include "kernel/shell/command.h"
#include "kernel/shell/context.h"
#include "kernel/shell/words.h"

namespace baton::thread_metric {
namespace {

using kernel::shell::Context;
using kernel::shell::Status;
using kernel::shell::Words;

const Test* find_test(std::string_view name) {
  for (const std::span<const Test> some : {metric_tests(), pair_tests(), load_tests()}) {
    for (const Test& test : some) {
      if (test.name == name) return &test;
    }
  }
  return nullptr;
}

// kNone: the test has no such thing.
Plant find_plant(const Test& test, std::string_view name) {
  if (name == "stall") return Plant::kStall;
  if (name == "counter" && compares(test)) return Plant::kCounter;
  if (name == "damage" && test.plant != nullptr) return Plant::kDamage;
  return Plant::kNone;
}

Status tests(Context& context, Words /*args*/) {
  for (const std::span<const Test> some : {metric_tests(), pair_tests()}) {
    for (const Test& test : some) {
      context.print("test {} plants stall{}{}\n", test.name, compares(test) ? " counter" : "",
                    test.plant != nullptr ? " damage" : "");
    }
  }
  return Status::kOk;
}

Status run(Context& context, const Test& test, std::uint64_t microseconds, Plant plant) {
  const Report report = measure(test, Duration::microseconds(microseconds), plant);
  context.print("{}: {} operations in {} ns, counters", test.name, report.operations,
                report.time.count_ns());
  for (std::size_t i = 0; i < kCounters; ++i) {
    if (contains(test.alike, i)) context.print(" {}", report.counted[i]);
  }
  context.print("\n");
  if (!report.wrong.empty()) return context.fail("{}", report.wrong);
  return Status::kOk;
}

Status metric(Context& context, Words args) {
  constexpr std::uint64_t kMost = 60'000'000;
  const Test* const test = find_test(args[0]);
  if (test == nullptr) return context.fail("there is no test {}", args[0]);
  const auto microseconds = context.number("MICROSECONDS", args[1], 1, kMost);
  if (!microseconds) return Status::kFailed;
  Plant plant = Plant::kNone;
  if (args.size() > 2) {
    plant = find_plant(*test, args[2]);
    if (plant == Plant::kNone) return context.fail("there is no plant {}", args[2]);
  }
  return run(context, *test, *microseconds, plant);
}

Status loads(Context& context, Words /*args*/) {
  for (const Test& test : load_tests()) context.print("load {}\n", test.name);
  return Status::kOk;
}

Status run_sweep(Context& context, Words args) {
  const Test* const test = find_test(args[0]);
  if (test == nullptr) return context.fail("there is no test {}", args[0]);
  const Sweep& found = sweep(*test);
  context.print("sweep {}: {} interrupts at {} instructions, {} masked\n", test->name, found.rounds,
                found.places, found.masked);
  context.print("urgent {} to {} ticks late, at {:#x}\n", found.urgent.least, found.urgent.most,
                found.urgent_at);
  context.print("ordinary {} to {} ticks late\n", found.ordinary.least, found.ordinary.most);
  for (const Stretch& one : found.all()) {
    context.print("stretch {:#x} to {:#x}: {} ticks, {} times{}\n", one.begin, one.end, one.ticks,
                  one.times, one.handlers ? ", with handlers" : "");
  }
  if (!found.wrong.empty()) return context.fail("{}", found.wrong);
  return Status::kOk;
}

Status calibration(Context& context, Words args) {
  constexpr std::uint64_t kMost = 1'000'000'000;
  const auto turns = context.number("TURNS", args[0], 1, kMost);
  if (!turns) return Status::kFailed;
  const Duration time = calibrate(static_cast<std::uint32_t>(*turns));
  context.print("{} instructions in {} ns\n", 2 * *turns, time.count_ns());
  return Status::kOk;
}

constexpr std::array<kernel::shell::Command, 6> kTable = {{
    {.name = "calibrate",
     .arguments = "TURNS",
     .help = "the time of a loop of two instructions per turn",
     .run = calibration},
    {.name = "loads", .arguments = "", .help = "what else can be swept", .run = loads},
    {.name = "metric",
     .arguments = "TEST MICROSECONDS [PLANT]",
     .help = "a test, once as long as the machine is on; PLANT: something wrong",
     .run = metric},
    {.name = "poweroff",
     .arguments = "",
     .help = "switch the machine off",
     .run = kernel_bench::poweroff},
    {.name = "sweep",
     .arguments = "TEST",
     .help = "an interrupt at every instruction of its round, once as long as the machine is on",
     .run = run_sweep},
    {.name = "tests", .arguments = "", .help = "which there are", .run = tests},
}};
static_assert(kernel::shell::well_formed(kTable));

}  // namespace
}  // namespace baton::thread_metric

std::span<const baton::kernel::shell::Command> baton::kernel::commands::table() {
  return baton::thread_metric::kTable;
}
