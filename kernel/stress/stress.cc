#include "kernel/stress/stress.h"

#include <array>

#include "kernel/stress/churn.h"
#include "kernel/stress/migrations.h"
#include "kernel/stress/parking.h"
#include "kernel/stress/stop_ring.h"
#include "kernel/stress/suspensions.h"
#include "kernel/stress/switches.h"
#include "kernel/stress/timeouts.h"
#include "kernel/stress/urgency.h"

namespace baton::kernel::stress {
namespace {

constinit Switches switches;
constinit Suspensions suspensions;
constinit StopRing stop_ring;
constinit Churn churn;
constinit Timeouts timeouts;
constinit Migrations migrations;
constinit Urgency urgency;
constinit Parking parking;

constinit const std::array<Scenario*, 8> kAll = {&switches, &suspensions, &stop_ring, &churn,
                                                 &timeouts, &migrations,  &urgency,   &parking};

}  // namespace

std::span<Scenario* const> scenarios() { return kAll; }

}  // namespace baton::kernel::stress
