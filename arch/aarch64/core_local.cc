#include "arch/aarch64/core_local.h"

#include <array>
#include <cstddef>

#include "arch/aarch64/stacks.h"

namespace baton::arch {

[[gnu::section(".stacks")]] std::array<CoreStacks, BATON_MAX_CORES> core_stacks;

namespace {

// No core has this affinity: all of MPIDR_EL1's other bits are set.
constexpr std::uint64_t kNobody = ~std::uint64_t{0};

template <std::size_t N>
constexpr std::byte* top_of(std::array<std::byte, N>& stack) {
  return stack.data() + N;
}

constexpr CoreLocal block(std::size_t index) {
  CoreStacks& stacks = core_stacks[index];
  return {.mpidr = kNobody,
          .index = index,
          .thread_stack = top_of(stacks.thread),
          .handler_stack = top_of(stacks.handler),
          .emergency_stack = top_of(stacks.emergency),
          .entry_el = 0,
          .entry_ticks = 0,
          .scratch = 0};
}

}  // namespace
}  // namespace baton::arch

static_assert(BATON_MAX_CORES == 8, "the table below has a line per core");
constinit baton::arch::CoreLocal aarch64_core_locals[BATON_MAX_CORES] = {
    baton::arch::block(0), baton::arch::block(1), baton::arch::block(2), baton::arch::block(3),
    baton::arch::block(4), baton::arch::block(5), baton::arch::block(6), baton::arch::block(7),
};
