// What turns device lines and inter-processor interrupts into "interrupt N on this core".
//
//   start     boot core: init(); then every core, the boot core included: init_core()
//   handler   for (Claim c = pic.claim(); c.kind != kNone; c = pic.claim()) { ...; pic.complete(c);
//   }
//
// Cores are named by arch::core_index().  Interrupt numbers are the controller's own (a GIC's
// INTIDs, say); the board knows which number is which device.
#ifndef BATON_DRIVERS_IFACE_INTERRUPT_CONTROLLER_H_
#define BATON_DRIVERS_IFACE_INTERRUPT_CONTROLLER_H_

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace baton::iface {

/// An interrupt line of the machine's controller.
enum class IrqNumber : std::uint32_t {};

/// How urgent a line is.  Where the controller knows of that, a core with interrupts unmasked
/// inside a handler is interrupted by what is more urgent, and by nothing else.
enum class IrqPriority : std::uint8_t { kLow, kNormal, kHigh, kHighest };

/// One interrupt that the calling core has taken from the controller.
struct Claim {
  enum class Kind : std::uint8_t {
    kNone,  ///< nothing was waiting for this core (a spurious interrupt, or the last one was taken)
    kIpi,   ///< `number` is the `ipi` that a core sent
    kIrq,   ///< `number` is an IrqNumber
  };
  Kind kind = Kind::kNone;
  std::uint32_t number = 0;
  std::uint32_t token = 0;  ///< the controller's own; handed back by complete()
};

/// An interrupt controller.  Except for init() and init_core(), every call may be made by several
/// cores at once and from any context.
class InterruptController {
 public:
  /// IPIs that send_ipi() takes are 0 .. kIpis - 1.
  static constexpr unsigned kIpis = 8;
  /// Those from this one on come with the highest priority; the others are normal.
  static constexpr unsigned kFirstUrgentIpi = kIpis - 2;

  InterruptController() = default;
  InterruptController(const InterruptController&) = delete;
  InterruptController& operator=(const InterruptController&) = delete;

  /// What to call the controller in a log.
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;

  /// One more than the highest IrqNumber there is; constant once init() has succeeded.
  [[nodiscard]] virtual std::uint32_t irq_count() const noexcept = 0;

  /// Once, on the boot core, interrupts masked, before any core's init_core().  Everything off.
  /// kNotFound: no such controller answers there; kUnsupported: another kind or layout answers;
  /// kTimedOut: it answers, but does not settle.
  virtual Result<void> init() noexcept = 0;

  /// Once per core, on that core, its interrupts masked.  Afterwards IPIs reach it.  Errors as
  /// init().
  virtual Result<void> init_core() noexcept = 0;

  /// Unmasks `irq` and routes it to `core`.  A line that each core has for itself (a core's timer)
  /// is unmasked for the calling core, which `core` must name.  Two cores may enable different
  /// lines at once; who enables the same line twice at once gets one of the two routes.
  /// kOutOfRange: no such line or core; kInvalidArgument: the line is not the caller's to enable
  /// (an IPI, another core's own line); kNotFound: `core` has not run init_core(); kUnsupported:
  /// this controller cannot route that line there.
  virtual Result<void> enable(IrqNumber irq, unsigned core) noexcept = 0;

  /// Masks `irq`; for a line that each core has for itself, on the calling core.  One more
  /// interrupt that was on its way may still be claimed by another core afterwards. kOutOfRange,
  /// kInvalidArgument as enable().
  virtual Result<void> disable(IrqNumber irq) noexcept = 0;

  /// Whether the controller keeps what is not more urgent than the claims that a core has not
  /// completed from interrupting it.  False: nobody unmasks interrupts before complete().
  [[nodiscard]] virtual bool has_priorities() const noexcept { return false; }

  /// Every line is normal after init() and init_core().  For a line that each core has for itself,
  /// on the calling core.  Not while it is enabled.  kUnsupported: there are no priorities, and it
  /// is to be another; kOutOfRange, kInvalidArgument as enable().
  virtual Result<void> set_priority(IrqNumber /*irq*/, IrqPriority priority) noexcept {
    if (priority != IrqPriority::kNormal) return fail(Error::kUnsupported);
    return {};
  }

  /// Makes a device's line pending, as its device would: for tests.  kUnsupported: not here;
  /// kOutOfRange, kInvalidArgument as enable(), and for a line that each core has for itself.
  virtual Result<void> raise(IrqNumber /*irq*/) noexcept { return fail(Error::kUnsupported); }

  /// Interrupts every core in `core_mask` (bit n = core n; the caller's own bit is allowed).  What
  /// the caller wrote to memory before is visible to the receiver's handler.  Sends of the same
  /// `ipi` to the same core may merge while the receiver has not claimed it, so the receiver looks
  /// at a queue or flags of its own.  Cores that have not run init_core() are skipped.
  virtual void send_ipi(std::uint32_t core_mask, unsigned ipi) noexcept = 0;

  /// The most urgent interrupt waiting for the calling core.  From the handler, interrupts masked.
  [[nodiscard]] virtual Claim claim() noexcept = 0;

  /// Ends what claim() began, on the same core, in reverse order where claims nest.  The handler
  /// has quietened the device before.  A claim of kind kNone needs no complete() and suffers one.
  virtual void complete(const Claim& claim) noexcept = 0;

 protected:
  ~InterruptController() = default;
};

}  // namespace baton::iface

#endif  // BATON_DRIVERS_IFACE_INTERRUPT_CONTROLLER_H_
