#include "kernel/blocking/pairing_heap.h"

#include <array>
#include <cstdint>
#include <random>
#include <set>

#include "gtest/gtest.h"

namespace baton::kernel {
namespace {

struct Node {
  std::uint64_t key = 0;
  HeapHook<Node> hook;
};
struct Smaller {
  bool operator()(const Node& a, const Node& b) const { return a.key < b.key; }
};
using Heap = PairingHeap<Node, &Node::hook, Smaller>;

TEST(PairingHeap, AgainstASortedSet) {
  constexpr std::size_t kNodes = 200;
  std::array<Node, kNodes> nodes;
  Heap heap;
  std::set<std::pair<std::uint64_t, Node*>> model;
  std::mt19937_64 random(1);
  std::size_t most = 0;
  for (int step = 0; step < 200'000; ++step) {
    Node& node = nodes[random() % kNodes];
    if (!node.hook.is_linked()) {
      node.key = random() % 1'000'000;
      heap.insert(node);
      model.emplace(node.key, &node);
    } else if (random() % 3 == 0) {
      heap.erase(node);
      model.erase({node.key, &node});
    } else if (random() % 3 == 0) {
      Node* const first = heap.pop();
      ASSERT_NE(first, nullptr);
      ASSERT_EQ(first->key, model.begin()->first);
      model.erase({first->key, first});
    }
    ASSERT_EQ(heap.empty(), model.empty());
    if (!model.empty()) {
      ASSERT_EQ(heap.top()->key, model.begin()->first);
    }
    most = std::max(most, model.size());
  }
  while (Node* const first = heap.pop()) {
    ASSERT_EQ(first->key, model.begin()->first);
    model.erase({first->key, first});
  }
  EXPECT_TRUE(model.empty());
  EXPECT_GT(most, kNodes / 2);
  EXPECT_EQ(heap.pop(), nullptr);
}

TEST(PairingHeapDeathTest, Misuse) {
  Node node;
  Heap heap;
  EXPECT_DEATH(heap.erase(node), "taken out of a heap that it is not in");
  heap.insert(node);
  EXPECT_DEATH(heap.insert(node), "put into a heap twice");
  EXPECT_DEATH(
      {
        Node short_lived;
        heap.insert(short_lived);
      },
      "destroyed while it is in a heap");
  heap.erase(node);
}

}  // namespace
}  // namespace baton::kernel
