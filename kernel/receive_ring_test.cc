#include "kernel/receive_ring.h"

#include <optional>
#include <string>

#include "drivers/iface/serial_port.h"
#include "gtest/gtest.h"

namespace baton::kernel {
namespace {

iface::RxByte plain(char byte) { return {.byte = byte}; }

void push_all(ReceiveRing& ring, const std::string& text) {
  for (const char c : text) {
    ring.push(plain(c));
  }
}

std::string pop_all(ReceiveRing& ring) {
  std::string text;
  while (const std::optional<char> byte = ring.pop()) {
    text += *byte;
  }
  return text;
}

TEST(ReceiveRingTest, FirstInFirstOutAcrossTheWrap) {
  ReceiveRing ring;
  for (int round = 0; round < 10; ++round) {
    const std::string text(ReceiveRing::kBytes * 2 / 3, static_cast<char>('a' + round));
    push_all(ring, text);
    EXPECT_EQ(pop_all(ring), text);
  }
  EXPECT_TRUE(ring.empty());
  EXPECT_EQ(ring.take_lost(), 0U);
}

TEST(ReceiveRingTest, WhatDoesNotFitIsCountedOnce) {
  ReceiveRing ring;
  push_all(ring, std::string(ReceiveRing::kBytes, 'x') + "lost!");
  EXPECT_EQ(ring.take_lost(), 0U) << "not here: behind what is stored";
  EXPECT_EQ(pop_all(ring).size(), ReceiveRing::kBytes);
  EXPECT_EQ(ring.take_lost(), 5U);
  EXPECT_EQ(ring.take_lost(), 0U);
}

TEST(ReceiveRingTest, LossIsToldWhereItHappened) {
  ReceiveRing ring;
  push_all(ring, std::string(ReceiveRing::kBytes, 'x') + "lost");
  for (int i = 0; i < 3; ++i) {
    ring.pop();
  }
  push_all(ring, "abcd");  // three fit
  for (std::size_t i = 3; i < ReceiveRing::kBytes; ++i) {
    EXPECT_EQ(ring.take_lost(), 0U);
    EXPECT_EQ(ring.pop(), 'x');
  }
  EXPECT_EQ(ring.take_lost(), 4U);
  EXPECT_EQ(pop_all(ring), "abc");
  EXPECT_EQ(ring.take_lost(), 1U);
}

TEST(ReceiveRingTest, DamagedBytesAreLostAndOverrunsToo) {
  ReceiveRing ring;
  ring.push({.byte = 'f', .framing = true});
  ring.push({.byte = 'p', .parity = true});
  ring.push({.byte = 0, .framing = true, .break_ = true});
  ring.push({.byte = 'o', .overrun = true});  // itself whole; one before it is gone
  EXPECT_EQ(ring.take_lost(), 4U);
  EXPECT_EQ(pop_all(ring), "o");
}

TEST(ReceiveRingTest, ControlCDropsWhatWasTypedBeforeIt) {
  ReceiveRing ring;
  push_all(ring,
           "abc\x03"
           "de");
  EXPECT_TRUE(ring.interrupt_waiting());
  ring.drop_interrupt();
  EXPECT_FALSE(ring.interrupt_waiting());
  EXPECT_EQ(pop_all(ring), "de");
}

TEST(ReceiveRingTest, ControlCCountsWithoutRoomForIt) {
  ReceiveRing ring;
  push_all(ring, std::string(ReceiveRing::kBytes, 'x') + "\x03");
  EXPECT_TRUE(ring.interrupt_waiting());
  ring.drop_interrupt();
  EXPECT_TRUE(ring.empty());
  EXPECT_EQ(ring.take_lost(), 0U) << "what was lost was void anyway";
}

TEST(ReceiveRingTest, ReadControlCIsNoLongerWaiting) {
  ReceiveRing ring;
  push_all(ring,
           "a\x03"
           "b\x03"
           "c");
  ring.pop();
  ring.pop();
  EXPECT_TRUE(ring.interrupt_waiting());  // the second one
  ring.pop();
  ring.pop();
  EXPECT_FALSE(ring.interrupt_waiting());
  EXPECT_EQ(pop_all(ring), "c");
}

TEST(ReceiveRingTest, FlowControlHasTwoMarks) {
  ReceiveRing ring;
  push_all(ring, std::string(ReceiveRing::kPauseAt - 1, 'x'));
  EXPECT_EQ(ring.take_flow_change(), std::nullopt);
  push_all(ring, "x");
  EXPECT_EQ(ring.take_flow_change(), true);
  EXPECT_EQ(ring.take_flow_change(), std::nullopt);
  while (ring.size() > ReceiveRing::kResumeAt + 1) {
    ring.pop();
  }
  EXPECT_EQ(ring.take_flow_change(), std::nullopt);
  ring.pop();
  EXPECT_EQ(ring.take_flow_change(), false);
}

}  // namespace
}  // namespace baton::kernel
