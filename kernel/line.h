// A line of console text on its way out: a pooled object that is handed over, never copied.
#ifndef BATON_KERNEL_LINE_H_
#define BATON_KERNEL_LINE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/format.h"
#include "kernel/sizes.h"
#include "sync/inbox.h"
#include "sync/owned.h"

namespace baton::kernel {

class Transmitter;

struct Line {
  /// Longer lines are cut into pieces of this size, each whole in itself.
  static constexpr std::size_t kBytes = sizes::kLineBytes;

  enum class Kind : std::uint8_t {
    kLine,  ///< a line of its own
    kRaw,   ///< the shell's text, as it is
    kPump,  ///< no text: the port has room again
  };

  explicit constexpr Line(Kind k) : kind(k) {}

  /// Called by whoever is inside the transmitter's cell.
  static void run(sync::Owned<Line> self, Transmitter& transmitter);

  std::string_view view() const { return {text.data(), size}; }

  sync::InboxHook<Line> hook;
  Kind kind;
  std::size_t size = 0;
  std::array<char, kBytes> text{};
};

/// Collects text and submits it line by line; the rest when it goes out of scope.  One thread or
/// handler's own, on its stack.  A thread stays on its core while it has begun a line of
/// Kind::kLine.
class LineWriter final : public TextSink {
 public:
  explicit constexpr LineWriter(Line::Kind kind = Line::Kind::kLine) : kind_(kind) {}
  ~LineWriter() { flush(); }
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  void write(std::string_view text) override;
  /// Submits what there is; nothing happens where there is nothing.
  void flush();

 private:
  Line& begin_line();
  void submit_line();

  Line::Kind kind_;
  std::optional<sync::Owned<Line>> line_;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_LINE_H_
