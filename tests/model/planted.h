// For tests of the checker: what it must find, and what it must pass.
#ifndef BATON_TESTS_MODEL_PLANTED_H_
#define BATON_TESTS_MODEL_PLANTED_H_

#include <string>

#include "gtest/gtest.h"
#include "tests/model/explorer.h"
#include "tests/model/table.h"

namespace baton::model {

/// Finds `what`, and says in how many executions.
inline void expect_found(const char* name, const char* what, Body body, Options options = {}) {
  const Report report = explore(name, body, options);
  EXPECT_FALSE(report.ok) << name << ": the planted bug was not found";
  EXPECT_NE(report.what.find(what), std::string::npos) << report;
  EXPECT_EQ(report.trace.empty(), report.steps == 0) << name;
  Table("planted.txt")
      .row("%-46s found after %4ld executions: %s", name, report.executions + report.pruned,
           report.what.c_str());
}

inline void expect_passed(const char* name, Body body, Options options = {}) {
  const Report report = explore(name, body, options);
  EXPECT_TRUE(report.ok) << report;
  EXPECT_TRUE(report.complete) << report;
}

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_PLANTED_H_
