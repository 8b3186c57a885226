#include "kernel/panic.h"

#include <array>
#include <atomic>
#include <optional>
#include <span>

#include "arch/cpu.h"
#include "arch/irq.h"
#include "arch/semihosting.h"
#include "arch/trap.h"
#include "arch/upcalls.h"
#include "base/assert.h"
#include "kernel/clock.h"
#include "kernel/console.h"
#include "kernel/core.h"
#include "kernel/core_report.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/records.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/one_core.h"
#include "kernel/sizes.h"
#include "kernel/trace/history.h"
#include "kernel/trace/trace.h"
#include "kernel/trace/words.h"
#include "kernel/version.h"
#include "sync/atomics.h"
#include "sync/cell_registry.h"

namespace baton::kernel {
namespace {

constexpr std::uint8_t kExitStatus = 3;
constexpr unsigned kNobody = ~0U;
constexpr std::size_t kDepthHere = report::kDeepest;
constexpr std::size_t kDepthElsewhere = 8;
constexpr std::size_t kLastEvents = 24;

// What each core left behind when it stopped or panicked.
struct Remains {
  sync::Atomic<const arch::TrapFrame*> frame{nullptr};
  sync::Atomic<bool> panicked{false};
  FixedText<kPanicWords> words;  // of a software panic; the core's own until `panicked`
};
constinit std::array<Remains, arch::kMaxCores> remains{};
constinit sync::Atomic<unsigned> panicking_core{kNobody};
constinit sync::Atomic<unsigned> dumps_begun{0};

// Straight to the port, byte by byte.  A port that takes nothing for long is given up on.
class PortSink final : public TextSink {
 public:
  explicit PortSink(iface::SerialPort* port) : port_(port) {}

  void write(std::string_view text) override {
    for (const char c : text) {
      if (c == '\n') {
        put('\r');
      }
      put(c);
    }
  }
  void drain() {
    const Instant until = now() + kPatience;
    while (port_ != nullptr && !port_->tx_idle() && now() < until) {
    }
  }

 private:
  static constexpr Duration kPatience = Duration::milliseconds(200);

  void put(char byte) {
    if (port_ == nullptr) {
      return;
    }
    const Instant until = now() + kPatience;
    while (!port_->try_write(byte)) {
      if (now() >= until) {
        port_ = nullptr;
        return;
      }
    }
  }
  iface::SerialPort* port_;
};

[[noreturn]] void end_machine() {
  arch::semihosting::exit(kExitStatus);
  if (const Machine* m = machine_if_any(); m != nullptr && m->power != nullptr) {
    m->power->power_off();
  }
  arch::park();
}

// Bit n set: core n was running and has not recorded its end.
std::uint32_t not_stopped_yet(std::uint32_t asked) {
  for (unsigned i = 0; i < remains.size(); ++i) {
    // Acquire pairs with the release store in record_end(): what the core says of itself.
    if (remains[i].frame.load(std::memory_order_acquire) != nullptr) {
      asked &= ~(1U << i);
    }
  }
  return asked;
}

std::uint32_t stop_others(unsigned self) {
  if (machine_if_any() == nullptr) {
    return 0;
  }
  const std::uint32_t others = online_mask() & ~(1U << self);
  if (others == 0) {
    return 0;
  }
  send_ipi(others, Ipi::kStop);
  const Instant until = now() + Duration::milliseconds(500);
  while (not_stopped_yet(others) != 0 && now() < until) {
    arch::relax();
  }
  return not_stopped_yet(others);
}

void record_end(const arch::TrapFrame& frame) {
  const unsigned self = arch::core_index();
  // Relaxed: a word for the dump.
  cores[self].state.store(CoreState::kStopped, std::memory_order_relaxed);
  // Release pairs with the acquire loads of the dumping core: the frame and the words are complete.
  remains[self].frame.store(&frame, std::memory_order_release);
}

void print_words(TextSink& out, unsigned core, const arch::TrapFrame& frame) {
  if (arch::is_trap(frame)) {
    format_to(out, "core {}: {}\n", core, remains[core].words.view());
  } else {
    format_to(out, "core {}: ", core);
    arch::describe(out, frame);
    out.write("\n");
  }
}

void print_build(TextSink& out) {
  format_to(out, "Baton {}", kVersion);
  if (const Machine* m = machine_if_any(); m != nullptr) {
    format_to(out, " on {}", m->name);
  }
  format_to(out, ", {} after reset\n", Duration::nanoseconds(now().since_start_ns()));
  report::build_id(out);
}

void print_other_cores(TextSink& out, unsigned self, std::uint32_t not_stopped) {
  for (unsigned i = 0; i < cores.size(); ++i) {
    // Relaxed: a word for the dump.
    const CoreState state = cores[i].state.load(std::memory_order_relaxed);
    if (i == self || state == CoreState::kAbsent) {
      continue;
    }
    // Acquire pairs with the release store in record_end().
    const arch::TrapFrame* frame = remains[i].frame.load(std::memory_order_acquire);
    if ((not_stopped & (1U << i)) != 0) {
      format_to(out, "core {}: did not stop: its interrupts are masked or it hangs\n", i);
      report::thread(out, i);
    } else if (frame == nullptr) {
      format_to(out, "core {}: {}\n", i, state);
      // Relaxed: complete since the frame was.
    } else if (remains[i].panicked.load(std::memory_order_relaxed)) {
      print_words(out, i, *frame);
      format_to(out, "  it panicked too: pc {:#018x} lr {:#018x} sp {:#018x}\n",
                arch::program_counter(*frame), arch::return_address(*frame),
                arch::stack_pointer(*frame));
      report::thread(out, i);
      report::backtrace(out, *frame, kDepthElsewhere);
    } else {
      format_to(out, "core {}: stopped in {}: pc {:#018x} lr {:#018x} sp {:#018x}\n", i,
                arch::from_handler(*frame) ? "a handler" : "a thread",
                arch::program_counter(*frame), arch::return_address(*frame),
                arch::stack_pointer(*frame));
      report::thread(out, i);
      report::backtrace(out, *frame, kDepthElsewhere);
    }
  }
}

// What all cores did last, before they were stopped.
void print_trace(TextSink& out) {
  trace::History history(kLastEvents);
  out.write("last events:\n");
  while (const std::optional<trace::CoreEvent> event = history.next()) {
    out.write("  ");
    trace::write_line(out, *event);
  }
}

// The cells as they were before the dump took the console for itself.
class CellSnapshot {
 public:
  void take() {
    sync::for_each_cell([this](const char* name, const sync::CellReport& report) {
      if (used_ < cells_.size()) {
        cells_[used_++] = {.name = name, .report = report};
      } else {
        ++left_out_;
      }
    });
  }
  void print(TextSink& out) const {
    out.write("cells:\n");
    for (const Cell& cell : std::span(cells_).first(used_)) {
      format_to(out, "  {}: {}", cell.name, cell.report.state);
      if (const sync::Holder& holder = cell.report.holder; holder.known) {
        format_to(out, ", held by core {} in {} from {:#018x}", holder.core,
                  holder.in_interrupt ? "a handler" : "a thread",
                  reinterpret_cast<std::uintptr_t>(holder.return_address));
      }
      out.write("\n");
    }
    if (left_out_ != 0) {
      format_to(out, "  and {} more\n", left_out_);
    }
  }

