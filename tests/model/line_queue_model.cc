// Model programs of the console's line queue (kernel/line_queue.h): nobody waits for good, no line
// is stranded, torn or doubled, and a pump that is wanted looks.
#include "tests/model/line_station.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

constexpr Program kPrograms[] = {
    {"line queue: handler waits for a line", handler_waits_for_a_line<>},
    {"line queue: handler interrupts a pump", handler_interrupts_a_pump<>},
    {"line queue: handler waits for leftovers", handler_waits_for_leftovers<>},
    {"line queue: another core pumps", another_core_pumps<>, {.eager_relaxes = 1}},
    {"line queue: handler during install", handler_during_install<>},
    {"line queue: leftovers of two cores", leftovers_of_two_cores<>},
    {"line queue: two marks", two_marks<>},
    {"line queue: signal during a pump", signal_during_a_pump<>},
};

}  // namespace

std::span<const Program> line_queue_programs() { return kPrograms; }

}  // namespace baton::model
