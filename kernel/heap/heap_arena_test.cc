#include "kernel/heap/heap_arena.h"

#include <array>
#include <cstddef>
#include <utility>

#include "gtest/gtest.h"
#include "sync/owned.h"
#include "sync/static_owned.h"

namespace baton::kernel {
namespace {

// Blocks are objects that know whether they are out.
struct Store {
  using Home = sync::StaticOwned<ReturnedBlock<>>;
  void deallocate(Home* block) { free = block; }
  static sync::Owned<ReturnedBlock<>> returned(Home* block) { return block->claim(); }
  void take_back(sync::Owned<ReturnedBlock<>> block) {
    taken_back.at(count++) = block.get();
    static_cast<void>(sync::internal::OwnedAccess::disown(std::move(block)));
  }

  // A cell never destroys what it holds.
  Home* free = nullptr;
  std::array<ReturnedBlock<>*, 2> taken_back{};
  std::size_t count = 0;
};

class HeapArenaTest : public testing::Test {
 protected:
  template <class F>
  void look(F&& f) {
    EXPECT_TRUE(arena_.map(std::forward<F>(f)).has_value());
  }

  HeapArena<Store> arena_;
};

TEST_F(HeapArenaTest, GivenBackAtOnceWhereNobodyIsInside) {
  Store::Home block;
  EXPECT_TRUE(arena_.give_back(&block));
  look([&](Store& store) {
    EXPECT_EQ(store.free, &block);
    EXPECT_EQ(store.count, 0U);
  });
}

// Somebody inside gives blocks back himself: to the arena that is as if another core did.
TEST_F(HeapArenaTest, WhatComesBackMeanwhileIsThereForTheNext) {
  Store::Home one;
  Store::Home two;
  look([&](Store& store) {
    EXPECT_FALSE(arena_.give_back(&one));
    EXPECT_FALSE(arena_.give_back(&two));
    EXPECT_EQ(store.free, nullptr);
    EXPECT_EQ(store.count, 0U);
    EXPECT_FALSE(arena_.map([](Store&) {}).has_value()) << "busy";
  });
  look([&](Store& store) {
    ASSERT_EQ(store.count, 2U) << "before anything else";
    EXPECT_NE(store.taken_back[0], store.taken_back[1]);
  });
  look([&](Store& store) { EXPECT_EQ(store.count, 2U) << "once"; });
}

}  // namespace
}  // namespace baton::kernel
