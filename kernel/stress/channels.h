// Objects of a pool that go through a channel, while those who send and receive them are stopped
// and begin anew at random: none is lost, none arrives twice.
//
// For each message a byte says whether it is on its way: set by who sends it, taken back by who
// receives it, or by the sender if it was refused.  Who takes back what is not set has got it
// twice, and what is set at the end was lost.  The channel is closed while threads wait at both
// ends.
#ifndef BATON_KERNEL_STRESS_CHANNELS_H_
#define BATON_KERNEL_STRESS_CHANNELS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "arch/cpu.h"
#include "base/time.h"
#include "kernel/blocking/channel.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"
#include "kernel/stress/scenario.h"
#include "sync/owned.h"
#include "sync/pool.h"

namespace baton::kernel::stress {

class Channels final : public Scenario {
 public:
  constexpr Channels() = default;

  std::string_view name() const override { return "channels"; }
  std::string_view counts() const override { return "messages received"; }
  std::string_view also_counts() const override { return "threads stopped meanwhile"; }

  void start(std::uint64_t seed) override {
    size_ = 2 * ((core_count() + 1) / 2);
    // Relaxed: the threads start after it.
    over_.store(false, std::memory_order_relaxed);
    random_ = Random(seed);
    channel_.renew();
    for (unsigned i = 0; i < size_; ++i) {
      Member& member = members_[i];
      member.crew = this;
      member.sends = i % 2 == 0;
      member.index = i / 2;
      member.random = Random(random_.next());
      begin(member);
    }
    const Result<void> started =
        foreman_.start({.name = "foreman", .priority = Priority(13)}, &lead, this);
    errors_.expect(started.has_value());
  }

  void halt() override {
    // Relaxed: everybody sees it some time.
    over_.store(true, std::memory_order_relaxed);
  }

  Outcome stop() override {
    foreman_.join();
    // Closed, the channel lets everybody go: senders at once, receivers when it is empty.
    channel_->close();
    for (Member& member : crew_members()) {
      if (!member.thread.join_until(now() + kPatience)) {
        errors_.add();
        member.thread.request_stop();
        member.thread.join();
      }
      errors_.expect(member.rounds.take() != 0);
    }
    const Result<sync::Owned<Message>> rest = channel_->try_receive();
    errors_.expect(!rest && rest.error() == Error::kClosed);
    const std::uint64_t received = received_.take();
    errors_.expect(sent_.take() == received && sent_sum_.take() == received_sum_.take());
    for (Sequence& sequence : under_way_) {
      for (std::atomic<std::uint8_t>& state : sequence) {
        // Relaxed: all have ended.
        errors_.expect(state.exchange(0, std::memory_order_relaxed) == 0);
      }
    }
    errors_.expect(pool_.available() == kMessages);
    return {.done = received, .errors = errors_.take(), .also = stopped_.take()};
  }

 private:
  static constexpr unsigned kSenders = (arch::kMaxCores + 1) / 2;
  static constexpr std::size_t kRoom = 2;
  static constexpr std::size_t kMessages = kRoom + 2 * kSenders;
  // Messages of one sender that are told apart.
  static constexpr unsigned kWindow = 32;

  struct Message {
    unsigned sender;
    unsigned number;
    std::uint64_t content;
  };
  using Sequence = std::array<std::atomic<std::uint8_t>, kWindow>;

  struct Member {
    Channels* crew = nullptr;
    bool sends = false;
    unsigned index = 0;
    unsigned number = 0;  // of its last message
    Random random;
    Tally rounds;
    Player thread;
  };

  void begin(Member& member) {
    const int priority = 8 + static_cast<int>(random_.pick(4));
    const Result<void> started = member.thread.start(
        {.name = member.sends ? "sender" : "receiver", .priority = Priority(priority)}, &play,
        &member);
    errors_.expect(started.has_value());
  }

