// The console: whole lines out from any core and any context, bytes in to one reader.
//
// Out: a writer fills a Line from a pool and submits it to the CombiningCell that holds the serial
// port's transmit half.  Whoever is inside puts the line into the port's queue and as many bytes as
// fit into the port; the transmit interrupt does the rest.  A line is one request, so lines of
// different cores and of interrupt handlers never mix.  Whoever is inside has its interrupts
// masked: a handler that finds the cell taken knows that the holder is another core, at work.
//
// In: the receive interrupt (boot core) fills a ring that the shell (boot core) empties with
// interrupts masked.  A sender that honours XON/XOFF loses nothing; for one that does not, what did
// not fit is counted and told.
#ifndef BATON_KERNEL_CONSOLE_H_
#define BATON_KERNEL_CONSOLE_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/format.h"
#include "drivers/iface/serial_port.h"
#include "kernel/line.h"

namespace baton::kernel::console {

/// Gives the console its port: from here on text comes out.  What was printed before, up to the
/// pool's capacity, comes out now.  Boot core, once.
void install(iface::SerialPort& port);

/// The port's interrupt: call from its handler (boot core).
void on_interrupt();

/// Lets the port interrupt; from here on nobody needs to poll.  Boot core, once, after the line is
/// unmasked.
void enable_interrupts();

/// One line, or several where the text holds '\n'.  The last one needs no '\n'.  Any context, any
/// core.  Waits only when the pool of lines is used up, until the port has sent one.
template <class... Args>
void print(FormatString<Args...> format, const Args&... args) {
  LineWriter writer;
  format_to(writer, format, args...);
}

/// Text of the terminal's owner, the shell, as it is, '\n' as CR LF; it may end inside a line.
/// Lines that others print meanwhile go between, not into it.  The shell's thread only.
void write_raw(std::string_view text);

/// Whether somebody's line has come between since the last call: the shell draws its own again.
bool take_disturbed();

/// Bytes lost just before the one that read() gives next, because the ring was full, the port
/// overran, or the line was disturbed; told once.  The shell's thread only.
std::uint64_t take_lost();
/// The next byte that came in.  The shell's thread only.
std::optional<char> read();
/// Sleeps until there may be something to read, or something else to do (kernel/rcu.h).  The
/// shell's thread only.
void wait_for_input();

/// Ctrl-C among the bytes that nobody has read (shell::Terminal).
bool interrupt_waiting();
void drop_interrupt();

/// Waits until everything printed so far has left the port, or `limit` is over.
void flush(Duration limit);

/// For a panic, the other cores stopped: sends what is queued if the transmitter can be had, and
/// returns the port for polled use, whoever held it; null before install().
iface::SerialPort* take_over();

}  // namespace baton::kernel::console

#endif  // BATON_KERNEL_CONSOLE_H_
