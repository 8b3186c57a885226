#include "boards/host/terminal.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <thread>
#include <utility>

namespace baton::board {
namespace {

constexpr char kControlA = 0x01;

std::optional<termios>& before() {
  static std::optional<termios> settings;
  return settings;
}

void read_all(bool escape, const std::function<void(std::string_view)>& type,
              const std::function<void()>& leave) {
  bool escaped = false;
  std::array<char, 256> some{};
  for (;;) {
    const ssize_t got = read(STDIN_FILENO, some.data(), some.size());
    if (got <= 0) {
      type("\rpoweroff\r");
      return;
    }
    std::string_view bytes(some.data(), static_cast<std::size_t>(got));
    if (!escape) {
      type(bytes);
      continue;
    }
    for (const char byte : bytes) {
      if (std::exchange(escaped, false)) {
        if (byte == 'x') leave();
        type({&byte, 1});
      } else if (byte == kControlA) {
        escaped = true;
      } else {
        type({&byte, 1});
      }
    }
  }
}

}  // namespace

void take_terminal() {
  termios settings{};
  if (tcgetattr(STDIN_FILENO, &settings) != 0) return;
  before() = settings;
  cfmakeraw(&settings);
  tcsetattr(STDIN_FILENO, TCSADRAIN, &settings);
}

void give_terminal_back() {
  const std::optional<termios>& settings = before();
  if (settings) tcsetattr(STDIN_FILENO, TCSADRAIN, &*settings);
}

void start_typist(bool escape, std::function<void(std::string_view)> type,
                  std::function<void()> leave) {
  escape = escape || before().has_value();
  std::thread([escape, type = std::move(type), leave = std::move(leave)] {
    read_all(escape, type, leave);
  }).detach();
}

}  // namespace baton::board
