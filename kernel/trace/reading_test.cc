// History, words and dump: what is read from rings, and the text that it becomes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "arch/counter.h"
#include "base/format.h"
#include "gtest/gtest.h"
#include "kernel/trace/dump.h"
#include "kernel/trace/event.h"
#include "kernel/trace/history.h"
#include "kernel/trace/trace.h"
#include "kernel/trace/words.h"
#include "sync/irqs_off.h"

namespace baton::kernel::trace {
namespace {

class StringSink final : public TextSink {
 public:
  void write(std::string_view more) override { text += more; }
  std::string text;
};

std::vector<CoreEvent> all_of(History history) {
  std::vector<CoreEvent> events;
  while (const std::optional<CoreEvent> event = history.next()) events.push_back(*event);
  return events;
}

TEST(Event, IsWhatWasPacked) {
  EXPECT_EQ(unpack(77, pack(Kind::kSwitch, 3, ThreadId{0x0102}, ThreadId{0xfffe})),
            (Event{.ticks = 77, .kind = Kind::kSwitch, .detail = 3, .a = 0x0102, .b = 0xfffe}));
  EXPECT_EQ(unpack(0, pack(Kind::kMark, 0, 0xfedc'ba98U)).number(), 0xfedc'ba98U);
  EXPECT_EQ(pack(Kind::kMark, 0x1ff, ~std::uint32_t{0}) >> 48U, 0U);
}

TEST(History, OfNothing) { EXPECT_TRUE(all_of(History(History::Rings{}, 10)).empty()); }

TEST(History, MergesTheLastOnesByTime) {
  const auto a = std::make_unique<CoreRing>();
  const auto b = std::make_unique<CoreRing>();
  for (const std::uint64_t t : {10, 20, 50}) a->put(t, pack(Kind::kMark, 0, 1));
  for (const std::uint64_t t : {5, 30, 40, 60}) b->put(t, pack(Kind::kMark, 0, 2));
  History::Rings rings{};
  rings[1] = a.get();
  rings[3] = b.get();
  std::vector<std::pair<unsigned, std::uint64_t>> seen;
  for (const CoreEvent& e : all_of(History(rings, 5))) seen.emplace_back(e.core, e.event.ticks);
  EXPECT_EQ(seen, (std::vector<std::pair<unsigned, std::uint64_t>>{
                      {1, 20}, {3, 30}, {3, 40}, {1, 50}, {3, 60}}));
  EXPECT_EQ(all_of(History(rings, 100)).size(), 7U);
  EXPECT_TRUE(all_of(History(rings, 0)).empty());
}

// Against a sort of all events.
TEST(History, Random) {
  const std::uint64_t seeds = std::getenv("BATON_SOAK") != nullptr ? 500 : 10;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<std::unique_ptr<CoreRing>> kept;
    History::Rings rings{};
    std::vector<std::uint64_t> model;
    for (const CoreRing*& ring : rings) {
      if (random() % 4 == 0) continue;
      kept.push_back(std::make_unique<CoreRing>());
      ring = kept.back().get();
      const std::uint64_t puts = random() % (2 * kRecords);
      std::uint64_t ticks = random() % 1000;
      for (std::uint64_t n = 0; n < puts; ++n) {
        ticks += 1 + random() % 50;
        kept.back()->put(ticks, pack(Kind::kMark, 0, 0));
        if (puts - n <= kRecords) model.push_back(ticks);
      }
    }
    std::ranges::sort(model);
    const std::size_t count = random() % 3000;
    if (model.size() > count) model.erase(model.begin(), model.end() - static_cast<long>(count));
    std::vector<std::uint64_t> seen;
    for (const CoreEvent& e : all_of(History(rings, count))) seen.push_back(e.event.ticks);
    ASSERT_EQ(seen, model) << "seed " << seed;
  }
}

TEST(Trace, RecordsOnThisCoreUnlessItIsOff) {
  const CoreRing& ring = ring_of(0);
  const CoreRing::Number first = ring.end();
  mark(7);
  EXPECT_TRUE(set_on(false));
  mark(8);
  EXPECT_FALSE(set_on(true));
  mark(9);
  ASSERT_EQ(ring.end(), first + 2);
  EXPECT_EQ(read(ring, first)->number(), 7U);
  EXPECT_EQ(read(ring, first + 1)->number(), 9U);
  EXPECT_LE(read(ring, first)->ticks, read(ring, first + 1)->ticks);
}

std::string line_of(Kind kind, unsigned detail, std::uint32_t number) {
  StringSink out;
  write_line(out, {.core = 2, .event = unpack(0, pack(kind, detail, number))});
  return out.text;
}

TEST(Words, OfEveryKind) {
  const ThreadId shell = names().begin("shell");
  const ThreadId idle = names().begin("idle");
  const std::string a = "shell." + std::to_string(shell % 256);
  const std::string b = "idle." + std::to_string(idle % 256);
  const auto two = [&](Kind kind, unsigned detail) {
    return line_of(kind, detail, shell | std::uint32_t{idle} << 16U);
  };
  const std::string head = "0.000000000 cpu 2 ";
  const char* const reasons[] = {"preempted", "its turn is over", "waits", "suspended", "moves",
                                 "ends"};
  for (unsigned why = 0; why < 6; ++why) {
    std::string line = head;
    line.append("switch: ").append(a).append(" (").append(reasons[why]).append(") -> ").append(b);
    EXPECT_EQ(two(Kind::kSwitch, why), line.append("\n"));
  }
  EXPECT_EQ(two(Kind::kWake, 3), head + "wake: " + a + ", to cpu 3, by " + b + "\n");
  EXPECT_EQ(two(Kind::kWake, 3 | kByHandler),
            head + "wake: " + a + ", to cpu 3, by a handler during " + b + "\n");
  EXPECT_EQ(two(Kind::kReady, 0), head + "ready: " + a + ", before it had left\n");
  EXPECT_EQ(two(Kind::kBegin, 9), head + "begin: " + a + ", priority 9\n");
  EXPECT_EQ(two(Kind::kEnd, 0), head + "end: " + a + "\n");
  EXPECT_EQ(two(Kind::kArrive, 1), head + "arrive: " + a + ", from cpu 1\n");
  EXPECT_EQ(line_of(Kind::kInterrupt, 0, 27), head + "interrupt: 27\n");
  EXPECT_EQ(line_of(Kind::kIpi, 0, 0), head + "interrupt: from another core, 0\n");
  EXPECT_EQ(line_of(Kind::kInterruptEnd, 0, 0), head + "interrupt: end\n");
  EXPECT_EQ(line_of(Kind::kIpiSent, 0, 5), head + "sends: an interrupt, 0, to cores 0x5\n");
  EXPECT_EQ(line_of(Kind::kTimerArmed, 0, 1500), head + "timer: armed for 1.500 ms\n");
  EXPECT_EQ(line_of(Kind::kTimerFired, 0, 1500), head + "timer: fired, late by 1.500 us\n");
  EXPECT_EQ(line_of(Kind::kCellBusy, 0, 0x1000), head + "cell busy: 0x00001000\n");
  EXPECT_EQ(line_of(Kind::kLockContended, 0, 0x1000), head + "lock contended: 0x00001000\n");
  EXPECT_EQ(line_of(Kind::kGraceBegun, 0, 70'000), head + "grace period 70000: begun\n");
  EXPECT_EQ(line_of(Kind::kGraceEnded, 0, 70'000), head + "grace period 70000: ended\n");
  EXPECT_EQ(line_of(Kind::kMark, 0, 70'000), head + "mark: 70000\n");
  EXPECT_EQ(line_of(static_cast<Kind>(200), 1, 2), head + "event 200: 0x1 0x2\n");
  EXPECT_EQ(line_of(Kind::kEnd, 0, kNoThread), head + "end: a thread\n");
  EXPECT_EQ(line_of(Kind::kEnd, 0, 0xff00), head + "end: thread.ff00\n");
}

TEST(Dump, ChecksumIsTheUsualOne) { EXPECT_EQ(checksum("123456789"), 0x29b1); }

bool always(void* /*argument*/) { return true; }
bool never(void* /*argument*/) { return false; }

TEST(Dump, IsWhatTheHeaderSays) {
  const auto ring = std::make_unique<CoreRing>();
  const auto names = std::make_unique<ThreadNames>();
  const ThreadId id = names->begin("a thread");
  const CoreRing::Number first = ring->end();
  ring->put(0x1000, pack(Kind::kBegin, 5, id, kNoThread));
  ring->put(0x1010, pack(Kind::kEnd, 0, id, kNoThread));
  History::Rings rings{};
  rings[2] = ring.get();
  StringSink out;
  EXPECT_TRUE(dump(out, rings, *names, 100, always, nullptr));
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < out.text.size();) {
    const std::size_t end = out.text.find('\n', at);
    const std::string line = out.text.substr(at, end - at);
    const std::string text = line.substr(0, line.size() - 6);
    FixedText<8> sum;
    format_to(sum, " *{:04x}", checksum(text));
    EXPECT_EQ(line.substr(text.size()), sum.view());
    lines.push_back(text);
    at = end + 1;
  }
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0].substr(0, 9), "@trace 1 ");
  EXPECT_EQ(lines[0].substr(lines[0].size() - 2), " 4");
  FixedText<80> name, core, record;
  format_to(name, "@name {:x} a thread", id);
  EXPECT_EQ(lines[1], name.view());
  format_to(core, "@core 2 {:x} {:x}", first, first + 2);
  EXPECT_EQ(lines[2], core.view());
  format_to(record, "@r 2 {:x} 1000 {:x}0504 {:x}0005+10", first, id, id);
  EXPECT_EQ(lines[3], record.view());
  EXPECT_EQ(lines[4], "@end 4");

  StringSink less;
  EXPECT_TRUE(dump(less, rings, *names, 1, always, nullptr));
  EXPECT_EQ(less.text.find(" 1000 "), std::string::npos);
  EXPECT_NE(less.text.find(" 1010 "), std::string::npos);
  StringSink stopped;
  EXPECT_FALSE(dump(stopped, rings, *names, 100, never, nullptr));
  EXPECT_EQ(stopped.text.find("@end"), std::string::npos);
}

// The longest records there are fit in a line.
TEST(Dump, NoLineIsCutOff) {
  const auto ring = std::make_unique<CoreRing>();
  const auto names = std::make_unique<ThreadNames>();
  for (unsigned n = 0; n < kRecords; ++n) {
    ring->put(n % 2 == 0 ? CoreRing::kPayload : 0, CoreRing::kPayload);
  }
  History::Rings rings{};
  rings[7] = ring.get();
  StringSink out;
  EXPECT_TRUE(dump(out, rings, *names, kRecords, always, nullptr));
  EXPECT_EQ(out.text.find("..."), std::string::npos);
}

}  // namespace
}  // namespace baton::kernel::trace
