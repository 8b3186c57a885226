#include "kernel/trace/dump.h"

#include <optional>

#include "arch/counter.h"

namespace baton::kernel::trace {
namespace {

// A line of the dump: text, checksum, end.
class Lines {
 public:
  explicit Lines(TextSink& out) : out_(out) {}

  template <Formattable... Args>
  void add(FormatString<Args...> format, const Args&... args) {
    format_to(text_, format, args...);
  }
  void end() {
    format_to(out_, "{} *{:04x}\n", text_.view(), checksum(text_.view()));
    text_.clear();
    ++count_;
  }
  bool empty() const { return text_.view().empty(); }
  // No record is longer than the rest.
  bool full() const { return text_.view().size() >= kFull; }
  std::size_t count() const { return count_; }

 private:
  static constexpr std::size_t kFull = 88;
  TextSink& out_;
  FixedText<128> text_;
  std::size_t count_ = 0;
};

}  // namespace

std::uint16_t checksum(std::string_view text) {
  std::uint32_t sum = 0xffff;
  for (const char c : text) {
    sum ^= std::uint32_t{static_cast<unsigned char>(c)} << 8U;
    for (int bit = 0; bit < 8; ++bit) {
      sum = (sum & 0x8000) != 0 ? (sum << 1U) ^ 0x1021 : sum << 1U;
    }
    sum &= 0xffff;
  }
  return static_cast<std::uint16_t>(sum);
}

bool dump(TextSink& out, const History::Rings& rings, const ThreadNames& names, std::size_t count,
          bool (*go_on)(void* argument), void* argument) {
  Lines lines(out);
  std::uint32_t cores = 0;
  for (unsigned core = 0; core < rings.size(); ++core) {
    if (rings[core] != nullptr) cores |= 1U << core;
  }
  lines.add("@trace 1 {:x} {:x} {:x}", arch::Counter::frequency_hz(),
            arch::Counter::ticks() & CoreRing::kPayload, cores);
  lines.end();
  for (std::size_t index = 0; index < ThreadNames::size(); ++index) {
    if (const std::optional<Name> name = names.at(index)) {
      lines.add("@name {:x} {}", name->id, name->view());
      lines.end();
    }
  }
  for (unsigned core = 0; core < rings.size(); ++core) {
    if (rings[core] == nullptr) continue;
    const CoreRing& ring = *rings[core];
    const CoreRing::Number end = ring.end();
    CoreRing::Number number = CoreRing::begin(end);
    if (end - number > count) number = end - count;
    lines.add("@core {:x} {:x} {:x}", core, number, end);
    lines.end();
    std::uint64_t before = 0;
    for (; number != end; ++number) {
      const std::optional<Event> event = read(ring, number);
      if (!event.has_value()) {
        if (!lines.empty()) lines.add(" -");
        continue;
      }
      const std::uint64_t what = pack(event->kind, event->detail, event->number());
      if (lines.empty()) {
        if (!go_on(argument)) return false;
        lines.add("@r {:x} {:x} {:x} {:x}", core, number, event->ticks, what);
      } else {
        lines.add(" {:x}+{:x}", what, event->ticks - before);
      }
      before = event->ticks;
      if (lines.full()) lines.end();
    }
    if (!lines.empty()) lines.end();
  }
  lines.add("@end {:x}", lines.count());
  lines.end();
  return true;
}

}  // namespace baton::kernel::trace
