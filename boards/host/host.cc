// Baton as a Linux program: the whole kernel on the virtual machine (arch/host), with virtual
// devices.
//
//   kernel                           in real time, the console on this terminal (ctrl-A x ends it)
//   kernel --exec='ps; stress 2'     likewise, but these commands are typed, and then `poweroff`
//   kernel --seeds=1..100 --exec='stress 1; stats'
//                                    simulated, a process for each seed; a seed fails if the
//                                    machine does not end well, or a command does not
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "arch/cores.h"
#include "arch/host/faults.h"
#include "arch/host/machine.h"
#include "boards/host/options.h"
#include "boards/host/terminal.h"
#include "drivers/iface/power.h"
#include "drivers/virtual/interrupt_controller.h"
#include "drivers/virtual/serial_port.h"
#include "kernel/console.h"
#include "kernel/start.h"

namespace baton::board {
namespace {

namespace host = arch::host;

constexpr unsigned kSerialLine = host::kFirstDevice;
constexpr int kReboot = 64;  // as an exit code of the machine
constexpr std::uint64_t kForEverNs = ~std::uint64_t{0} / 2;
constexpr std::uint64_t kSimulatedLimitNs = 600'000'000'000;

class Power final : public iface::PowerControl {
 public:
  void power_off() noexcept override { host::stop(0); }
  void reboot() noexcept override { host::stop(kReboot); }
};

// What was sent, where commands were given: how they ended, and, of a simulated machine, what went
// wrong.
std::string transcript;

void send_to_stdout(char byte) {
  // Byte by byte, as a line has them; a reader that has gone is no affair of the kernel's.
  static_cast<void>(write(STDOUT_FILENO, &byte, 1) == 1);
}

struct Board {
  explicit Board(const Options& options)
      : controller(options.cores),
        serial(kSerialLine, [keeps = options.is_simulated || !options.commands.empty(),
                             prints = !options.is_simulated](char byte) {
          if (keeps) transcript += byte;
          if (prints) send_to_stdout(byte);
        }) {
    for (unsigned i = 0; i < arch::kMaxCores; ++i) {
      cores[i] = {.affinity = i, .start = {.kind = arch::StartMethod::Kind::kVirtualMachine}};
    }
    machine = {.name = "a virtual machine of this host",
               .described_by = "its command line",
               .boot_arguments = options.boot_arguments,
               .cores = std::span(cores).first(options.cores),
               .ram = {},
               .reserved = {},
               .interrupts = &controller,
               .timer_irq = drivers::kVirtualTimerIrq,
               .serial = &serial,
               .serial_irq = iface::IrqNumber{kSerialLine},
               .serial_tx_irq = std::nullopt,
               .power = &power,
               .firmware = nullptr,
               .commands = {}};
  }

  drivers::VirtualInterruptController controller;
  drivers::VirtualSerialPort serial;
  Power power;
  std::array<kernel::CoreDescription, arch::kMaxCores> cores{};
  kernel::Machine machine;
};
Board* the_board = nullptr;

void boot() {
  kernel::console::install(the_board->serial);
  kernel::start(the_board->machine);
}

// As one types them: a line each.
std::string typed(std::string_view commands) {
  std::string all;
  for (const char c : commands) {
    if (c == ';') {
      all += '\r';
    } else if (c != ' ' || (!all.empty() && all.back() != '\r')) {
      all += c;
    }
  }
  return all + "\rpoweroff\r";
}

// The prompt tells the status of a command that failed.
bool commands_failed() { return transcript.find("baton(") != std::string::npos; }

int run_parallel(const Options& options, char** argv) {
  if (options.commands.empty()) {
    take_terminal();
    start_typist(
        options.escape, [](std::string_view bytes) { the_board->serial.type(bytes); },
        [] {
          give_terminal_back();
          _exit(0);
        });
  } else {
    the_board->serial.type(typed(options.commands));
  }
  const host::Outcome outcome = host::run({.cores = options.cores,
                                           .mode = host::Mode::kParallel,
                                           .time_limit_ns = kForEverNs,
                                           .is_listening = true},
                                          {&boot});
  give_terminal_back();
  if (outcome.exit_code == kReboot) execv("/proc/self/exe", argv);
  if (outcome.end != host::End::kStopped) {
    std::fputs(outcome.report.c_str(), stderr);
    return 1;
  }
  if (outcome.exit_code != 0) return outcome.exit_code;
  return !options.commands.empty() && commands_failed() ? 1 : 0;
}

int run_one_seed(const Options& options, std::uint64_t seed) {
  the_board->serial.type(typed(options.commands));
  const host::Outcome outcome = host::run({.cores = options.cores,
                                           .mode = host::Mode::kSimulated,
                                           .seed = seed,
                                           .time_limit_ns = kSimulatedLimitNs,
                                           .point_limit = 2'000'000'000,
                                           .trace = options.trace},
                                          {&boot});
  const bool is_one = options.first_seed == options.last_seed;
  const bool well = outcome.well() && !commands_failed();
  if (is_one || !well) {
    std::fputs(transcript.c_str(), stdout);
    std::printf("\nseed %llu: %s, %llu points, %.3f ms, schedule %016llx\n%s",
                static_cast<unsigned long long>(seed), well ? "well" : "FAILED",
                static_cast<unsigned long long>(outcome.points),
                static_cast<double>(outcome.time_ns) / 1e6,
                static_cast<unsigned long long>(outcome.schedule_hash), outcome.report.c_str());
  }
  std::fflush(stdout);
  return well ? 0 : 1;
}

int run_seeds(const Options& options) {
  const std::uint64_t seeds = options.last_seed - options.first_seed + 1;
  std::uint64_t failed = 0;
  for (std::uint64_t seed = options.first_seed; seed <= options.last_seed; ++seed) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) _exit(run_one_seed(options, seed));
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) {
      ++failed;
      std::printf("seed %llu failed, status %#x\n", static_cast<unsigned long long>(seed),
                  static_cast<unsigned>(status));
    }
  }
  std::printf("%llu seeds, %llu failed\n", static_cast<unsigned long long>(seeds),
              static_cast<unsigned long long>(failed));
  std::fflush(stdout);
  return failed == 0 ? 0 : 1;
}

int main_of(int argc, char** argv) {
  const std::optional<Options> options = parse_options(argc, argv);
  if (!options) return 2;
#if !__has_feature(address_sanitizer) && \
    !(__has_feature(thread_sanitizer) && !defined(BATON_ATOMIC_POINTS))
  // The sanitizers have handlers of their own, which tell more.
  host::catch_faults();
#endif
  Board board(*options);
  the_board = &board;
  return options->is_simulated ? run_seeds(*options) : run_parallel(*options, argv);
}

}  // namespace
}  // namespace baton::board

int main(int argc, char** argv) {
  const int status = baton::board::main_of(argc, argv);
  std::fflush(nullptr);
  // No destructors: the kernel's threads were abandoned as they were.
  _exit(status);
}
