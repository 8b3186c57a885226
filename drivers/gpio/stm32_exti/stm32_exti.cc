#include "drivers/gpio/stm32_exti/stm32_exti.h"

#include <utility>

#include "drivers/gpio/stm32_exti/stm32_exti_regs.h"

namespace baton::drivers {

using stm32_exti::FallingReg;
using stm32_exti::kPins;
using stm32_exti::Lines;
using stm32_exti::MaskReg;
using stm32_exti::PendingReg;
using stm32_exti::Ports;
using stm32_exti::PortsReg;
using stm32_exti::RisingReg;

Result<void> Stm32Exti::connect(std::uint32_t port, std::uint32_t pin, Edge edge) noexcept {
  if (pin >= kPins || port > Ports::kMask) return fail(Error::kOutOfRange);
  MaskReg::write(io_, MaskReg::read(io_).with_line(pin, false));
  const std::uint32_t word = pin / Ports::kPerWord;
  PortsReg::write(configuration_, PortsReg::read(configuration_, word).with_line(pin, port), word);
  const std::uint32_t edges = std::to_underlying(edge);
  RisingReg::write(io_, RisingReg::read(io_).with_line(pin, (edges & 1U) != 0));
  FallingReg::write(io_, FallingReg::read(io_).with_line(pin, (edges & 2U) != 0));
  // That the line has changed its port may have been an edge.
  PendingReg::clear(io_, Lines::only(pin));
  MaskReg::write(io_, MaskReg::read(io_).with_line(pin, true));
  return {};
}

Result<void> Stm32Exti::disconnect(std::uint32_t pin) noexcept {
  if (pin >= kPins) return fail(Error::kOutOfRange);
  MaskReg::write(io_, MaskReg::read(io_).with_line(pin, false));
  RisingReg::write(io_, RisingReg::read(io_).with_line(pin, false));
  FallingReg::write(io_, FallingReg::read(io_).with_line(pin, false));
  PendingReg::clear(io_, Lines::only(pin));
  return {};
}

bool Stm32Exti::take(std::uint32_t pin) noexcept {
  if (pin >= kPins || !PendingReg::read(io_).has(pin)) return false;
  PendingReg::clear(io_, Lines::only(pin));
  // It has arrived before the handler ends, or the core is interrupted once more.
  static_cast<void>(PendingReg::read(io_));
  arch::device_barrier();
  return true;
}

}  // namespace baton::drivers
