// The LED and the button of a board, at the shell: `led` and `button`.
#ifndef BATON_BOARDS_CORTEX_M_PANEL_H_
#define BATON_BOARDS_CORTEX_M_PANEL_H_

#include <optional>
#include <span>

#include "base/result.h"
#include "drivers/iface/interrupt_controller.h"
#include "kernel/shell/command.h"

namespace baton::board::cortex_m {

/// What there is of them (boards/cortex_m/description.h says what it means).
struct Panel {
  void (*set_led)(bool on) = nullptr;
  bool (*button_pressed)() = nullptr;
  Result<void> (*start_button)() = nullptr;
  void (*acknowledge_button)() = nullptr;
  std::optional<iface::IrqNumber> button_irq;
};

/// The commands for it, and after them `others`, as many as there is room for: four in all.  Once,
/// before the kernel starts.  Null in an image without a shell (//boards/cortex_m:panel_commands).
[[gnu::weak]] std::span<const kernel::shell::Command> panel_commands(
    const Panel& panel, std::span<const kernel::shell::Command> others);

}  // namespace baton::board::cortex_m

#endif  // BATON_BOARDS_CORTEX_M_PANEL_H_
