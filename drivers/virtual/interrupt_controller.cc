#include "drivers/virtual/interrupt_controller.h"

#include "arch/cpu.h"

namespace baton::drivers {
namespace {

Result<unsigned> line_of(iface::IrqNumber irq) {
  const auto line = static_cast<unsigned>(irq);
  if (line >= arch::host::kLines) {
    return fail(Error::kOutOfRange);
  }
  if (line != arch::host::kTimerLine && line < arch::host::kFirstDevice) {
    return fail(Error::kInvalidArgument);
  }
  return line;
}

}  // namespace

Result<void> VirtualInterruptController::init_core() noexcept {
  arch::host::lines().init_core();
  return {};
}

Result<void> VirtualInterruptController::enable(iface::IrqNumber irq, unsigned core) noexcept {
  const Result<unsigned> line = line_of(irq);
  if (!line) {
    return fail(line.error());
  }
  if (core >= cores_) {
    return fail(Error::kOutOfRange);
  }
  if (*line == arch::host::kTimerLine && core != arch::core_index()) {
    return fail(Error::kInvalidArgument);
  }
  if (!arch::host::lines().is_online(core)) {
    return fail(Error::kNotFound);
  }
  arch::host::lines().enable(*line, core);
  return {};
}

Result<void> VirtualInterruptController::disable(iface::IrqNumber irq) noexcept {
  const Result<unsigned> line = line_of(irq);
  if (!line) {
    return fail(line.error());
  }
  arch::host::lines().disable(*line);
  return {};
}

Result<void> VirtualInterruptController::raise(iface::IrqNumber irq) noexcept {
  const Result<unsigned> line = line_of(irq);
  if (!line) return fail(line.error());
  if (*line == arch::host::kTimerLine) return fail(Error::kInvalidArgument);
  arch::host::lines().raise(*line);
  return {};
}

void VirtualInterruptController::send_ipi(std::uint32_t core_mask, unsigned ipi) noexcept {
  arch::host::lines().send_ipi(core_mask, ipi);
}

iface::Claim VirtualInterruptController::claim() noexcept {
  const unsigned line = arch::host::lines().claim();
  if (line == arch::host::kNoLine) {
    return {};
  }
  return {.kind = line < kIpis ? iface::Claim::Kind::kIpi : iface::Claim::Kind::kIrq,
          .number = line,
          .token = 0};
}

void VirtualInterruptController::complete(const iface::Claim& claim) noexcept {
  if (claim.kind != iface::Claim::Kind::kNone) {
    arch::host::lines().complete(claim.number);
  }
}

static_assert(iface::InterruptController::kIpis == arch::host::kIpiLines);

}  // namespace baton::drivers
