#include "arch/host/interrupt_lines.h"

#include <algorithm>
#include <bit>

#include "arch/host/virtual_machine.h"

namespace baton::arch::host {
namespace {

constexpr std::uint32_t bit(unsigned line) { return 1U << line; }

constexpr std::uint32_t kIpiBits = (1U << kIpiLines) - 1;

// Not a line: more than any priority.
constexpr unsigned kIdle = 0x100;

}  // namespace

std::string line_name(unsigned line) {
  if (line < kIpiLines) {
    return "IPI " + std::to_string(line);
  }
  return line == kTimerLine ? "its timer's interrupt" : "device line " + std::to_string(line);
}

std::uint32_t CoreLines::urgent_enough(std::uint32_t lines) const {
  const unsigned active = active_count_.get();
  if (active == 0) {
    return lines;
  }
  const unsigned running = (*priorities_)[active_[active - 1].get()].get();
  std::uint32_t enough = 0;
  for (std::uint32_t left = lines; left != 0; left &= left - 1) {
    const auto line = static_cast<unsigned>(std::countr_zero(left));
    if ((*priorities_)[line].get() < running) {
      enough |= bit(line);
    }
  }
  return enough;
}

std::uint32_t CoreLines::deliverable(std::uint64_t now_ns, bool timer_due) const {
  // Relaxed: claim() acquires what the interrupt brings.
  const std::uint32_t enabled = enabled_.load(std::memory_order_relaxed);
  std::uint32_t lines = 0;
  // Relaxed: likewise.
  for (std::uint32_t left = word.load(std::memory_order_relaxed) & enabled; left != 0;
       left &= left - 1) {
    const auto line = static_cast<unsigned>(std::countr_zero(left));
    if (arrival_ns_[line].get() <= now_ns) {
      lines |= bit(line);
    }
  }
  if (timer_due) {
    lines |= bit(kTimerLine) & enabled;
  }
  return lines == 0 ? 0 : urgent_enough(lines);
}

std::uint64_t CoreLines::next_arrival_ns() const {
  std::uint64_t next = kNever;
  // Relaxed, both: see deliverable().
  for (std::uint32_t left = urgent_enough(word.load(std::memory_order_relaxed) &
                                          enabled_.load(std::memory_order_relaxed));
       left != 0; left &= left - 1) {
    next = std::min(next, arrival_ns_[static_cast<unsigned>(std::countr_zero(left))].get());
  }
  return next;
}

bool CoreLines::timer_enabled() const {
  // Relaxed: set by the core itself.
  return (enabled_.load(std::memory_order_relaxed) & bit(kTimerLine)) != 0 &&
         urgent_enough(bit(kTimerLine)) != 0;
}

InterruptLines::InterruptLines(Machine& machine) : machine_(machine) {
  for (auto& priority : priorities_) {
    priority.set(kDefaultPriority);
  }
  for (CoreLines& core : cores_) {
    core.priorities_ = &priorities_;
  }
}

void InterruptLines::init_core() {
  // Relaxed: whoever sends before the core is seen here sends nothing.
  cores_[core_index()].enabled_.fetch_or(kIpiBits, std::memory_order_relaxed);
}

bool InterruptLines::is_online(unsigned core) const {
  // Relaxed: see init_core().
  return (cores_[core].enabled_.load(std::memory_order_relaxed) & kIpiBits) != 0;
}

void InterruptLines::push(unsigned core, unsigned line) {
  machine_.note(core, Event::kRaise, line);
  CoreLines& lines = cores_[core];
  raised_.add(1);
  // Relaxed: looked at for the time of arrival only, in simulated mode, where nobody comes between.
  if ((lines.word.load(std::memory_order_relaxed) & bit(line)) == 0) {
    lines.arrival_ns_[line].set(machine_.arrival_ns());
  }
  // Release pairs with the acquire in claim(): an interrupt orders what was written before it was
  // sent before its handler.
  const std::uint32_t before = lines.word.fetch_or(bit(line), std::memory_order_release);
  if ((before & CoreLines::kSleeping) != 0) {
    machine_.wake(core);
  }
}

void InterruptLines::send_ipi(std::uint32_t core_mask, unsigned ipi) {
  machine_.point();
  for (unsigned core = 0; core < machine_.config().cores; ++core) {
    if ((core_mask & (1U << core)) == 0 || !is_online(core)) {
      continue;
    }
    if (ipis_sent_.add(1) == machine_.config().faults.lose_ipi) {
      machine_.note(core, Event::kLost, ipi);
      continue;
    }
    push(core, ipi);
  }
  machine_.point();
}

void InterruptLines::enable(unsigned line, unsigned core) {
  if (line == kTimerLine) {
    // Relaxed: this core's own.
    cores_[core_index()].enabled_.fetch_or(bit(line), std::memory_order_relaxed);
    return;
  }
  // Relaxed: a word of the controller; interrupts order by the core's word.
  cores_[core].enabled_.fetch_or(bit(line), std::memory_order_relaxed);
  // Sequentially consistent pairs with raise_or_latch(): either it sees the route, or we the latch.
  route_[line].store(static_cast<std::uint8_t>(core + 1), std::memory_order_seq_cst);
  // Sequentially consistent, pairs with the latch in raise_or_latch().
  if ((latched_.fetch_and(~bit(line), std::memory_order_seq_cst) & bit(line)) != 0) {
    push(core, line);
  }
  machine_.point();
}

void InterruptLines::disable(unsigned line) {
  if (line == kTimerLine) {
    // Relaxed: this core's own.
    cores_[core_index()].enabled_.fetch_and(~bit(line), std::memory_order_relaxed);
    return;
  }
  // Acquire and release: pairs with raise_or_latch(), which reads and follows the route.
  const unsigned route = route_[line].exchange(0, std::memory_order_acq_rel);
  if (route == 0) {
    return;
  }
  CoreLines& lines = cores_[route - 1];
  // Relaxed: as in enable().
  lines.enabled_.fetch_and(~bit(line), std::memory_order_relaxed);
  // Acquire pairs with the release in push(): what the device wrote goes on with the latch.
  if ((lines.word.fetch_and(~bit(line), std::memory_order_acquire) & bit(line)) != 0) {
    // Release pairs with the acquire in enable().
    latched_.fetch_or(bit(line), std::memory_order_release);
  }
}

void InterruptLines::raise_or_latch(unsigned device) {
  // Sequentially consistent, pairs with enable().
  unsigned route = route_[device].load(std::memory_order_seq_cst);
  if (route == 0) {
    // Sequentially consistent, pairs with enable(), as does the second look.
    latched_.fetch_or(bit(device), std::memory_order_seq_cst);
    route = route_[device].load(std::memory_order_seq_cst);
    // Sequentially consistent, pairs with enable(): one of the two takes the latch.
    if (route == 0 ||
        (latched_.fetch_and(~bit(device), std::memory_order_seq_cst) & bit(device)) == 0) {
      return;
    }
  }
  push(route - 1, device);
}

void InterruptLines::raise(unsigned device) { raise_or_latch(device); }

void InterruptLines::set_level(unsigned device, bool up) {
  if (!up) {
    // Relaxed: the next interrupt's own edge orders.
    levels_.fetch_and(~bit(device), std::memory_order_relaxed);
    const unsigned route = route_[device].load(std::memory_order_relaxed);
    if (route != 0) {
      // Relaxed: likewise; what is gone was not claimed.
      cores_[route - 1].word.fetch_and(~bit(device), std::memory_order_relaxed);
    }
    return;
  }
  // Relaxed: push() orders.
  levels_.fetch_or(bit(device), std::memory_order_relaxed);
  raise_or_latch(device);
}

unsigned InterruptLines::claim() {
  machine_.point();
  const unsigned core = core_index();
  CoreLines& lines = cores_[core];
  const std::uint32_t deliverable = machine_.deliverable(core);
  unsigned line = kNoLine;
  unsigned most_urgent = kIdle;
  for (std::uint32_t left = deliverable; left != 0; left &= left - 1) {
    const auto candidate = static_cast<unsigned>(std::countr_zero(left));
    if (priorities_[candidate].get() < most_urgent) {
      most_urgent = priorities_[candidate].get();
      line = candidate;
    }
  }
  machine_.note(core, Event::kClaim, line);
  if (line == kNoLine) {
    return line;
  }
  if (line != kTimerLine) {
    // Acquire pairs with the release in push().
    lines.word.fetch_and(~bit(line), std::memory_order_acquire);
  }
  const unsigned active = lines.active_count_.get();
  lines.active_[active].set(static_cast<std::uint8_t>(line));
  lines.active_count_.set(active + 1);
  return line;
}

void InterruptLines::complete(unsigned line) {
  const unsigned core = core_index();
  CoreLines& lines = cores_[core];
  const unsigned active = lines.active_count_.get();
  if (active == 0 || lines.active_[active - 1].get() != line) {
    machine_.broken("an interrupt is completed that is not the last one claimed");
  }
  lines.active_count_.set(active - 1);
  machine_.note(core, Event::kComplete, line);
  // Relaxed: a level's word, see set_level().
  if (line >= kFirstDevice && (levels_.load(std::memory_order_relaxed) & bit(line)) != 0) {
    raise_or_latch(line);
  }
  machine_.point();
}

}  // namespace baton::arch::host
