// The kernel's address space (include/arch/memory.h): built once, on the boot core.
#include <array>
#include <cstdint>
#include <span>

#include "arch/aarch64/image.h"
#include "arch/aarch64/layout.h"
#include "arch/aarch64/page_table.h"
#include "arch/aarch64/stacks.h"
#include "arch/context.h"
#include "arch/contract/preempt_state.h"
#include "arch/cpu.h"
#include "arch/irq.h"
#include "arch/memory.h"
#include "arch/thread_stack.h"
#include "arch/upcalls.h"
#include "base/assert.h"
#include "base/bits.h"

// The root is named in assembly, where a secondary core loads it into TTBR1.
extern "C" {
extern baton::arch::Table kernel_l1;
constinit baton::arch::Table kernel_l1{};
void aarch64_switch_to_final_tables(std::uint64_t ttbr1);
[[noreturn]] void aarch64_boot_main(std::uint64_t boot_argument);
[[noreturn]] void aarch64_secondary_main();
}

namespace baton::arch {
namespace {

// One table per GiB that is not mapped whole, one per 2 MiB that is not: the image takes two or
// three, each cluster of devices two, memory in odd pieces the rest.
constexpr std::size_t kTables = 48;
constinit std::array<Table, kTables> table_pool{};
constinit PageTables tables(kernel_l1, table_pool, kLinearBase);
constinit std::uintptr_t first_device_window = 0;
// What the thread pointers point at until there are threads.
constinit std::array<PreemptState, BATON_MAX_CORES> before_threads{};

constexpr Attributes kText(Attributes::Access::kExecute, Attributes::Caching::kNormal);
constexpr Attributes kConstants(Attributes::Access::kReadOnly, Attributes::Caching::kNormal);
constexpr Attributes kData(Attributes::Access::kReadWrite, Attributes::Caching::kNormal);
constexpr Attributes kRegisters(Attributes::Access::kReadWrite, Attributes::Caching::kDevice);

constexpr std::array<Section, 3> kSections = {{
    {.name = "kernel text", .begin = __text_start, .end = __text_end},
    {.name = "kernel constants", .begin = __rodata_start, .end = __rodata_end},
    {.name = "kernel data", .begin = __data_start, .end = __data_end},
}};

std::uintptr_t address_of(const std::byte* symbol) {
  return reinterpret_cast<std::uintptr_t>(symbol);
}

void map_image_part(std::uintptr_t begin, std::uintptr_t end, Attributes attributes,
                    PageTables::Blocks blocks) {
  const Result<void> done = tables.map(begin, begin - kLinearBase, end - begin, attributes,
                                       /*keep_existing=*/false, blocks);
  BATON_CHECK(done.has_value());
}

// In pages, so that protect_guard() finds none in a block, whatever the size of .bss.
void map_data(std::uintptr_t begin, std::uintptr_t end) {
  map_image_part(begin, end, kData, PageTables::Blocks::kPages);
}

// Data up to the stacks, then every stack without the guard below it.
void map_data_around_guards() {
  std::uintptr_t begin = address_of(__data_start);
  const auto skip_guard = [&begin](const std::array<std::byte, kGuardBytes>& guard) {
    const std::uintptr_t at = address_of(guard.data());
    if (at != begin) {
      map_data(begin, at);
    }
    begin = at + kGuardBytes;
  };
  for (const CoreStacks& stacks : core_stacks) {
    skip_guard(stacks.emergency_guard);
    skip_guard(stacks.handler_guard);
    skip_guard(stacks.thread_guard);
  }
  map_data(begin, address_of(__data_end));
}

// New descriptors are visible to the walker before anything after uses them.  [ARMv8-A D5.10.1]
void publish_descriptors() { asm volatile("dsb ishst\n isb" ::: "memory"); }

// No core uses an older descriptor of the page any more.  [ARMv8-A D5.10.2, C5.5 TLBI VAAE1IS]
void forget_everywhere(std::uintptr_t page) {
  constexpr std::uint64_t kPageNumber = bit_mask<std::uint64_t, 43, 0>();
  asm volatile(
      "dsb ishst\n tlbi vaae1is, %0\n dsb ish\n isb" ::"r"((page / kPageBytes) & kPageNumber)
      : "memory");
}

// Writable memory is never executable, and no low address is mapped.
void close_the_boot_windows() {
  std::uint64_t tcr = 0;
  asm volatile("mrs %0, tcr_el1" : "=r"(tcr));
  asm volatile("msr sctlr_el1, %0\n msr tcr_el1, %1\n isb\n tlbi vmalle1\n dsb nsh\n isb" ::"r"(
                   std::uint64_t{BATON_SCTLR_ON_WXN}),
               "r"(tcr | BATON_TCR_EPD0)
               : "memory");
}

// Maps [begin, end) but for what the image occupies, which is mapped better already.
Result<void> map_around_image(PhysAddr begin, PhysAddr end) {
  const PhysAddr image_begin = to_physical(__text_start);
  const PhysAddr image_end = to_physical(__data_end);
  if (begin < image_begin) {
    const PhysAddr stop = end < image_begin ? end : image_begin;
    if (Result<void> done =
            tables.map(to_virtual(begin), begin, stop - begin, kData, /*keep_existing=*/false);
        !done) {
      return done;
    }
  }
  if (end > image_end) {
    const PhysAddr start = begin > image_end ? begin : image_end;
    return tables.map(to_virtual(start), start, end - start, kData, /*keep_existing=*/false);
  }
  return {};
}

}  // namespace

Result<void> map(PhysAddr begin, std::uint64_t bytes, MemoryKind kind) {
  if (bytes == 0) {
    return fail(Error::kInvalidArgument);
  }
  if (begin >= kLinearBytes || bytes > kLinearBytes - begin) {
    return fail(Error::kOutOfRange);
  }
  const PhysAddr first = align_down<PhysAddr>(begin, kPageBytes);
  const PhysAddr last = align_up<PhysAddr>(begin + bytes, kPageBytes);
  const Result<void> done = kind == MemoryKind::kRam
                                ? map_around_image(first, last)
                                : tables.map(to_virtual(first), first, last - first, kRegisters);
  publish_descriptors();
  return done;
}

Result<Mmio> map_device(PhysAddr begin, std::uint64_t bytes) {
  if (Result<void> done = map(begin, bytes, MemoryKind::kDevice); !done) {
    return fail(done.error());
  }
  if (first_device_window == 0) {
    first_device_window = to_virtual(begin);
  }
  return Mmio(to_virtual(begin));
}

Result<void> protect_guard(std::span<const std::byte> guard) {
  const auto begin = reinterpret_cast<std::uintptr_t>(guard.data());
  if (guard.empty() || begin < kLinearBase || ((begin | guard.size()) & (kPageBytes - 1)) != 0) {
    return fail(Error::kInvalidArgument);
  }
  for (std::uintptr_t page = begin; page != begin + guard.size(); page += kPageBytes) {
    // The barrier of the core that stored is the one that counts.
    const LocalIrq::State before = LocalIrq::save_and_disable();
    const Result<void> done = tables.make_guard(page);
    forget_everywhere(page);
    LocalIrq::restore(before);
    if (!done) {
      return done;
    }
  }
  return {};
}

std::uintptr_t any_device_window() { return first_device_window; }

std::span<const Section> image_sections() { return kSections; }

ProtectionUse protection_use() {
  return {.what = "page tables", .used = tables.tables_used(), .total = tables.tables_total()};
}

AddressName name_address(std::uintptr_t address) {
  const auto inside = [address](const auto& bytes) {
    return address - address_of(bytes.data()) < bytes.size();
  };
  for (std::size_t core = 0; core < core_stacks.size(); ++core) {
    const CoreStacks& stacks = core_stacks[core];
    const int number = static_cast<int>(core);
    if (inside(stacks.thread_guard)) {
      return {.what = "the guard below the thread stack", .core = number};
    }
    if (inside(stacks.handler_guard)) {
      return {.what = "the guard below the handler stack", .core = number};
    }
    if (inside(stacks.emergency_guard)) {
      return {.what = "the guard below the emergency stack", .core = number};
    }
    if (inside(stacks.thread)) {
      return {.what = "the thread stack", .core = number};
    }
    if (inside(stacks.handler) || inside(stacks.emergency)) {
      return {.what = "the handler stack", .core = number};
    }
  }
  if (address >= kLinearBase && tables.is_guard(address)) {
    return {.what = "the guard below a thread's stack"};
  }
  for (const Section& section : image_sections()) {
    if (address >= address_of(section.begin) && address < address_of(section.end)) {
      return {.what = section.name};
    }
  }
  if (address < kPageBytes) {
    return {.what = "the null page"};
  }
  const std::optional<Translation> found = tables.translate(address);
  if (address >= kLinearBase && found) {
    const bool device = ((found->attributes ^ kRegisters.bits()) & 0x1cU) == 0;
    return {.what = device ? "device registers" : "RAM"};
  }
  return {};
}

}  // namespace baton::arch

void aarch64_boot_main(std::uint64_t boot_argument) {
  using namespace baton::arch;  // NOLINT(google-build-using-namespace)
  set_thread_pointer(&before_threads[core_index()]);
  map_image_part(address_of(__text_start), address_of(__text_end), kText,
                 PageTables::Blocks::kLargest);
  map_image_part(address_of(__rodata_start), address_of(__rodata_end), kConstants,
                 PageTables::Blocks::kLargest);
  map_data_around_guards();
  publish_descriptors();
  aarch64_switch_to_final_tables(to_physical(&kernel_l1));
  close_the_boot_windows();
  boot_main(boot_argument);
}

void aarch64_secondary_main() {
  using namespace baton::arch;  // NOLINT(google-build-using-namespace)
  set_thread_pointer(&before_threads[core_index()]);
  secondary_main();
}
