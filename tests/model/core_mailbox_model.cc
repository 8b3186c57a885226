// Model programs of kernel/sched/core_mailbox.h, core_load.h and active_cores.h: no core sleeps on
// a message, none is kicked for nothing, and of two cores that look for each other at least one
// notices.
#include "tests/model/program.h"
#include "tests/model/sched_core_programs.h"

namespace baton::model {
namespace {

constexpr Program kPrograms[] = {
    {"core mailbox: no sleep on a message", no_sleep_on_a_message<>},
    {"core mailbox: one kick for two", one_kick_for_two<>},
    {"core mailbox: kicked to look", kicked_to_look<>},
    {"core mailbox: left for oneself", left_for_oneself<>},
    {"core mailbox: oldest first", oldest_first<>},
    {"core load: too many and idle", too_many_and_idle<>},
    {"core load: too many and new", too_many_and_new<>},
    {"core load: taken off", taken_off<>},
};

}  // namespace

std::span<const Program> core_mailbox_programs() { return kPrograms; }

}  // namespace baton::model
