// Every memory order in sync/ is needed: each is weakened in turn, and some model program must then
// fail. An order that no program catches must carry a written reason here, and a reason that is not
// needed any more fails as well.
#include "tests/model/mutation.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/model/explorer.h"
#include "tests/model/program.h"
#include "tests/model/trace.h"

namespace baton::model {
namespace {

/// Why an order stays although no program fails without it.
struct Reason {
  const char* file;
  const char* function;  // part of the line above which the operation stands; for people
  unsigned line;
  std::memory_order weaker;
  const char* why;
};

// None: without any one order some program fails.
constexpr std::span<const Reason> kReasons = {};

struct Known {
  const Program* program;
  std::vector<Site> sites;
};

bool is_of_sync(const Site& site) { return site.file.starts_with("sync/"); }

bool touches(const Known& known, const Site& site) {
  for (const Site& s : known.sites) {
    if (s.is_same_place(site)) return true;
  }
  return false;
}

// Each program with the sites that it comes by, the shortest program first.
std::vector<Known> explore_all(std::vector<Site>& all) {
  std::vector<Known> known;
  std::vector<std::pair<long, Known>> timed;
  for (const auto group : kProgramGroups) {
    for (const Program& program : group()) {
      Mutator recorder;
      mutator() = recorder;
      mutator().set_recording(true);
      const Report report = explore(program.name, program.body, program.options);
      EXPECT_TRUE(report.ok) << report;
      std::vector<Site> sites = mutator().sites();
      std::erase_if(sites, [](const Site& site) { return !is_of_sync(site); });
      timed.push_back({report.steps, {&program, std::move(sites)}});
    }
  }
  mutator() = Mutator();
  std::sort(timed.begin(), timed.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second.program) < std::tie(b.first, b.second.program);
  });
  for (auto& [steps, it] : timed) {
    for (const Site& site : it.sites) {
      bool have = false;
      for (const Site& s : all) have |= s.is_same_place(site);
      if (!have) all.push_back(site);
    }
    known.push_back(std::move(it));
  }
  std::sort(all.begin(), all.end(), [](const Site& a, const Site& b) {
    return std::tie(a.file, a.line, a.column, a.on_failure) <
           std::tie(b.file, b.line, b.column, b.on_failure);
  });
  return known;
}

TEST(Mutation, EveryOrderIsNeeded) {
  std::vector<Site> sites;
  const std::vector<Known> known = explore_all(sites);
  ASSERT_FALSE(sites.empty());
  std::printf("%-30s %-24s %-36s %s\n", "order at", "weakened", "caught by", "which finds");
  int mutations = 0;
  int caught = 0;
  std::vector<bool> reason_used(kReasons.size(), false);
  for (const Site& site : sites) {
    for (const std::memory_order weaker : weaker_orders(site.order)) {
      ++mutations;
      const Mutation mutation = {site, weaker};
      mutator().set_active(&mutation);
      std::string finder = "-";
      std::string finding;
      for (const Known& it : known) {
        if (!touches(it, site)) continue;
        Options options = it.program->options;
        options.max_executions = 300'000;
        const Report report = explore(it.program->name, it.program->body, options);
        if (report.ok) continue;
        finder = it.program->name;
        finding = report.what;
        break;
      }
      mutator().set_active(nullptr);
      const std::string place =
          site.file + ":" + std::to_string(site.line) + (site.on_failure ? " (failure)" : "");
      const std::string change = std::string(to_string(site.order)) + " -> " + to_string(weaker);
      if (finder != "-") {
        ++caught;
      } else {
        for (std::size_t i = 0; i < kReasons.size(); ++i) {
          const Reason& reason = kReasons[i];
          if (site.file == reason.file && site.line == reason.line && weaker == reason.weaker) {
            finding = reason.why;
            reason_used[i] = true;
          }
        }
        EXPECT_FALSE(finding.empty()) << "no program catches " << place << " " << change;
      }
      std::printf("%-30s %-24s %-36s %s\n", place.c_str(), change.c_str(), finder.c_str(),
                  finding.c_str());
    }
  }
  std::printf("%d orders weakened, %d caught, %d with a reason\n", mutations, caught,
              mutations - caught);
  for (std::size_t i = 0; i < kReasons.size(); ++i) {
    EXPECT_TRUE(reason_used[i]) << "a reason that nothing needs: " << kReasons[i].file << ":"
                                << kReasons[i].line;
  }
}

}  // namespace
}  // namespace baton::model
