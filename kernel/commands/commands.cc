#include "kernel/commands/commands.h"

#include <array>

namespace baton::kernel::commands {
namespace {

constexpr std::array<shell::Command, 31> kTable = {{
    {.name = "cells",
     .arguments = "",
     .help = "every cell: its state and who is inside",
     .run = cells},
    {.name = "cpus",
     .arguments = "",
     .help = "every core: state, kind, what it has done",
     .run = cpus},
    {.name = "fault",
     .arguments = "KIND [CORE]",
     .help = "break the kernel in one way, on purpose",
     .run = fault,
     .complete = complete_fault,
     .details = "KIND is one of\n"
                "  null              write through a null pointer\n"
                "  guard             overflow the thread stack\n"
                "  undef             execute an undefined instruction\n"
                "  exec              jump into data\n"
                "  write-text        write to the kernel's code\n"
                "  unaligned-device  read a device register at an odd address\n"
                "  locked            write through a null pointer, a mutex and a spin lock held\n"
                "  nested            overflow the handler stack inside an interrupt handler\n"
                "CORE is the core to break, 0 unless given.\n"},
    {.name = "heap",
     .arguments = "[ROUNDS]",
     .help = "the heap of RAM left over: what is used, whether it is whole",
     .run = heap,
     .details =
         "With ROUNDS, every core first allocates blocks of all sizes so many times, and passes\n"
         "them to the others, who give them back.\n"},
    {.name = "hog",
     .arguments = "CORE MILLISECONDS [WAY]",
     .help = "keep a core from scheduling, for the watchdog to find",
     .run = hog,
     .details = "WAY is one of\n"
                "  urgent   a thread of the highest priority never gives way (unless given)\n"
                "  masked   interrupts are masked\n"
                "  locked   likewise, a spin lock held\n"
                "  pinned   preemption is off\n"
                "  handler  an interrupt handler does not end\n"
                "  turns    two threads of one priority take turns: nothing to find\n"
                "  alone    a thread for which nobody waits: nothing to find\n"},
    {.name = "irqs",
     .arguments = "",
     .help = "interrupts: handlers and how often each ran",
     .run = irqs},
    {.name = "irqthread",
     .arguments = "[ROUNDS]",
     .help = "an interrupt that a thread answers, ROUNDS times (1 unless given)",
     .run = irqthread},
    {.name = "locks",
     .arguments = "",
     .help = "every kind of spin lock: its rank, and why it is one",
     .run = locks},
    {.name = "mailboxes",
     .arguments = "",
     .help = "what cores send each other: messages, and interrupts for them",
     .run = mailboxes},
    {.name = "mem",
     .arguments = "",
     .help = "memory: RAM, what is taken, the kernel's parts",
     .run = mem},
    {.name = "nest",
     .arguments = "[ROUNDS|stuck]",
     .help = "interrupt handlers that interrupt each other, on every core",
     .run = nest,
     .details =
         "Four handlers, one of each priority, each waiting inside for the next more urgent one.\n"
         "stuck: a handler on core 1 never ends, and core 0 panics.\n"},
    {.name = "panic", .arguments = "[WORD...]", .help = "end with a dump", .run = panic},
    {.name = "park",
     .arguments = "CORE",
     .help = "send a core's threads elsewhere and let it sleep",
     .run = park},
    {.name = "peek",
     .arguments = "ADDRESS [COUNT] [BITS]",
     .help = "read memory; a bad address is an answer, not a crash",
     .run = peek,
     .details =
         "ADDRESS is virtual; COUNT items (1 unless given, at most 256) of BITS 8, 16, 32 or 64\n"
         "(32 unless given) are read.  Reading a device register may have effects.\n"},
    {.name = "poweroff", .arguments = "", .help = "switch the machine off", .run = poweroff},
    {.name = "ps",
     .arguments = "",
     .help = "every thread: its priority, state, core, time, stack",
     .run = ps},
    {.name = "rcu",
     .arguments = "",
     .help = "grace periods: how many, who holds one up, what waits",
     .run = rcu},
    {.name = "reboot", .arguments = "", .help = "start the machine afresh", .run = reboot},
    {.name = "relay",
     .arguments = "ROUNDS",
     .help = "hand one object from core to core through a cell",
     .run = relay,
     .details =
         "Every core takes the object out of one AtomicTakeCell, counts, and puts it back, ROUNDS\n"
         "hand-offs in all.  Prints each core's share and whether any was lost or doubled.\n"},
    {.name = "shout",
     .arguments = "LINES",
     .help = "every core prints at once, threads and interrupt handlers",
     .run = shout},
    {.name = "sleep", .arguments = "MILLISECONDS", .help = "wait, the core asleep", .run = sleep},
    {.name = "start",
     .arguments = "CORE",
     .help = "start a core that was left off at boot (boot argument late=MASK)",
     .run = start},
    {.name = "stats", .arguments = "", .help = "what each core's scheduler has done", .run = stats},
    {.name = "stress",
     .arguments = "SECONDS [SEED [SCENARIO]]",
     .help = "threads of all kinds on all cores, each watched",
     .run = stress,
     .details = "SCENARIO is one of: switches suspensions stop churn timeouts migrations urgency\n"
                "parking; all of them unless given.  SEED is the counter unless given.\n"},
    {.name = "timers",
     .arguments = "",
     .help = "every core's timer: fired, next, lateness",
     .run = timers},
    {.name = "top",
     .arguments = "[SECONDS]",
     .help = "which threads use the CPUs, over some time",
     .run = top},
    {.name = "unpark", .arguments = "CORE", .help = "let it take threads again", .run = unpark},
    {.name = "trace",
     .arguments = "[COUNT|dump|on|off] [COUNT]",
     .help = "what all cores did last, in the order of time",
     .run = trace,
     .details = "trace [COUNT]       the last COUNT events of all cores (40 unless given)\n"
                "trace dump [COUNT]  each core's last COUNT, all unless given, as ./baton trace\n"
                "                    reads them\n"
                "trace off           record nothing more; trace on goes on\n"},
    {.name = "uptime", .arguments = "", .help = "time since reset", .run = uptime},
    {.name = "version",
     .arguments = "",
     .help = "which Baton this is, on which machine",
     .run = version},
    {.name = "watchdog",
     .arguments = "[MILLISECONDS|off]",
     .help = "who watches, and what was found; how long a core may make others wait",
     .run = watchdog},
}};
static_assert(shell::well_formed(kTable));

}  // namespace

std::span<const shell::Command> table() { return kTable; }

}  // namespace baton::kernel::commands
