#include "boards/common/device_tree.h"

#include <array>
#include <cstddef>
#include <span>

#include "arch/cores.h"
#include "arch/memory.h"
#include "drivers/fdt/cpus.h"
#include "drivers/fdt/memory.h"

namespace baton::board {
namespace {

namespace fdt = drivers::fdt;

// [Linux Documentation/arch/arm64/booting.rst] A tree is at most 2 MiB, and is not followed by
// anything that could not be mapped with it.
constexpr std::uint64_t kTreeWindow = std::uint64_t{2} << 20U;

std::string_view words(fdt::Reserved::By by) {
  switch (by) {
    case fdt::Reserved::By::kReserveList:
      return "reserved by the loader";
    case fdt::Reserved::By::kNode:
      return "reserved by the device tree";
    case fdt::Reserved::By::kTree:
      return "device tree";
    case fdt::Reserved::By::kInitrd:
      return "initial RAM disk";
  }
  return "reserved";
}

arch::StartMethod start_method(const fdt::Cpu& cpu, arch::StartMethod::Kind psci) {
  switch (cpu.method) {
    case fdt::EnableMethod::kPsci:
      return {.kind = psci, .release_address = 0};
    case fdt::EnableMethod::kSpinTable:
      return {.kind = arch::StartMethod::Kind::kSpinTable, .release_address = cpu.release_address};
    case fdt::EnableMethod::kNone:
    case fdt::EnableMethod::kOther:
      break;
  }
  return {};
}

}  // namespace

FoundTree find_tree(std::uint64_t at) {
  if (at == 0 || at % 8 != 0 || !arch::map(at, kTreeWindow, arch::MemoryKind::kRam)) {
    return {};
  }
  const std::span window(reinterpret_cast<const std::byte*>(arch::to_virtual(at)), kTreeWindow);
  if (auto tree = fdt::Fdt::open(window)) {
    return {.tree = *tree, .damage = {}};
  } else if (tree.error() == Error::kNotFound) {
    return {};
  }
  return {.tree = std::nullopt, .damage = fdt::explain(fdt::inspect(window).damage)};
}

Result<void> describe_memory(const fdt::Fdt& tree, std::uint64_t tree_address,
                             Description& description) {
  std::array<fdt::Range, 8> ranges{};
  description.source = "device tree";
  const auto memory = fdt::memory(tree, ranges);
  if (!memory) {
    return fail(memory.error());
  }
  if (memory->empty()) {
    return fail(Error::kCorrupt);
  }
  for (const fdt::Range& range : *memory) {
    if (Result<void> added =
            description.ram.add({.begin = range.base, .bytes = range.size, .what = "RAM"});
        !added) {
      return added;
    }
  }
  std::array<fdt::Reserved, 15> storage{};
  const auto reserved = fdt::reserved(tree, tree_address, storage);
  if (!reserved) {
    return fail(reserved.error());
  }
  for (const fdt::Reserved& each : *reserved) {
    if (Result<void> added = description.reserved.add(
            {.begin = each.range.base, .bytes = each.range.size, .what = words(each.by)});
        !added) {
      return added;
    }
  }
  return {};
}

Result<void> describe_cores(const fdt::Fdt& tree, Description& description) {
  arch::StartMethod::Kind psci = arch::StartMethod::Kind::kNone;
  if (const auto found = fdt::psci(tree); found && found->standard) {
    psci = found->conduit == fdt::Psci::Conduit::kSmc ? arch::StartMethod::Kind::kPsciSmc
                                                      : arch::StartMethod::Kind::kPsciHvc;
  }
  std::array<fdt::Cpu, 2 * arch::kMaxCores> storage{};
  const auto cpus = fdt::cpus(tree, storage);
  if (!cpus) {
    return fail(cpus.error());
  }
  if (cpus->items.empty()) {
    return fail(Error::kNotFound);
  }
  const std::uint64_t self = arch::affinity();
  for (const bool boot_core : {true, false}) {
    for (const fdt::Cpu& cpu : cpus->items) {
      if ((cpu.mpidr == self) != boot_core) {
        continue;
      }
      if (description.cores.full()) {
        ++description.cores_left_out;
        continue;
      }
      // There is room: just looked.
      static_cast<void>(
          description.cores.add({.affinity = cpu.mpidr, .start = start_method(cpu, psci)}));
    }
    if (boot_core && description.cores.all().empty()) {
      return fail(Error::kCorrupt);
    }
  }
  description.cores_left_out += cpus->found - cpus->items.size();
  return {};
}

}  // namespace baton::board
