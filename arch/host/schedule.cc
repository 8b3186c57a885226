#include "arch/host/schedule.h"

#include <algorithm>
#include <cstdio>

#include "arch/host/interrupt_lines.h"

namespace baton::arch::host {

void Schedule::add(std::uint64_t now_ns, unsigned core, Event event, std::uint64_t argument) {
  const auto mix = [this](std::uint64_t value) {
    std::uint64_t hash = (hash_.get() ^ value) * 0x9fb21c651e98df25U;
    hash_.set(hash ^ (hash >> 32U));
  };
  mix(now_ns);
  mix((std::uint64_t{core} << 8U) | static_cast<std::uint64_t>(event));
  mix(argument);
  Entry& entry = entries_[size_.get() % kKept];
  entry.now_ns.set(now_ns);
  entry.core.set(core);
  entry.event.set(event);
  entry.argument.set(argument);
  size_.count();
  if (to_stderr_) {
    std::fputs(line(entry).c_str(), stderr);
  }
}

std::string Schedule::line(const Entry& entry) {
  const std::uint64_t argument = entry.argument.get();
  const auto number = static_cast<unsigned>(argument);
  std::string what;
  switch (entry.event.get()) {
    case Event::kStart:
      what = "starts";
      break;
    case Event::kRun:
      what = "runs, after core " + std::to_string(argument);
      break;
    case Event::kWait:
      what = "waits for an interrupt";
      break;
    case Event::kJump:
      what = "all wait: time goes on";
      break;
    case Event::kArm:
      what = "sets its timer to " + std::to_string(argument) + " ns";
      break;
    case Event::kDisarm:
      what = "stops its timer";
      break;
    case Event::kRaise:
      what = "is to get " + line_name(number);
      break;
    case Event::kLost:
      what = "would get " + line_name(number) + ", which is lost on purpose";
      break;
    case Event::kInterrupt:
      what = argument == 0 ? "is interrupted" : "is interrupted in a handler";
      break;
    case Event::kClaim:
      what = number == kNoLine ? "claims, and finds nothing" : "claims " + line_name(number);
      break;
    case Event::kComplete:
      what = "completes " + line_name(number);
      break;
    case Event::kPreempt:
      what = "preempts its thread";
      break;
    case Event::kSwitch:
      what = "switches threads";
      break;
    case Event::kPark:
      what = "is off";
      break;
    case Event::kEnd:
      what = "the run ends";
      break;
  }
  std::array<char, 48> head{};
  std::snprintf(head.data(), head.size(), "%14llu ns  core %u  ",
                static_cast<unsigned long long>(entry.now_ns.get()), entry.core.get());
  return head.data() + what + "\n";
}

std::string Schedule::text(std::size_t most) const {
  const std::uint64_t size = size_.get();
  const std::uint64_t shown = std::min<std::uint64_t>({size, kKept, most});
  std::string text;
  if (shown < size) {
    text = "  (" + std::to_string(size - shown) + " earlier events)\n";
  }
  for (std::uint64_t i = size - shown; i < size; ++i) {
    text += line(entries_[i % kKept]);
  }
  return text;
}

}  // namespace baton::arch::host
