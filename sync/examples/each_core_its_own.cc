// A CoreLocal: state of each core, which only that core touches, with an IrqsOff as the proof that
// the caller stays there.  Here threads play the cores.
#include <cstdio>
#include <thread>
#include <vector>

#include "arch/cpu.h"
#include "base/assert.h"
#include "sync/core_local.h"
#include "sync/irqs_off.h"

namespace {

constinit baton::sync::CoreLocal<unsigned> g_events;

// May only run where nothing moves it to another core: its caller has the proof in hand.
void count(const baton::sync::IrqsOff& irqs_off) { ++g_events.here(irqs_off); }

void work_as(unsigned core) {
  baton::arch::internal::hosted_core = core;  // the kernel's port reads it from a register
  for (unsigned i = 0; i < 1000 * (core + 1); ++i) {
    const baton::sync::IrqsOff irqs_off;
    count(irqs_off);
  }
}

}  // namespace

int main() {
  std::vector<std::thread> cores;
  cores.reserve(4);
  for (unsigned core = 0; core < 4; ++core) cores.emplace_back(work_as, core);
  for (std::thread& core : cores) core.join();
  for (unsigned core = 0; core < 4; ++core) {
    std::printf("core %u counted %u\n", core, g_events.of(core));
    BATON_CHECK(g_events.of(core) == 1000 * (core + 1));
  }
  return 0;
}
