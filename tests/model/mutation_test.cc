// Every memory order in sync/, and in the console's line queue, is needed: each is weakened in
// turn, and some model program must then fail. An order that no program catches must carry a
// written reason here, and a reason that is not needed any more fails as well.
#include "tests/model/mutation.h"

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/model/explorer.h"
#include "tests/model/program.h"
#include "tests/model/table.h"
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

bool is_under_test(const Site& site) {
  return site.file.starts_with("sync/") || site.file.starts_with("kernel/");
}

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
      // What is relaxed cannot be weakened, and a cell of one core is relaxed throughout.
      std::erase_if(sites, [](const Site& site) {
        return !is_under_test(site) || site.order == std::memory_order_relaxed;
      });
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

/// A non-relaxed order in the source, and the line on which its operation begins.
struct Written {
  std::string file;
  unsigned line;
  std::string order;
};

std::vector<Written> orders_in(const std::string& file) {
  std::vector<Written> found;
  std::ifstream in(file);
  EXPECT_TRUE(in.good()) << file << " is not among the test's data";
  const std::regex operation(
      "\\b(?:load|store|exchange|compare_exchange_\\w+|fetch_\\w+|fence)\\(");
  const std::regex order("memory_order(?:_|::)(acquire|release|acq_rel|seq_cst|consume)\\b");
  std::string text;
  unsigned begun = 0;
  for (unsigned line = 1; std::getline(in, text); ++line) {
    const std::string code = text.substr(0, text.find("//"));
    // For the compiler, which programs do not explore.
    if (code.find("atomic_signal_fence(") != std::string::npos) continue;
    if (std::regex_search(code, operation)) begun = line;
    for (std::sregex_iterator it(code.begin(), code.end(), order), end; it != end; ++it) {
      found.push_back({file, begun, (*it)[1]});
    }
  }
  return found;
}

// A program comes by every order that is written in the files under test.
void expect_all_in_table(const std::vector<Site>& sites) {
  std::set<std::string> files;
  for (const Site& site : sites) files.insert(site.file);
  for (const std::string& file : files) {
    for (const Written& written : orders_in(file)) {
      const bool known = std::any_of(sites.begin(), sites.end(), [&](const Site& site) {
        return site.file == written.file && site.line == written.line &&
               to_string(site.order) == written.order;
      });
      EXPECT_TRUE(known) << written.file << ":" << written.line << ": no program comes by this "
                         << written.order;
    }
  }
}

TEST(Mutation, EveryOrderIsNeeded) {
  std::vector<Site> sites;
  const std::vector<Known> known = explore_all(sites);
  ASSERT_FALSE(sites.empty());
  expect_all_in_table(sites);
  Table table("mutations.txt");
  table.row("%-30s %-24s %-36s %s", "order at", "weakened", "caught by", "which finds");
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
      table.row("%-30s %-24s %-36s %s", place.c_str(), change.c_str(), finder.c_str(),
                finding.c_str());
    }
  }
  table.row("%d orders weakened, %d caught, %d with a reason", mutations, caught,
            mutations - caught);
  for (std::size_t i = 0; i < kReasons.size(); ++i) {
    EXPECT_TRUE(reason_used[i]) << "a reason that nothing needs: " << kReasons[i].file << ":"
                                << kReasons[i].line;
  }
}

}  // namespace
}  // namespace baton::model
