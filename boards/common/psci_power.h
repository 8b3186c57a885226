// Power control by the firmware's PSCI.
#ifndef BATON_BOARDS_COMMON_PSCI_POWER_H_
#define BATON_BOARDS_COMMON_PSCI_POWER_H_

#include "arch/cores.h"
#include "drivers/iface/power.h"

namespace baton::board {

/// Any core, any context.
class PsciPower final : public iface::PowerControl {
 public:
  constexpr PsciPower() = default;
  void set_conduit(arch::StartMethod::Kind conduit) { conduit_ = conduit; }
  void power_off() noexcept override { arch::psci_system_off(conduit_); }
  void reboot() noexcept override { arch::psci_system_reset(conduit_); }

 private:
  arch::StartMethod::Kind conduit_ = arch::StartMethod::Kind::kPsciHvc;
};

}  // namespace baton::board

#endif  // BATON_BOARDS_COMMON_PSCI_POWER_H_
