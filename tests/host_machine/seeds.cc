#include "tests/host_machine/seeds.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

namespace baton::host_test {
namespace {

using arch::host::Config;
using arch::host::Outcome;

AskedSeeds asked;

// What a run tells its parent before the report; plain bytes through a pipe.
struct Told {
  std::uint64_t points = 0;
  std::uint64_t hash = 0;
  bool well = false;
};

struct Result {
  Told told;
  std::string report;
};

std::string read_all(int from) {
  std::string all;
  std::array<char, 4096> some{};
  for (;;) {
    const ssize_t got = read(from, some.data(), some.size());
    if (got <= 0) {
      return all;
    }
    all.append(some.data(), static_cast<std::size_t>(got));
  }
}

bool write_all(int to, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t written = write(to, bytes, size);
    if (written <= 0) {
      return false;
    }
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

// Expectations that have failed in the test that runs: the child inherits those before it.
int failed_expectations() {
  const ::testing::TestResult& result =
      *::testing::UnitTest::GetInstance()->current_test_info()->result();
  int failed = 0;
  for (int i = 0; i < result.total_part_count(); ++i) {
    failed += result.GetTestPartResult(i).failed() ? 1 : 0;
  }
  return failed;
}

[[noreturn]] void run_as_child(const Config& config, const Body& body, int to) {
  const int failed_before = failed_expectations();
  const Outcome outcome = body(config);
  const Told told{.points = outcome.points,
                  .hash = outcome.schedule_hash,
                  .well = outcome.well() && failed_expectations() == failed_before};
  std::array<char, sizeof(told)> bytes{};
  std::memcpy(bytes.data(), &told, sizeof(told));
  const bool written = write_all(to, bytes.data(), bytes.size()) &&
                       write_all(to, outcome.report.data(), outcome.report.size());
  std::fflush(nullptr);
  // Neither destructors nor leak checks: the run was abandoned as it was.
  _exit(written ? 0 : 1);
}

Result run_apart(const Config& config, const Body& body) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) {
    return {.told = {}, .report = "pipe() failed"};
  }
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    run_as_child(config, body, ends[1]);
  }
  close(ends[1]);
  const std::string all = child > 0 ? read_all(ends[0]) : "";
  close(ends[0]);
  int status = 0;
  if (child > 0) {
    waitpid(child, &status, 0);
  }
  Result result;
  if (child <= 0 || all.size() < sizeof(Told) || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    result.report = WIFSIGNALED(status)
                        ? "the run was ended by signal " + std::to_string(WTERMSIG(status))
                        : "the run ended with status " + std::to_string(WEXITSTATUS(status));
    return result;
  }
  std::memcpy(&result.told, all.data(), sizeof(result.told));
  result.report = all.substr(sizeof(Told));
  return result;
}

Config with_seed(const Sweep& wanted, std::uint64_t seed, bool trace) {
  Config config = wanted.config;
  config.seed = seed;
  config.trace = trace;
  if (asked.cores != 0) {
    config.cores = asked.cores;
  }
  return config;
}

std::pair<std::uint64_t, std::uint64_t> seeds_of(const Sweep& wanted) {
  return asked.first == 0 ? std::pair<std::uint64_t, std::uint64_t>{1, wanted.seeds}
                          : std::pair{asked.first, asked.last};
}

bool parse_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number != 0;
}

// Not a flag of ours: true, and `ours` false.
bool parse_flag(std::string_view flag, bool& ours) {
  constexpr std::string_view kSeeds = "--seeds=";
  constexpr std::string_view kReplay = "--replay=";
  constexpr std::string_view kCores = "--cores=";
  ours = true;
  if (flag.starts_with(kSeeds)) {
    const std::string_view range = flag.substr(kSeeds.size());
    const std::size_t dots = range.find("..");
    if (dots == std::string_view::npos) {
      return parse_number(range, asked.first) && parse_number(range, asked.last);
    }
    return parse_number(range.substr(0, dots), asked.first) &&
           parse_number(range.substr(dots + 2), asked.last) && asked.first <= asked.last;
  }
  if (flag.starts_with(kReplay)) {
    asked.replay = true;
    return parse_number(flag.substr(kReplay.size()), asked.first) &&
           parse_number(flag.substr(kReplay.size()), asked.last);
  }
  if (flag.starts_with(kCores)) {
    std::uint64_t cores = 0;
    const bool good = parse_number(flag.substr(kCores.size()), cores) && cores <= arch::kMaxCores;
    asked.cores = static_cast<unsigned>(cores);
    return good;
  }
  ours = false;
  return true;
}

