// The terminal, or pipes, that a parallel machine's console is on.
#ifndef BATON_BOARDS_HOST_TERMINAL_H_
#define BATON_BOARDS_HOST_TERMINAL_H_

#include <functional>
#include <string_view>

namespace baton::board {

/// A terminal gives each key as it is typed, ctrl-C included, until give_terminal_back(); pipes
/// stay as they are.
void take_terminal();
void give_terminal_back();

/// Has an OS thread hand on what comes in at stdin, for good; its end types `poweroff`.  At a
/// terminal, and with `escape`, ctrl-A x calls `leave`, and ctrl-A before anything else is dropped.
void start_typist(bool escape, std::function<void(std::string_view)> type,
                  std::function<void()> leave);

}  // namespace baton::board

#endif  // BATON_BOARDS_HOST_TERMINAL_H_
