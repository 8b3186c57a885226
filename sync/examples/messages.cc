// Inbox: many producers, interrupt handlers among them, and one consumer who takes everything at
// once.
#include <cstdio>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "sync/inbox.h"
#include "sync/pool.h"

namespace {

struct Message {
  Message(int from, int number) : sender(from), n(number) {}
  int sender;
  int n;
  baton::sync::InboxHook<Message> hook;
};

constinit baton::sync::Pool<Message, 20> g_messages;
constinit baton::sync::Inbox<Message, &Message::hook> g_inbox;

void send(int sender) {
  for (int n = 1; n <= 10; ++n) {
    auto message = g_messages.make(sender, n);
    // True when the inbox was empty: here a sleeping consumer would be woken.
    static_cast<void>(g_inbox.push(std::move(*message)));
  }
}

}  // namespace

int main() {
  std::thread one(send, 0);
  std::thread two(send, 1);
  int received = 0;
  int last[2] = {};
  while (received < 20) {
    auto batch = g_inbox.take_all();
    while (auto message = batch.pop_front()) {
      BATON_CHECK((*message)->n == last[(*message)->sender] + 1);  // each sender's in order
      last[(*message)->sender] = (*message)->n;
      ++received;
    }
  }
  one.join();
  two.join();
  std::printf("received %d\n", received);
  return 0;
}
