#include "drivers/fdt/interrupts.h"

#include <string_view>

#include "drivers/fdt/big_endian.h"

namespace baton::drivers::fdt {
namespace {

constexpr std::size_t kMaxInterrupts = 32;
// Steps from a device to its controller; more can only be a circle.
constexpr std::size_t kMaxSteps = kMaxDepth;

constexpr std::uint32_t kSharedType = 0;
constexpr std::uint32_t kPrivateType = 1;
constexpr std::uint32_t kFirstPrivate = 16;
constexpr std::uint32_t kFirstShared = 32;
constexpr std::uint32_t kPrivateCount = 16;
constexpr std::uint32_t kSharedCount = 988;  // 32 to 1019 [GICv2 2.2.1]
constexpr std::uint32_t kTriggerMask = 0xf;  // above it: which cores, for a GICv2's PPI

// How many cells `controller` wants per interrupt, if it is one that takes interrupts itself.
Result<std::size_t> specifier_cells(const Fdt& tree, Node controller) {
  const auto count = tree.u32(controller, "#interrupt-cells");
  if (!count) return fail(Error::kCorrupt);
  if (*count == 0) return fail(Error::kCorrupt);
  if (*count > Interrupt{}.cells.size()) return fail(Error::kUnsupported);
  if (!tree.has(controller, "interrupt-controller")) {
    return fail(tree.has(controller, "interrupt-map") ? Error::kUnsupported : Error::kCorrupt);
  }
  return *count;
}

Interrupt read_specifier(Node controller, std::span<const std::byte> bytes, std::size_t count) {
  Interrupt result = {.controller = controller, .cell_count = static_cast<std::uint8_t>(count)};
  for (std::size_t i = 0; i < count; ++i) {
    result.cells[i] = read_cell(bytes.subspan(i * kCellBytes));
  }
  return result;
}

// Entries of "interrupts-extended" name their controller each, so that they differ in length.
Result<Interrupt> extended_interrupt(const Fdt& tree, std::span<const std::byte> list,
                                     std::size_t index) {
  for (std::size_t i = 0; !list.empty(); ++i) {
    if (list.size() < kCellBytes) return fail(Error::kCorrupt);
    const auto controller = tree.find_phandle(read_cell(list));
    if (!controller) return fail(Error::kCorrupt);
    const auto count = specifier_cells(tree, *controller);
    if (!count) return fail(count.error());
    list = list.subspan(kCellBytes);
    if (list.size() < *count * kCellBytes) return fail(Error::kCorrupt);
    if (i == index) return read_specifier(*controller, list, *count);
    list = list.subspan(*count * kCellBytes);
  }
  return fail(Error::kNotFound);
}

// A device's interrupts; where they all go to one controller it is looked for once.
class Source {
 public:
  static Result<Source> of(const Fdt& tree, Node node) {
    Source source(tree);
    if (const auto list = tree.property(node, "interrupts-extended")) {
      source.list_ = *list;
      return source;
    }
    const auto list = tree.property(node, "interrupts");
    if (!list) return fail(Error::kNotFound);
    const auto controller = interrupt_parent(tree, node);
    if (!controller) return fail(Error::kCorrupt);
    const auto count = specifier_cells(tree, *controller);
    if (!count) return fail(count.error());
    if (list->size() % (*count * kCellBytes) != 0) return fail(Error::kCorrupt);
    source.list_ = *list;
    source.controller_ = *controller;
    source.count_ = *count;
    return source;
  }

  Result<Interrupt> at(std::size_t index) const {
    if (index >= kMaxInterrupts) return fail(Error::kNotFound);
    if (count_ == 0) return extended_interrupt(tree_, list_, index);
    const std::size_t stride = count_ * kCellBytes;
    if (index >= list_.size() / stride) return fail(Error::kNotFound);
    return read_specifier(controller_, list_.subspan(index * stride), count_);
  }

 private:
  explicit Source(const Fdt& tree) : tree_(tree) {}

  Fdt tree_;
  std::span<const std::byte> list_;
  Node controller_;
  std::size_t count_ = 0;  // cells of each interrupt; 0: the list is of the extended kind
};

Result<Trigger> trigger_of(std::uint32_t flags) {
  switch (flags & kTriggerMask) {
    case 0:
      return Trigger::kUnspecified;
    case 1:
      return Trigger::kRisingEdge;
    case 2:
      return Trigger::kFallingEdge;
    case 4:
      return Trigger::kHighLevel;
    case 8:
      return Trigger::kLowLevel;
    default:
      return fail(Error::kCorrupt);
  }
}

// The interrupt called `name`, or the one at the customary place when none of them has a name.
std::optional<Interrupt> timer_interrupt(const Fdt& tree, Node node, const Source& source,
                                         std::string_view name, std::size_t place) {
  if (tree.has(node, "interrupt-names")) {
    for (place = 0; place < kMaxInterrupts; ++place) {
      const auto each = tree.text(node, "interrupt-names", place);
      if (!each) return std::nullopt;
      if (*each == name) break;
    }
  }
  const auto found = source.at(place);
  if (!found) return std::nullopt;
  return *found;
}

}  // namespace

Result<Node> interrupt_parent(const Fdt& tree, Node node) {
  for (std::size_t step = 0; step < kMaxSteps; ++step) {
    const auto phandle = tree.u32(node, "interrupt-parent");
    if (!phandle && phandle.error() != Error::kNotFound) return fail(phandle.error());
    const auto next = phandle ? tree.find_phandle(*phandle) : tree.parent(node);
    if (!next) return fail(phandle ? Error::kCorrupt : Error::kNotFound);
    if (tree.has(*next, "#interrupt-cells")) return *next;
    node = *next;
  }
  return fail(Error::kCorrupt);
}

Result<Interrupt> interrupt(const Fdt& tree, Node node, std::size_t index) {
  const auto source = Source::of(tree, node);
  if (!source) return fail(source.error());
  return source->at(index);
}

Result<GicInterrupt> gic_interrupt(const Interrupt& interrupt) {
  if (interrupt.cell_count < 3) return fail(Error::kUnsupported);
  const std::uint32_t type = interrupt.cells[0];
  const std::uint32_t number = interrupt.cells[1];
  if (type != kSharedType && type != kPrivateType) return fail(Error::kUnsupported);
  if (number >= (type == kSharedType ? kSharedCount : kPrivateCount)) return fail(Error::kCorrupt);
  const auto trigger = trigger_of(interrupt.cells[2]);
  if (!trigger) return fail(trigger.error());
  return GicInterrupt{.intid = number + (type == kSharedType ? kFirstShared : kFirstPrivate),
                      .trigger = *trigger};
}

Result<Timer> timer(const Fdt& tree) {
  auto node = tree.find_compatible("arm,armv8-timer");
  if (!node) node = tree.find_compatible("arm,armv7-timer");
  if (!node) return fail(Error::kNotFound);
  Timer result;
  result.node = *node;
  const auto frequency = tree.u32(*node, "clock-frequency");
  if (frequency && *frequency != 0) result.frequency = *frequency;
  const auto source = Source::of(tree, *node);
  if (!source) return result;
  result.secure = timer_interrupt(tree, *node, *source, "sec-phys", 0);
  result.physical = timer_interrupt(tree, *node, *source, "phys", 1);
  result.virt = timer_interrupt(tree, *node, *source, "virt", 2);
  result.hypervisor = timer_interrupt(tree, *node, *source, "hyp-phys", 3);
  return result;
}

}  // namespace baton::drivers::fdt
