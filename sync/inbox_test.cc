#include "sync/inbox.h"

#include <type_traits>
#include <utility>

#include "gtest/gtest.h"
#include "sync/batch.h"
#include "sync/pool.h"

namespace baton::sync {
namespace {

struct Message {
  explicit Message(int number) : n(number) {}
  int n;
  InboxHook<Message> hook;
};

using MessageInbox = Inbox<Message, &Message::hook>;
constinit MessageInbox g_inbox;

static_assert(std::is_trivially_destructible_v<MessageInbox>);
static_assert(sizeof(MessageInbox) == sizeof(void*));

class InboxTest : public testing::Test {
 protected:
  Owned<Message> message(int n) { return std::move(*messages_.make(n)); }
  Pool<Message, 8> messages_;
  MessageInbox inbox_;
};

TEST_F(InboxTest, OldestFirst) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(inbox_.push(message(i)), i == 0);
  EXPECT_FALSE(inbox_.is_empty());
  auto batch = inbox_.take_all();
  EXPECT_TRUE(inbox_.is_empty());
  // What comes in meanwhile is for the next batch.
  EXPECT_TRUE(inbox_.push(message(5)));
  for (int i = 0; i < 5; ++i) {
    auto popped = batch.pop_front();
    ASSERT_TRUE(popped.has_value());
    EXPECT_EQ((*popped)->n, i);
  }
  EXPECT_TRUE(batch.is_empty());
  EXPECT_FALSE(batch.pop_front().has_value());
  auto next = inbox_.take_all();
  EXPECT_EQ((*next.pop_front())->n, 5);
  EXPECT_EQ(messages_.available(), 8U);
}

TEST_F(InboxTest, EmptyGivesAnEmptyBatch) {
  EXPECT_TRUE(inbox_.take_all().is_empty());
  EXPECT_TRUE(g_inbox.is_empty());
}

TEST_F(InboxTest, WhatIsLeftOfABatchGoesHome) {
  for (int i = 0; i < 3; ++i) inbox_.push(message(i));
  {
    auto batch = inbox_.take_all();
    auto moved = std::move(batch);
    EXPECT_EQ((*moved.pop_front())->n, 0);
    EXPECT_EQ(messages_.available(), 6U);
  }
  EXPECT_EQ(messages_.available(), 8U);
}

TEST_F(InboxTest, AMessageCanBePassedOn) {
  MessageInbox second;
  inbox_.push(message(1));
  auto batch = inbox_.take_all();
  while (auto popped = batch.pop_front()) second.push(std::move(*popped));
  EXPECT_EQ((*second.take_all().pop_front())->n, 1);
}

}  // namespace
}  // namespace baton::sync