// The schedule of one seed, event by event, on stderr.
void show(const Sweep& wanted, std::uint64_t seed, const Body& body) {
  std::fprintf(stderr, "schedule of seed %llu:\n", static_cast<unsigned long long>(seed));
  const Result result = run_apart(with_seed(wanted, seed, true), body);
  std::fprintf(stderr, "end of the schedule of seed %llu, hash %016llx\n%s",
               static_cast<unsigned long long>(seed),
               static_cast<unsigned long long>(result.told.hash), result.report.c_str());
}

void print(const char* how, const Swept& swept) {
  std::printf("  %s: %llu seeds, %llu points, %.2f s, %.0f seeds a minute, hash %016llx\n", how,
              static_cast<unsigned long long>(swept.runs),
              static_cast<unsigned long long>(swept.points), swept.seconds,
              swept.seconds > 0 ? static_cast<double>(swept.runs) / swept.seconds * 60 : 0,
              static_cast<unsigned long long>(swept.hash));
  std::fflush(stdout);
}

}  // namespace

const AskedSeeds& asked_seeds() { return asked; }

void restore_asked_seeds(const AskedSeeds& before) { asked = before; }

bool parse_seed_flags(int* argc, char** argv) {
  asked = {};
  int kept = 1;
  for (int i = 1; i < *argc; ++i) {
    bool ours = false;
    if (!parse_flag(argv[i], ours)) {
      std::fprintf(stderr,
                   "%s: want --seeds=A..B or --replay=SEED, both from 1, or --cores=1 to 8\n",
                   argv[i]);
      return false;
    }
    if (!ours) {
      argv[kept++] = argv[i];
    }
  }
  *argc = kept;
  return true;
}

Swept sweep(const Sweep& wanted, const Body& body) {
  Swept swept;
  const auto start = std::chrono::steady_clock::now();
  const auto [first, last] = seeds_of(wanted);
  for (std::uint64_t n = 0; n <= last - first; ++n) {
    const std::uint64_t seed = first + n;
    const Result result = run_apart(with_seed(wanted, seed, false), body);
    ++swept.runs;
    swept.points += result.told.points;
    swept.hash = (swept.hash ^ result.told.hash) * 0x9fb21c651e98df25U;
    if (!result.told.well) {
      ++swept.failures;
      if (swept.first_failure == 0) {
        swept.first_failure = seed;
        swept.report = result.report;
      }
      if (wanted.stop_at_first_failure) {
        break;
      }
    }
  }
  swept.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return swept;
}

void run_seeds(const Sweep& wanted, const Body& body) {
  if (asked.replay) {
    show(wanted, asked.first, body);
  }
  const Swept swept = sweep(wanted, body);
  print(swept.failures == 0 ? "well" : "FAILED", swept);
  if (swept.failures != 0) {
    if (!asked.replay) {
      show(wanted, swept.first_failure, body);
    }
    ADD_FAILURE() << "seed " << swept.first_failure << " on "
                  << with_seed(wanted, swept.first_failure, false).cores
                  << " cores fails; run the test with --replay=" << swept.first_failure
                  << " to see it again\n"
                  << swept.report;
  }
}

void expect_found(const Sweep& wanted, const Body& body, const std::string& words) {
  if (asked.replay) {
    show(wanted, asked.first, body);
    return;
  }
  const Swept swept = sweep(wanted, body);
  print("planted", swept);
  EXPECT_NE(swept.first_failure, 0U) << "no seed finds the bug that was planted";
  if (swept.first_failure != 0) {
    std::printf("  found by seed %llu\n", static_cast<unsigned long long>(swept.first_failure));
    // ThreadSanitizer may see the bug as a race before it has any other effect, and ends the run.
    const bool is_race = kThreadSanitizer && swept.report.find("status 66") != std::string::npos;
    EXPECT_TRUE(is_race || swept.report.find(words) != std::string::npos) << swept.report;
  }
}

}  // namespace baton::host_test
