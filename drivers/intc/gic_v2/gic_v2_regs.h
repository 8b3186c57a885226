// The registers of a GICv2 distributor and CPU interface, as far as Baton uses them.
// Offsets and the non-secure view of [GICv2 4.3, 4.4]; GIC-400 is one of these.
#ifndef BATON_DRIVERS_INTC_GIC_V2_GIC_V2_REGS_H_
#define BATON_DRIVERS_INTC_GIC_V2_GIC_V2_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::gic_v2 {

// One bit per interrupt, 32 to a register.  Element 0 (INTIDs 0-31) is each core's own.
using Lines = mmio::Plain<>;
// One byte per interrupt.  Bytes can be written alone, so lines do not disturb each other.
using LineByte = mmio::Plain<std::uint8_t>;

// [GICv2 4.3.1] GICD_CTLR -- as non-secure software sees it: one enable.
struct DistributorControl : mmio::Value<DistributorControl> {
  constexpr DistributorControl with_enable(bool on) const { return with<0, 0>(on ? 1 : 0); }
};
using GicdCtlr = mmio::Rw<DistributorControl, 0x000>;

// [GICv2 4.3.2] GICD_TYPER.
struct Typer : mmio::Value<Typer> {
  /// Interrupts there may be, in steps of 32; the last four INTIDs are special.
  constexpr std::uint32_t lines() const {
    const std::uint32_t n = 32U * (get<4, 0>() + 1U);
    return n > 1020U ? 1020U : n;
  }
};
using GicdTyper = mmio::Ro<Typer, 0x004>;

using GicdIsenabler = mmio::Rw<Lines, 0x100, 4, 32>;        // [GICv2 4.3.5]
using GicdIcenabler = mmio::Rw<Lines, 0x180, 4, 32>;        // [GICv2 4.3.6]
using GicdIspendr = mmio::Wo<Lines, 0x200, 4, 32>;          // [GICv2 4.3.7]
using GicdIcpendr = mmio::Rw<Lines, 0x280, 4, 32>;          // [GICv2 4.3.8]
using GicdIcactiver = mmio::Rw<Lines, 0x380, 4, 32>;        // [GICv2 4.3.10]
using GicdIpriorityr = mmio::Rw<LineByte, 0x400, 1, 1020>;  // [GICv2 4.3.11]
using GicdItargetsr = mmio::Rw<LineByte, 0x800, 1, 1020>;   // [GICv2 4.3.12]
using GicdItargetsrWord = mmio::Ro<mmio::Plain<>, 0x800, 4, 255>;
using GicdIcfgr = mmio::Rw<mmio::Plain<>, 0xc00, 4, 64>;     // [GICv2 4.3.13] two bits per line
using GicdCpendsgir = mmio::Rw<mmio::Plain<>, 0xf10, 4, 4>;  // [GICv2 4.3.16]

// [GICv2 4.3.15] GICD_SGIR -- sends an SGI.
struct Sgir : mmio::Value<Sgir> {
  constexpr Sgir with_id(std::uint32_t id) const { return with<3, 0>(id); }
  constexpr Sgir with_targets(std::uint32_t interfaces) const { return with<23, 16>(interfaces); }
};
using GicdSgir = mmio::Wo<Sgir, 0xf00>;

// [GICv2 4.3.18] ICPIDR2 -- which architecture version answers.
struct Pidr2 : mmio::Value<Pidr2> {
  constexpr std::uint32_t architecture() const { return get<7, 4>(); }
};
using GicdPidr2 = mmio::Ro<Pidr2, 0xfe8>;

// [GICv2 4.4.1] GICC_CTLR -- non-secure view.
struct InterfaceControl : mmio::Value<InterfaceControl> {
  constexpr InterfaceControl with_enable(bool on) const { return with<0, 0>(on ? 1 : 0); }
  /// What is kept of the firmware's setting: whether to bypass the controller while it is off.
  constexpr InterfaceControl bypass_bits() const {
    return InterfaceControl{}.with<8, 5>(get<8, 5>());
  }
};
using GiccCtlr = mmio::Rw<InterfaceControl, 0x000>;
using GiccPmr = mmio::Rw<mmio::Plain<>, 0x004>;        // [GICv2 4.4.2]
using GiccBpr = mmio::Rw<mmio::Plain<>, 0x008>;        // [GICv2 4.4.3]
using GiccApr = mmio::Rw<mmio::Plain<>, 0x0d0, 4, 4>;  // [GICv2 4.4]

// [GICv2 4.4.4, 4.4.5] GICC_IAR, GICC_EOIR.
struct Acknowledge : mmio::Value<Acknowledge> {
  constexpr std::uint32_t id() const { return get<9, 0>(); }
  constexpr std::uint32_t source_interface() const { return get<12, 10>(); }
};
using GiccIar = mmio::Ro<Acknowledge, 0x00c>;
using GiccEoir = mmio::Wo<Acknowledge, 0x010>;

static_assert(Typer::from_raw(0x66).lines() == 224 && Typer::from_raw(0x1f).lines() == 1020);
static_assert(Sgir{}.with_id(5).with_targets(0x3).raw() == 0x00030005);
static_assert(Pidr2::from_raw(0x2b).architecture() == 2);
static_assert(InterfaceControl::from_raw(0x3e7).bypass_bits().with_enable(true).raw() == 0x1e1);
static_assert(Acknowledge::from_raw(0xc05).id() == 5 &&
              Acknowledge::from_raw(0xc05).source_interface() == 3);
static_assert(GicdIpriorityr::at(27) == 0x41b && GicdItargetsr::at(153) == 0x899);
static_assert(GicdIsenabler::at(4) == 0x110 && GicdIcfgr::at(9) == 0xc24 && GiccApr::at(3) == 0xdc);

}  // namespace baton::drivers::gic_v2

#endif  // BATON_DRIVERS_INTC_GIC_V2_GIC_V2_REGS_H_
