// The commands of the benchmark's image, in place of the kernel's own.
#include "kernel/commands/commands.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.h"
#include "bench/kernel/crew.h"
#include "bench/kernel/pairs.h"
#include "bench/kernel/power.h"
#include "bench/kernel/rows.h"
#include "bench/kernel/series.h"
#include "bench/kernel/stopwatch.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/shell/command.h"

namespace baton::kernel_bench {
namespace {

using kernel::shell::Context;
using kernel::shell::Status;
using kernel::shell::Words;

constinit Crew crew;
constinit Pairs pairs;
constinit std::array<Series, 3> series{};

unsigned online_cores() {
  return static_cast<unsigned>(std::popcount(kernel::CoreScheduler::active()));
}

const Row* find_row(std::string_view name) {
  for (const std::span<const Row> rows : {switch_rows(), object_rows(), interrupt_rows()}) {
    for (const Row& row : rows) {
      if (row.name == name) return &row;
    }
  }
  return nullptr;
}

void print(Context& context, const Series& measured) {
  constexpr std::size_t kInALine = 12;
  const std::span<const std::uint64_t> samples = measured.samples();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i % kInALine == 0) context.print("{} {}:", measured.name(), measured.unit());
    context.print(" {}", samples[i]);
    if (i % kInALine == kInALine - 1 || i + 1 == samples.size()) context.print("\n");
  }
}

Status rows(Context& context, Words /*args*/) {
  for (const std::span<const Row> some : {switch_rows(), object_rows(), interrupt_rows()}) {
    for (const Row& row : some) context.print("row {} cores {}\n", row.name, row.cores);
  }
  return Status::kOk;
}

Status measure(Context& context, Words args) {
  const Row* const row = find_row(args[0]);
  if (row == nullptr) return context.fail("there is no row {}", args[0]);
  if (online_cores() < row->cores) return context.fail("{} cores are needed", row->cores);
  const auto wanted = context.number("SAMPLES", args[1], 1, Series::kMost);
  if (!wanted) return Status::kFailed;
  for (Series& one : series) one.begin("", "", 0);
  auto work = [row, count = static_cast<std::size_t>(*wanted)] {
    start_cycles();
    Setting setting{.crew = crew, .wanted = count, .series = series};
    row->run(setting);
  };
  crew.conduct(work);
  for (const Series& one : series) print(context, one);
  return Status::kOk;
}

// PLAY CORES NUMBER: the loop on as many cores, each with its own.
Status play(Context& context, Words args, std::string_view what, bool windows) {
  const NamedPlay* found = nullptr;
  for (const NamedPlay& one : kPlays) found = one.name == args[0] ? &one : found;
  if (found == nullptr) return context.fail("there is no play {}", args[0]);
  const auto cores = context.number("CORES", args[1], 1, online_cores());
  constexpr std::uint64_t kMost = 1'000'000;
  const auto number = cores ? context.number(what, args[2], 1, kMost) : cores;
  if (!number) return Status::kFailed;
  const auto count = static_cast<unsigned>(*cores);
  if (windows) {
    pairs.run_windows(crew, found->play, count, *number);
  } else {
    pairs.run_for(crew, found->play, count, Duration::milliseconds(*number));
  }
  for (unsigned core = 0; core < count; ++core) {
    const Pairs::Outcome& its = pairs.outcome(core);
    context.print("core {}: {} rounds in {} ns\n", core, its.rounds, its.ns);
  }
  return Status::kOk;
}

Status run_pairs(Context& context, Words args) {
  return play(context, args, "MILLISECONDS", /*windows=*/false);
}

Status run_windows(Context& context, Words args) {
  return play(context, args, "ROUNDS", /*windows=*/true);
}

constexpr std::array<kernel::shell::Command, 5> kTable = {{
    {.name = "measure",
     .arguments = "ROW SAMPLES",
     .help = "one operation, every sample",
     .run = measure},
    {.name = "pairs",
     .arguments = "PLAY CORES MILLISECONDS",
     .help = "the same loop on several cores, each with threads of its own",
     .run = run_pairs},
    {.name = "poweroff", .arguments = "", .help = "switch the machine off", .run = poweroff},
    {.name = "rows", .arguments = "", .help = "what can be measured", .run = rows},
    {.name = "windows",
     .arguments = "PLAY CORES ROUNDS",
     .help = "the same, for somebody who watches the memory",
     .run = run_windows},
}};
static_assert(kernel::shell::well_formed(kTable));

}  // namespace
}  // namespace baton::kernel_bench

std::span<const baton::kernel::shell::Command> baton::kernel::commands::table() {
  return baton::kernel_bench::kTable;
}