  static void lead(void* scenario) {
    Channels& me = *static_cast<Channels*>(scenario);
    // Relaxed: see halt().
    while (!me.over_.load(std::memory_order_relaxed)) {
      static_cast<void>(this_thread::sleep_for(Duration::microseconds(50 + me.random_.pick(1000))));
      Member& member = me.members_[me.random_.pick(me.size_)];
      member.thread.request_stop();
      if (!member.thread.join_until(now() + kPatience)) {
        // The stop was lost.
        me.errors_.add();
        return;
      }
      me.stopped_.add();
      me.begin(member);
    }
  }

  static void play(void* member) {
    Member& me = *static_cast<Member*>(member);
    Channels& crew = *me.crew;
    do {
      StackMark mark(me.random.next());
      const bool more = me.sends ? crew.send(me) : crew.receive(me);
      crew.errors_.expect(mark.holds());
      if (!more) return;
      if (me.random.pick(4) == 0) nap(me.random);
    } while (!this_thread::stop_requested());
  }

  std::atomic<std::uint8_t>& state_of(const Message& message) {
    return under_way_[message.sender][message.number];
  }

  static bool is_over(Error error) { return error == Error::kStopped || error == Error::kClosed; }

  // False: no more of them.
  bool send(Member& me) {
    std::optional<sync::Owned<Message>> made = pool_.make(me.index, 0U, me.random.next());
    // There is one for each that may be in the channel or in somebody's hands.
    errors_.expect(made.has_value());
    if (!made) return true;
    sync::Owned<Message> message = std::move(*made);
    // A receiver may still have an old one in its hands: that one's number is left out.
    for (unsigned tries = 0;; ++tries) {
      me.number = (me.number + 1) % kWindow;
      message->number = me.number;
      // Relaxed: the channel orders what goes through it.
      if (state_of(*message).load(std::memory_order_relaxed) == 0) break;
      if (tries == kWindow) {
        errors_.add();  // all of them were lost
        return false;
      }
    }
    std::atomic<std::uint8_t>& state = state_of(*message);
    const std::uint64_t content = message->content;
    // Relaxed: as above.
    state.store(1, std::memory_order_relaxed);
    Channel<sync::Owned<Message>, kRoom>& channel = *channel_;
    auto sent = me.random.pick(3) == 0   ? channel.try_send(std::move(message))
                : me.random.pick(2) == 0 ? channel.send_for(std::move(message), timeout(me))
                                         : channel.send(std::move(message));
    if (sent) {
      sent_.add();
      sent_sum_.add(content);
      me.rounds.add();
      return true;
    }
    // It is ours again, unharmed, and nobody else's.
    errors_.expect(sent.error().object->content == content);
    // Relaxed: as above.
    errors_.expect(state.exchange(0, std::memory_order_relaxed) == 1);
    return !is_over(sent.error().why);
  }

  bool receive(Member& me) {
    Channel<sync::Owned<Message>, kRoom>& channel = *channel_;
    const Result<sync::Owned<Message>> received = me.random.pick(3) == 0 ? channel.try_receive()
                                                  : me.random.pick(2) == 0
                                                      ? channel.receive_for(timeout(me))
                                                      : channel.receive();
    if (!received) return !is_over(received.error());
    const Message& message = **received;
    // Relaxed: see send().
    errors_.expect(state_of(message).exchange(0, std::memory_order_relaxed) == 1);
    received_.add();
    received_sum_.add(message.content);
    me.rounds.add();
    return true;
  }

  static Duration timeout(Member& me) { return Duration::microseconds(me.random.pick(500)); }

  std::span<Member> crew_members() { return std::span(members_).first(size_); }

  sync::Pool<Message, kMessages> pool_;
  Renewed<Channel<sync::Owned<Message>, kRoom>> channel_;
  std::array<Sequence, kSenders> under_way_{};
  std::array<Member, 2 * kSenders> members_{};
  Player foreman_;
  std::atomic<bool> over_{false};
  Random random_;
  Tally sent_;
  Tally sent_sum_;
  Tally received_;
  Tally received_sum_;
  Tally stopped_;
  Tally errors_;
  unsigned size_ = 0;
};

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_CHANNELS_H_
