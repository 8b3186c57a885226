#include "drivers/fdt/cpus.h"

#include <algorithm>

#include "drivers/fdt/address.h"
#include "drivers/fdt/big_endian.h"

namespace baton::drivers::fdt {
namespace {

constexpr std::uint64_t kAffinityBits = 0xff'00ff'ffff;  // Aff3, Aff2, Aff1, Aff0 [ARMv8-A D13.2]
constexpr std::uint32_t kStandardCpuOn64 = 0xc400'0003;  // [PSCI 5.1.4]

bool is_cpu(const Fdt& tree, Node node) {
  const auto type = tree.text(node, "device_type");
  if (type) return *type == "cpu";
  const std::string_view name = tree.name(node);
  return name == "cpu" || name.starts_with("cpu@");
}

// The affinity fields; "reg" is only an address here, without a size.
Result<std::uint64_t> read_mpidr(const Fdt& tree, Node node, std::uint32_t cells) {
  const auto reg = tree.property(node, "reg");
  if (!reg || reg->size() != cells * kCellBytes) return fail(Error::kCorrupt);
  const std::uint64_t mpidr = read_cells(*reg, cells);
  if ((mpidr & ~kAffinityBits) != 0) return fail(Error::kCorrupt);
  return mpidr;
}

// A processor's own method goes before one that /cpus states for all.
void read_method(const Fdt& tree, Node all, Cpu& cpu) {
  const Node holder = tree.has(cpu.node, "enable-method") ? cpu.node : all;
  const auto method = tree.text(holder, "enable-method");
  if (!method) {
    cpu.method = method.error() == Error::kNotFound ? EnableMethod::kNone : EnableMethod::kOther;
    return;
  }
  cpu.method = EnableMethod::kOther;
  if (*method == "psci") cpu.method = EnableMethod::kPsci;
  if (*method != "spin-table") return;
  const auto address = tree.number(cpu.node, "cpu-release-addr");
  if (!address) return;  // a spin table nobody can find is of no use
  cpu.method = EnableMethod::kSpinTable;
  cpu.release_address = *address;
}

}  // namespace

Result<Cpus> cpus(const Fdt& tree, std::span<Cpu> out) {
  const auto all = tree.find_path("/cpus");
  if (!all) return fail(Error::kNotFound);
  const auto cells = cell_counts(tree, *all);
  if (!cells) return fail(cells.error());
  Cpus result;
  for (auto node = tree.first_child(*all); node; node = tree.next_sibling(*node)) {
    if (!is_cpu(tree, *node) || !tree.is_enabled(*node)) continue;
    const auto mpidr = read_mpidr(tree, *node, cells->address);
    // Starting one core twice would give two owners to everything that is per core.
    const auto known = out.first(std::min(result.found, out.size()));
    const bool twice =
        mpidr && std::ranges::any_of(known, [&](const Cpu& cpu) { return cpu.mpidr == *mpidr; });
    if (!mpidr || twice) {
      ++result.skipped;
      continue;
    }
    if (result.found < out.size()) {
      Cpu& cpu = out[result.found];
      cpu = {.node = *node, .mpidr = *mpidr, .compatible = {}};
      read_method(tree, *all, cpu);
      cpu.compatible = tree.text(*node, "compatible").value_or(std::string_view{});
    }
    ++result.found;
  }
  if (result.found == 0) return fail(Error::kNotFound);
  result.items = out.first(std::min(result.found, out.size()));
  return result;
}

Result<Psci> psci(const Fdt& tree) {
  Result<Node> node = fail(Error::kNotFound);
  bool standard = true;
  for (const std::string_view name : {"arm,psci-1.0", "arm,psci-0.2"}) {
    if (!node) node = tree.find_compatible(name);
  }
  if (!node) {
    node = tree.find_compatible("arm,psci");
    standard = false;
  }
  if (!node) return fail(Error::kNotFound);
  Psci result = {.cpu_on = kStandardCpuOn64, .standard = standard};
  const auto method = tree.text(*node, "method");
  if (method && *method == "smc") {
    result.conduit = Psci::Conduit::kSmc;
  } else if (!method || *method != "hvc") {
    return fail(Error::kCorrupt);
  }
  if (!standard) {
    const auto number = tree.u32(*node, "cpu_on");
    if (!number) return fail(Error::kCorrupt);
    result.cpu_on = *number;
  }
  return result;
}

}  // namespace baton::drivers::fdt
