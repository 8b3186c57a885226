#include "kernel/system_heap.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "arch/memory.h"
#include "kernel/console.h"
#include "kernel/heap/largest_gap.h"
#include "kernel/machine.h"
#include "kernel/sizes.h"

namespace baton::kernel {
namespace {

constexpr std::uint64_t kMost = std::uint64_t{256} << 20U;

constinit SystemHeap the_heap;

// All sections of the image, the stacks included.
MemoryRange image() {
  const auto sections = arch::image_sections();
  const arch::PhysAddr begin = arch::to_physical(sections.front().begin);
  return {.begin = begin, .bytes = arch::to_physical(sections.back().end) - begin, .what = {}};
}

}  // namespace

SystemHeap& system_heap() { return the_heap; }

void open_system_heap() {
  const Machine& m = machine();
  std::array<MemoryRange, 32> taken{};
  if (m.ram.empty() || m.reserved.size() >= taken.size()) return;
  std::ranges::copy(m.reserved, taken.begin());
  taken[m.reserved.size()] = image();
  const MemoryGap gap = largest_gap(
      m.ram, std::span<const MemoryRange>(taken).first(m.reserved.size() + 1), sizes::kHeapStep);
  // The upper half: what others find first by their addresses stays.
  // What is RAM has an address that a pointer can hold.
  const auto bytes =
      static_cast<std::size_t>(std::min(gap.bytes / 2, kMost) & ~(sizes::kHeapStep - 1));
  const auto where = static_cast<arch::PhysAddr>(gap.begin + gap.bytes - bytes);
  auto* const begin = reinterpret_cast<std::byte*>(arch::to_virtual(where));
  if (const Result<void> done = the_heap.add(std::span(begin, bytes)); !done && bytes != 0) {
    console::print("no heap: {}", done.error());
  }
}

}  // namespace baton::kernel
