#include "kernel/blocking/message_queue.h"

#include <array>
#include <atomic>

#include "gtest/gtest.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel {
namespace {

using testing::Crew;
using testing::for_each_machine;

struct Message {
  std::uint64_t number = 0;
  std::uint64_t check = 0;
};
Message message(std::uint64_t number) { return {number, ~number * 3}; }
bool is_whole(const Message& m) { return m.check == ~m.number * 3; }

TEST(MessageQueue, InOrderUntilClosed) {
  for_each_machine({.cores = {1}, .seeds = 2}, [] {
    MessageQueue<int, 2> queue;
    EXPECT_EQ(queue.try_receive().error(), Error::kEmpty);
    EXPECT_TRUE(queue.try_send(1));
    EXPECT_TRUE(queue.send(2));
    EXPECT_EQ(queue.try_send(3).error(), Error::kFull);
    EXPECT_EQ(queue.send_for(3, Duration::microseconds(2)).error(), Error::kTimedOut);
    EXPECT_EQ(queue.size(), 2U);
    EXPECT_EQ(queue.receive().value(), 1);
    EXPECT_TRUE(queue.send(3));
    queue.close();
    EXPECT_EQ(queue.send(4).error(), Error::kClosed);
    EXPECT_EQ(queue.receive().value(), 2);
    EXPECT_EQ(queue.try_receive().value(), 3);
    EXPECT_EQ(queue.receive_for(Duration::microseconds(2)).error(), Error::kClosed);
  });
}

// One sender and one receiver: nothing changes places, whoever waits for whom.
template <std::size_t N>
void in_order() {
  const unsigned messages = testing::rounds(10000, 150);
  MessageQueue<Message, N> queue;
  Crew crew;
  crew.start({.name = "sender", .priority = Priority(static_cast<int>(14 + testing::below(5)))},
             [&] {
               for (unsigned i = 0; i < messages; ++i) EXPECT_TRUE(queue.send(message(i)));
             });
  for (unsigned i = 0; i < messages; ++i) {
    const Result<Message> got = queue.receive();
    ASSERT_TRUE(got);
    ASSERT_TRUE(is_whole(*got));
    ASSERT_EQ(got->number, i);
  }
  crew.join();
  EXPECT_EQ(queue.size(), 0U);
  testing::count("messages", messages);
}

TEST(MessageQueue, NothingChangesPlaces) {
  for_each_machine({.seeds = 20, .parallel_runs = 2}, [] {
    in_order<0>();
    in_order<1>();
    in_order<5>();
  });
}

TEST(MessageQueue, HandlersSend) {
  for_each_machine({.seeds = 20, .parallel_runs = 2}, [] {
    const unsigned cores = arch::host::running_config()->cores;
    const unsigned messages = testing::rounds(500, 40);
    MessageQueue<Message, 3> queue;
    std::atomic<std::uint64_t> sent{0};
    for (unsigned d = 0; d < 2; ++d) {
      // Both on one core: one number each.
      testing::on_device(d, cores - 1, [&] {
        if (sent < messages && queue.try_send(message(sent))) ++sent;
      });
    }
    const testing::DevicesEnd devices_end;
    Crew crew;
    crew.start({.name = "receiver", .priority = Priority(20)}, [&] {
      for (unsigned i = 0; i < messages; ++i) {
        const Result<Message> got = queue.receive();
        ASSERT_TRUE(got);
        ASSERT_TRUE(is_whole(*got));
        ASSERT_EQ(got->number, i);
      }
    });
    for (unsigned i = 0; sent < messages; ++i) {
      testing::raise_device(i % 2);
      if (testing::below(2) == 0) {
        static_cast<void>(this_thread::sleep_for(Duration::microseconds(1)));
      }
    }
    crew.join();
    testing::count("messages", messages);
  });
}

}  // namespace
}  // namespace baton::kernel
