#include <array>
#include <span>

#include "tests/model/program.h"
#include "tests/model/rcu_sleepers_programs.h"

namespace baton::model {
namespace {

constexpr std::array<Program, 3> kPrograms = {{
    {.name = "rcu_sleepers/is_told", .body = rcu_sleeper_is_told},
    {.name = "rcu_sleepers/is_told_by_another", .body = rcu_sleeper_is_told_by_another},
    {.name = "rcu_sleepers/is_told_later", .body = rcu_sleeper_is_told_later<>},
}};

}  // namespace

std::span<const Program> rcu_sleepers_programs() { return kPrograms; }

}  // namespace baton::model