 private:
  struct Cell {
    const char* name;
    sync::CellReport report;
  };
  std::array<Cell, sizes::kCellRows> cells_{};
  std::size_t used_ = 0;
  std::size_t left_out_ = 0;
};
constinit CellSnapshot cell_snapshot;

void print_locks(TextSink& out) {
  out.write("locks:\n");
  if (!report::knows_locks()) {
    out.write("  not known: debug builds keep a record\n");
    return;
  }
  bool any = false;
  for (unsigned core = 0; core < cores.size(); ++core) {
    any = report::locks(out, core) || any;
  }
  if (!any) out.write("  none is held\n");
}

[[noreturn]] void dump(const arch::TrapFrame& frame) {
  const unsigned self = arch::core_index();
  // What comes now is of no interest.
  trace::set_on(false);
  record_end(frame);
  const std::uint32_t not_stopped = kOneCore ? 0 : stop_others(self);
  // Relaxed: this core alone comes here.
  const bool again = dumps_begun.fetch_add(1, std::memory_order_relaxed) != 0;
  if (kKeepsRecords && !again) {
    cell_snapshot.take();
  }
  PortSink out(console::take_over());
  if (again) {
    out.write("\na second fault while printing the dump: ");
    arch::describe(out, frame);
    out.write("\n=== END PANIC ===\n");
    out.drain();
    end_machine();
  }
  out.write("\n=== BATON PANIC ===\n");
  print_words(out, self, frame);
  report::thread(out, self);
  print_build(out);
  format_to(out, "registers of core {}:\n", self);
  arch::print_registers(out, frame);
  report::backtrace(out, frame, kDepthHere);
  if (!kOneCore) print_other_cores(out, self, not_stopped);
  if (kKeepsRecords) {
    print_trace(out);
    cell_snapshot.print(out);
    print_locks(out);
  }
  out.write("=== END PANIC ===\n");
  out.drain();
  end_machine();
}

}  // namespace

void panic_with(std::string_view words) {
  arch::LocalIrq::save_and_disable();
  Remains& mine = remains[arch::core_index()];
  // Relaxed: written and read by this core alone, here.
  if (panicking_core.load(std::memory_order_relaxed) != arch::core_index()) {
    mine.words.clear();
    mine.words.write(words);
  }
  arch::trap();
}

void stop_for_panic(const arch::TrapFrame& frame) {
  record_end(frame);
  arch::park();
}

}  // namespace baton::kernel

namespace baton {

void assertion_failed(const char* condition, const char* file, int line) {
  kernel::panic("{}:{}: assertion failed: {}", file, line, condition);
}

void assertion_failed_here() {
  kernel::panic("assertion failed at {:#x}",
                reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)));
}

namespace arch {

void on_fault(const TrapFrame& frame) {
  using kernel::kNobody;
  const unsigned self = core_index();
  unsigned nobody = kNobody;
  // Relaxed, failure too: only one core wins, and what it reads of the others it acquires by their
  // frames.
  if (kernel::panicking_core.compare_exchange_strong(nobody, self, std::memory_order_relaxed,
                                                     std::memory_order_relaxed) ||
      nobody == self) {
    kernel::dump(frame);
  }
  // Somebody else is at it: this core's end is part of the dump.
  // Relaxed: published by the release store in record_end().
  kernel::remains[self].panicked.store(true, std::memory_order_relaxed);
  kernel::record_end(frame);
  park();
}

}  // namespace arch
}  // namespace baton

// libc++'s hardening ends here: a broken precondition of a standard class.
// NOLINTBEGIN(readability-identifier-naming): given
namespace std::inline __1 {
[[noreturn]] void __libcpp_verbose_abort(const char* format, ...);
void __libcpp_verbose_abort(const char* format, ...) { baton::kernel::panic("libc++: {}", format); }
}  // namespace std::inline __1
// NOLINTEND(readability-identifier-naming)
