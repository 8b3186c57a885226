// What the program's command line asks for.
#ifndef BATON_BOARDS_HOST_OPTIONS_H_
#define BATON_BOARDS_HOST_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>

namespace baton::board {

struct Options {
  unsigned cores = 4;
  /// Simulated, from these seeds; else parallel, in real time, with the console on stdin and
  /// stdout.
  bool is_simulated = false;
  std::uint64_t first_seed = 0;
  std::uint64_t last_seed = 0;
  /// What is typed at the shell, before `poweroff`; if empty, in real time, stdin is.
  std::string commands;
  bool escape = false;  ///< ctrl-A x ends the program, though stdin may be no terminal
  bool trace = false;   ///< simulated: every event of the machine, to stderr
  std::string boot_arguments;
};

/// Nothing, with a word to stderr: the command line makes no sense.
std::optional<Options> parse_options(int argc, char** argv);

}  // namespace baton::board

#endif  // BATON_BOARDS_HOST_OPTIONS_H_
