// The registers of a GICv3 distributor and redistributor, as far as Baton uses them.
//
// Non-secure view, affinity routing on.  The CPU interface is system registers
// ("arch/gic_sysregs.h").
#ifndef BATON_DRIVERS_INTC_GIC_V3_GIC_V3_REGS_H_
#define BATON_DRIVERS_INTC_GIC_V3_GIC_V3_REGS_H_

#include <cstddef>
#include <cstdint>

#include "base/bits.h"
#include "base/mmio.h"

namespace baton::drivers::gic_v3 {

using Lines = mmio::Plain<>;                 // one bit per interrupt, 32 to a register
using LineByte = mmio::Plain<std::uint8_t>;  // one byte per interrupt

// [GICv3 2.2.1] A core's place in the machine: four levels of eight bits, as MPIDR_EL1 has them.
struct Affinity {
  std::uint8_t aff0 = 0;
  std::uint8_t aff1 = 0;
  std::uint8_t aff2 = 0;
  std::uint8_t aff3 = 0;

  static constexpr Affinity from_mpidr(std::uint64_t mpidr) {
    return {.aff0 = static_cast<std::uint8_t>(get_bits<7, 0>(mpidr)),
            .aff1 = static_cast<std::uint8_t>(get_bits<15, 8>(mpidr)),
            .aff2 = static_cast<std::uint8_t>(get_bits<23, 16>(mpidr)),
            .aff3 = static_cast<std::uint8_t>(get_bits<39, 32>(mpidr))};
  }
  constexpr bool same_cluster(const Affinity& other) const {
    return aff1 == other.aff1 && aff2 == other.aff2 && aff3 == other.aff3;
  }
  friend constexpr bool operator==(const Affinity&, const Affinity&) = default;
};

// [GICv3 12.9] GICD_CTLR -- non-secure view, or the only one where there is but one Security state;
// the bits below sit at the same place in both.
struct DistributorControl : mmio::Value<DistributorControl> {
  constexpr bool write_pending() const { return get<31, 31>() != 0; }
  constexpr bool affinity_routing() const { return get<4, 4>() != 0; }
  constexpr DistributorControl with_affinity_routing(bool on) const {
    return with<4, 4>(on ? 1 : 0);
  }
  constexpr DistributorControl with_enable_group1(bool on) const { return with<1, 1>(on ? 1 : 0); }
};
using GicdCtlr = mmio::Rw<DistributorControl, 0x0000>;

// [GICv3 12.9] GICD_TYPER.
struct DistributorType : mmio::Value<DistributorType> {
  /// Shared interrupts and the cores' own, in steps of 32; INTIDs 1020 to 1023 are special.
  constexpr std::uint32_t lines() const {
    const std::uint32_t n = 32U * (get<4, 0>() + 1U);
    return n > 1020U ? 1020U : n;
  }
};
using GicdTyper = mmio::Ro<DistributorType, 0x0004>;

using GicdIgroupr = mmio::Rw<Lines, 0x0080, 4, 32>;          // [GICv3 12.9]
using GicdIsenabler = mmio::Rw<Lines, 0x0100, 4, 32>;        // [GICv3 12.9]
using GicdIcenabler = mmio::Rw<Lines, 0x0180, 4, 32>;        // [GICv3 12.9]
using GicdIspendr = mmio::Wo<Lines, 0x0200, 4, 32>;          // [GICv3 12.9]
using GicdIcpendr = mmio::Rw<Lines, 0x0280, 4, 32>;          // [GICv3 12.9]
using GicdIcactiver = mmio::Rw<Lines, 0x0380, 4, 32>;        // [GICv3 12.9]
using GicdIpriorityr = mmio::Rw<LineByte, 0x0400, 1, 1020>;  // [GICv3 12.9]
using GicdIcfgr = mmio::Rw<mmio::Plain<>, 0x0c00, 4, 64>;    // [GICv3 12.9] two bits per line
using GicdIgrpmodr = mmio::Rw<Lines, 0x0d00, 4, 32>;         // [GICv3 12.9]

// [GICv3 12.9] GICD_IROUTER -- where a shared interrupt goes: one core's affinity.
struct Route : mmio::Value<Route, std::uint64_t> {
  static constexpr Route to(const Affinity& core) {
    return from_raw(std::uint64_t{core.aff3} << 32U | std::uint64_t{core.aff2} << 16U |
                    std::uint64_t{core.aff1} << 8U | core.aff0);
  }
};
using GicdIrouter = mmio::Rw<Route, 0x6000, 8, 1020>;

// [GICv3 12.9] GICD_PIDR2 -- which architecture version answers.
struct Pidr2 : mmio::Value<Pidr2> {
  constexpr std::uint32_t architecture() const { return get<7, 4>(); }
};
using GicdPidr2 = mmio::Ro<Pidr2, 0xffe8>;

// A redistributor is two frames of 64 KiB, or four with virtual LPIs.          [GICv3 12.10]
inline constexpr std::size_t kFrame = 0x10000;

// [GICv3 12.11] GICR_CTLR.
struct RedistributorControl : mmio::Value<RedistributorControl> {
  constexpr bool write_pending() const { return get<3, 3>() != 0; }
};
using GicrCtlr = mmio::Rw<RedistributorControl, 0x0000>;

// [GICv3 12.11] GICR_TYPER.
struct RedistributorType : mmio::Value<RedistributorType, std::uint64_t> {
  constexpr Affinity affinity() const {
    return {.aff0 = static_cast<std::uint8_t>(get<39, 32>()),
            .aff1 = static_cast<std::uint8_t>(get<47, 40>()),
            .aff2 = static_cast<std::uint8_t>(get<55, 48>()),
            .aff3 = static_cast<std::uint8_t>(get<63, 56>())};
  }
  constexpr bool last() const { return get<4, 4>() != 0; }
  constexpr std::size_t bytes() const { return get<1, 1>() != 0 ? 4 * kFrame : 2 * kFrame; }
};
using GicrTyper = mmio::Ro<RedistributorType, 0x0008>;

// [GICv3 12.11] GICR_WAKER.
struct Waker : mmio::Value<Waker> {
  constexpr bool children_asleep() const { return get<2, 2>() != 0; }
  constexpr Waker with_processor_sleep(bool on) const { return with<1, 1>(on ? 1 : 0); }
};
using GicrWaker = mmio::Rw<Waker, 0x0014>;

// The second frame: the core's own lines.
using GicrIgroupr0 = mmio::Rw<Lines, kFrame + 0x0080>;              // [GICv3 12.11]
using GicrIsenabler0 = mmio::Rw<Lines, kFrame + 0x0100>;            // [GICv3 12.11]
using GicrIcenabler0 = mmio::Rw<Lines, kFrame + 0x0180>;            // [GICv3 12.11]
using GicrIcpendr0 = mmio::Rw<Lines, kFrame + 0x0280>;              // [GICv3 12.11]
using GicrIcactiver0 = mmio::Rw<Lines, kFrame + 0x0380>;            // [GICv3 12.11]
using GicrIpriorityr = mmio::Rw<LineByte, kFrame + 0x0400, 1, 32>;  // [GICv3 12.11]
using GicrIgrpmodr0 = mmio::Rw<Lines, kFrame + 0x0d00>;             // [GICv3 12.11]

// [GICv3 12.2] ICC_SGI1R_EL1 -- sends an SGI to cores of one cluster.
struct Sgi1r : mmio::Value<Sgi1r, std::uint64_t> {
  constexpr Sgi1r with_id(std::uint64_t id) const { return with<27, 24>(id); }
  constexpr Sgi1r with_cluster(const Affinity& core) const {
    return with<55, 48>(core.aff3).with<39, 32>(core.aff2).with<23, 16>(core.aff1);
  }
  constexpr Sgi1r with_targets(std::uint64_t aff0_bits) const { return with<15, 0>(aff0_bits); }
};

static_assert(Affinity::from_mpidr(0x12'8034'5678) ==
              Affinity{.aff0 = 0x78, .aff1 = 0x56, .aff2 = 0x34, .aff3 = 0x12});
static_assert(DistributorControl{}.with_affinity_routing(true).with_enable_group1(true).raw() ==
              0x12);
static_assert(DistributorType::from_raw(0x37a0008).lines() == 288);
static_assert(Route::to({.aff0 = 1, .aff1 = 2, .aff2 = 3, .aff3 = 4}).raw() == 0x4'0003'0201);
static_assert(RedistributorType::from_raw(0x0403'0201'0000'0010).affinity() ==
              Affinity{.aff0 = 1, .aff1 = 2, .aff2 = 3, .aff3 = 4});
static_assert(RedistributorType::from_raw(0x10).last() &&
              RedistributorType::from_raw(0x2).bytes() == 0x40000);
static_assert(Waker::from_raw(0x6).children_asleep() &&
              Waker::from_raw(0x6).with_processor_sleep(false).raw() == 0x4);
static_assert(Sgi1r{}
                  .with_id(5)
                  .with_cluster({.aff0 = 9, .aff1 = 1, .aff2 = 2, .aff3 = 3})
                  .with_targets(0xa)
                  .raw() == 0x0003'0002'0501'000a);
static_assert(GicdIrouter::at(33) == 0x6108 && GicrIpriorityr::at(27) == 0x1041b);

}  // namespace baton::drivers::gic_v3

#endif  // BATON_DRIVERS_INTC_GIC_V3_GIC_V3_REGS_H_
