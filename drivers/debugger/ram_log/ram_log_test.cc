#include "drivers/debugger/ram_log/ram_log.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "drivers/common/wait.h"
#include "drivers/iface/serial_port.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

class RamLogTest : public testing::Test {
 protected:
  // As a debugger does it: by the block in memory alone.
  std::string take() {
    RamLogBlock::Ring& up = log_.block().up;
    std::string text;
    // Relaxed, all of them: one thread.
    std::uint32_t at = up.read_at.load(std::memory_order_relaxed);
    while (at != up.write_at.load(std::memory_order_relaxed)) {
      text += up.bytes[at];
      at = (at + 1) % up.size;
    }
    up.read_at.store(at, std::memory_order_relaxed);
    return text;
  }
  void type(std::string_view text) {
    RamLogBlock::Ring& down = log_.block().down;
    for (const char c : text) {
      const std::uint32_t at = down.write_at.load(std::memory_order_relaxed);
      down.bytes[at] = c;
      down.write_at.store((at + 1) % down.size, std::memory_order_relaxed);
    }
  }
  void write(std::string_view text) {
    for (const char c : text) ASSERT_TRUE(log_.try_write(c)) << c;
  }
  std::string read() {
    std::string text;
    while (const std::optional<iface::RxByte> in = log_.try_read()) text += in->byte;
    return text;
  }

  std::array<char, 8> up_{};
  std::array<char, 4> down_{};
  RamLog log_{up_, down_};
};

TEST_F(RamLogTest, IsWhatDebuggersLookFor) {
  RamLogBlock& block = log_.block();
  EXPECT_EQ(std::string_view(block.id.data()), "SEGGER RTT");
  EXPECT_EQ(block.rings_up, 1);
  EXPECT_EQ(block.rings_down, 1);
  EXPECT_EQ(block.up.bytes, up_.data());
  EXPECT_EQ(block.up.size, up_.size());
  EXPECT_EQ(block.down.bytes, down_.data());
  EXPECT_EQ(block.down.size, down_.size());
  // Pointers are words there; here they may be two.
  constexpr std::size_t kWord = sizeof(char*);
  EXPECT_EQ(offsetof(RamLogBlock, up), 24U);
  EXPECT_EQ(offsetof(RamLogBlock::Ring, write_at), 2 * kWord + 4);
  EXPECT_EQ(sizeof(RamLogBlock::Ring), 2 * kWord + 16);
}

TEST_F(RamLogTest, ADebuggerGetsWhatWasWritten) {
  write("abc");
  EXPECT_EQ(take(), "abc");
  write("defgh");
  EXPECT_EQ(take(), "defgh") << "around the ring's end";
  EXPECT_EQ(take(), "");
}

TEST_F(RamLogTest, WhileNobodyReadsTheNewestIsKept) {
  write("0123456789");
  EXPECT_EQ(take(), "3456789");
}

TEST_F(RamLogTest, ADebuggerThatReadsIsWaitedFor) {
  write("0123456789");
  EXPECT_EQ(take(), "3456789");
  write("abcdefg");
  EXPECT_FALSE(log_.try_write('h'));
  EXPECT_FALSE(log_.try_write('h')) << "it may still come";
  EXPECT_EQ(take(), "abcdefg");
  write("h");
  EXPECT_EQ(take(), "h");
}

TEST_F(RamLogTest, ADebuggerThatHasGoneIsNotWaitedFor) {
  write("abc");
  EXPECT_EQ(take(), "abc");
  write("0123456");
  EXPECT_FALSE(log_.try_write('7'));
  pause(RamLog::kPatience);
  write("789");
  EXPECT_EQ(take(), "3456789") << "and may come again";
}

TEST_F(RamLogTest, WhatIsTypedIsRead) {
  EXPECT_EQ(read(), "");
  type("ab");
  EXPECT_EQ(read(), "ab");
  type("cde");
  EXPECT_EQ(read(), "cde") << "around the ring's end";
  EXPECT_EQ(log_.try_read(), std::nullopt);
}

TEST_F(RamLogTest, AnIndexOutsideOfTheRingIsNotFollowed) {
  // Relaxed: one thread.
  log_.block().down.write_at.store(1000, std::memory_order_relaxed);
  EXPECT_EQ(log_.try_read(), std::nullopt);
}

TEST_F(RamLogTest, HasNothingToWaitFor) {
  write("abc");
  EXPECT_TRUE(log_.tx_idle()) << "a panic need not wait for somebody to read";
  EXPECT_EQ(log_.name(), "RAM log");
}

}  // namespace
}  // namespace baton::drivers
