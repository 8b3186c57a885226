// Looks for a bug in the kernel that this program is linked with: runs one program (programs.h) on
// simulated machines, seed after seed, until one fails.
//
//   find --program=switches --cores=4 --seeds=100 --report='not saved'
//
// Ends well when one of the seeds fails, and says `report` when it does, or one of several, with
// bars between them.  Without --report there is
// no bug, and all seeds must end well; --program, --cores and --seeds may then come several times.
// --count goes on to the last seed, and prints how many failed.  --show=SEED runs that one as it
// is.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/blocking/test_kernel.h"
#include "tests/host_machine/planted/programs.h"

namespace baton::host_test {
namespace {

struct Search {
  std::string program;
  unsigned cores = 0;
  unsigned seeds = 0;
};

std::vector<Search> searches;
std::string wanted_report;
bool count_all = false;
unsigned show_seed = 0;

void run_one(const Search& search, unsigned seed) {
  kernel::testing::for_each_machine({.cores = {search.cores},
                                     .first_seed = seed,
                                     .seeds = 1,
                                     .parallel_runs = 0,
                                     .limit_s = 10,
                                     .point_limit = 6'000'000},
                                    find_program(search.program));
}

struct SeedRun {
  bool failed = false;
  std::string said;
};

// In a process of its own, whatever becomes of that.
SeedRun run_apart(const Search& search, unsigned seed) {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe(ends.data()), 0);
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    // A loop without a point never comes to the limit of points.
    const rlimit seconds{.rlim_cur = 10, .rlim_max = 10};
    setrlimit(RLIMIT_CPU, &seconds);
    run_one(search, seed);
    std::fflush(nullptr);
    _exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  close(ends[1]);
  SeedRun run;
  std::array<char, 4096> some{};
  for (ssize_t got = 0; (got = read(ends[0], some.data(), some.size())) > 0;) {
    run.said.append(some.data(), static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  run.failed = child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
  return run;
}

// The line that says so, in one of the ways in which it may be said.
std::string line_with(const std::string& said, std::string_view words) {
  std::size_t at = std::string::npos;
  for (;;) {
    const std::size_t bar = words.find('|');
    at = std::min(at, said.find(words.substr(0, bar)));
    if (bar == std::string_view::npos) break;
    words.remove_prefix(bar + 1);
  }
  if (at == std::string::npos) return {};
  const std::size_t before = said.rfind('\n', at);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  return said.substr(begin, said.find('\n', at) - begin);
}

TEST(Planted, IsFound) {
  if (wanted_report.empty() || show_seed != 0) return;
  ASSERT_EQ(searches.size(), 1U);
  const Search& search = searches.front();
  unsigned first = 0;
  unsigned failed = 0;
  unsigned with_report = 0;
  std::string said;
  for (unsigned seed = 1; seed <= search.seeds && (first == 0 || count_all); ++seed) {
    const SeedRun run = run_apart(search, seed);
    if (!run.failed) continue;
    ++failed;
    if (!line_with(run.said, wanted_report).empty()) ++with_report;
    if (first == 0) {
      first = seed;
      said = run.said;
    }
  }
  // Only now, as a run begins with the failures of who starts it.
  ASSERT_NE(first, 0U) << "no seed finds the bug that was planted";
  const std::string line = line_with(said, wanted_report);
  std::printf("found by seed %u: %s\n", first, line.c_str());
  EXPECT_FALSE(line.empty()) << "seed " << first << " fails, but not with '" << wanted_report
                             << "':\n"
                             << said;
  if (count_all) {
    std::printf("COUNT first=%u failed=%u with_report=%u of=%u\n", first, failed, with_report,
                search.seeds);
  }
}

TEST(NotPlanted, IsWell) {
  if (!wanted_report.empty() || show_seed != 0) return;
  for (const Search& search : searches) {
    for (unsigned seed = 1; seed <= search.seeds; ++seed) {
      const SeedRun run = run_apart(search, seed);
      ASSERT_FALSE(run.failed) << search.program << ", seed " << seed << ":\n" << run.said;
    }
    std::printf("%s on %u cores: %u seeds are well\n", search.program.c_str(), search.cores,
                search.seeds);
  }
}

TEST(Shown, Runs) {
  if (show_seed != 0) run_one(searches.front(), show_seed);
}

bool take(std::string_view flag, std::string_view name, std::string& value) {
  if (!flag.starts_with(name)) return false;
  value = flag.substr(name.size());
  return true;
}

bool parse(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    std::string value;
    unsigned* number = nullptr;
    if (take(flag, "--program=", value)) {
      searches.push_back({.program = value});
      if (!find_program(value)) return false;
    } else if (take(flag, "--report=", wanted_report)) {
    } else if (flag == "--count") {
      count_all = true;
    } else if (take(flag, "--show=", value)) {
      number = &show_seed;
    } else if (!searches.empty() && take(flag, "--cores=", value)) {
      number = &searches.back().cores;
    } else if (!searches.empty() && take(flag, "--seeds=", value)) {
      number = &searches.back().seeds;
    } else {
      return false;
    }
    if (number != nullptr) {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), *number);
      if (error != std::errc() || end != value.data() + value.size() || *number == 0) return false;
    }
  }
  return !searches.empty();
}

}  // namespace
}  // namespace baton::host_test

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (!baton::host_test::parse(argc, argv)) {
    std::fprintf(stderr, "--program=NAME --cores=N --seeds=N [--report=WORDS [--count]]\n");
    return 2;
  }
  return RUN_ALL_TESTS();
}
