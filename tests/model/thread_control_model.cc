// Model programs of kernel/sched/thread_control.h: a thread has one owner, its wait is ended once,
// no wish of others is lost, and no message about it is under way after its end.
#include "tests/model/program.h"
#include "tests/model/sched_wait_programs.h"
#include "tests/model/sched_wish_programs.h"

namespace baton::model {
namespace {

constexpr Program kPrograms[] = {
    {"thread control: park, or woken by one of three", one_of_three_wakes<>},
    {"thread control: woken before it parks", woken_before_it_parks<>},
    {"thread control: preempted before it parks", preempted_before_it_parks<>},
    {"thread control: stop against announce", stop_against_announce<>},
    {"thread control: not stoppable", not_stoppable<>},
    {"thread control: waits twice", waits_twice<>},
    {"thread control: wish against leave and arrive", wish_against_migration<>},
    {"thread control: wish against park and wake", wish_against_park<>},
    {"thread control: two wishes, one message", two_wishes<>},
    {"thread control: suspend and resume", suspend_and_resume<>},
    {"thread control: wish against death", wish_against_death<>},
    {"thread control: dies where the message is not", dies_elsewhere<>},
    {"thread control: begins again", begins_again<>},
};

}  // namespace

std::span<const Program> thread_control_programs() { return kPrograms; }

}  // namespace baton::model
