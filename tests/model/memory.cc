#include "tests/model/memory.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace baton::model {

namespace {

[[noreturn]] void out_of_bounds(const char* what) {
  std::fprintf(stderr, "model checker: a program is too large: %s\n", what);
  std::abort();
}

}  // namespace

void Memory::reset() {
  // Locations keep their vectors' memory from execution to execution.
  location_count_ = 0;
  plain_.clear();
  for (std::size_t i = 0; i < kMaxThreads; ++i) {
    now_[i] = {};
    now_[i].clock[i] = 1;
    at_release_fence_[i] = {};
    for_acquire_fence_[i] = {};
  }
  seq_cst_ = {};
  changes_ = 0;
  caught_up_ = {};
}

void Memory::fork(int count) {
  for (int i = 1; i <= count; ++i) {
    now_[index(i)].join(now_[0]);
    caught_up_[index(i)] = changes_;
  }
  tick(0);
}

void Memory::join(int count) {
  for (int i = 1; i <= count; ++i) now_[0].join(now_[index(i)]);
  for (std::size_t i = 0; i < location_count_; ++i) {
    const Location& location = locations_[i];
    now_[0].seen[i] = location.stores[location.order.back()].stamp;
  }
}

void Memory::catch_up(int thread) {
  View& now = now_[index(thread)];
  for (std::size_t i = 0; i < location_count_; ++i) {
    const Location& location = locations_[i];
    now.seen[i] = std::max(now.seen[i], location.stores[location.order.back()].stamp);
  }
  caught_up_[index(thread)] = changes_;
}

int Memory::new_location(int thread, std::uint64_t initial) {
  if (location_count_ == kMaxLocations) out_of_bounds("too many atomics");
  if (location_count_ == locations_.size()) locations_.emplace_back();
  Location& location = locations_[location_count_];
  location.alive = true;
  location.stores.clear();
  location.order.assign(1, 0);
  const int id = static_cast<int>(location_count_++);
  now_[index(thread)].seen[index(id)] = kGap;
  location.stores.push_back({.value = initial,
                             .stamp = kGap,
                             .read_by_modify = false,
                             .step = -1,
                             .thread = thread,
                             .released = now_[index(thread)]});
  return id;
}

template <class F>
void Memory::for_each_choice(int thread, const Operation& operation, std::uint16_t floor,
                             F&& f) const {
  const Location& location = locations_[index(operation.location)];
  Stamp oldest = now_[index(thread)].seen[index(operation.location)];
  if (operation.is_seq_cst()) {
    oldest = std::max(oldest, seq_cst_.seen[index(operation.location)]);
  }
  for (auto it = location.order.rbegin(); it != location.order.rend(); ++it) {
    const Store& store = location.stores[*it];
    if (store.stamp < oldest) return;
    switch (operation.kind) {
      case Kind::kStore:
        if (store.read_by_modify) continue;
        break;
      case Kind::kModify:
      case Kind::kCompareExchange:
        if (*it < floor || (store.read_by_modify && succeeds(operation, store.value))) continue;
        break;
      case Kind::kAwait:
        if (*it < floor || !(*operation.wanted)(store.value)) continue;
        break;
      default:
        if (*it < floor) continue;
        break;
    }
    if (!f(*it)) return;
  }
}

void Memory::choices(int thread, const Operation& operation, std::uint16_t floor,
                     Choices& out) const {
  out.clear();
  for_each_choice(thread, operation, floor, [&out](std::uint16_t id) {
    out.push_back(id);
    return true;
  });
}

bool Memory::has_choice(int thread, const Operation& operation, std::uint16_t floor) const {
  bool found = false;
  for_each_choice(thread, operation, floor, [&found](std::uint16_t) {
    found = true;
    return false;
  });
  return found;
}

Outcome Memory::apply(int thread, const Operation& operation, std::uint16_t choice, int step) {
  View& now = now_[index(thread)];
  if (operation.kind == Kind::kStore) {
    place(thread, operation, choice, operation.operand, operation.order, nullptr, step);
    return {.value = operation.operand, .wrote = true};
  }
  Store& store = locations_[index(operation.location)].stores[choice];
  const bool modifies =
      (operation.kind == Kind::kModify || operation.kind == Kind::kCompareExchange) &&
      succeeds(operation, store.value);
  const std::memory_order order = operation.kind == Kind::kCompareExchange && !modifies
                                      ? operation.failure_order
                                      : operation.order;
  Stamp& seen = now.seen[index(operation.location)];
  seen = std::max(seen, store.stamp);
  for_acquire_fence_[index(thread)].join(store.released);
  if (acquires(order)) now.join(store.released);
  if (order == std::memory_order_seq_cst) {
    Stamp& shared = seq_cst_.seen[index(operation.location)];
    shared = std::max(shared, store.stamp);
  }
  const Outcome outcome = {.value = store.value,
                           .wrote = modifies,
                           .read_step = store.step,
                           .read_thread = store.thread};
  if (modifies) {
    store.read_by_modify = true;
    const std::uint64_t value = operation.kind == Kind::kModify
                                    ? operation.modify(store.value, operation.operand)
                                    : operation.operand;
    const View sequence = store.released;
    place(thread, operation, choice, value, order, &sequence, step);
  }
  return outcome;
}

// `sequence`: what the release sequence that a read-modify-write continues has carried so far.
void Memory::place(int thread, const Operation& operation, std::uint16_t after, std::uint64_t value,
                   std::memory_order order, const View* sequence, int step) {
  Location& location = locations_[index(operation.location)];
  const auto position = std::find(location.order.begin(), location.order.end(), after) + 1;
  const Stamp low = location.stores[after].stamp;
  Stamp stamp = low + kGap;
  if (position != location.order.end()) {
    stamp = low + (location.stores[*position].stamp - low) / 2;
    if (stamp == low) out_of_bounds("too many stores placed between two");
  }
  View& now = now_[index(thread)];
  now.seen[index(operation.location)] = stamp;
  if (order == std::memory_order_seq_cst) {
    Stamp& shared = seq_cst_.seen[index(operation.location)];
    shared = std::max(shared, stamp);
  }
  View released = releases(order) ? now : at_release_fence_[index(thread)];
  if (sequence != nullptr) released.join(*sequence);
  released.seen[index(operation.location)] =
      std::max(released.seen[index(operation.location)], stamp);
  const auto id = static_cast<std::uint16_t>(location.stores.size());
  location.stores.push_back({.value = value,
                             .stamp = stamp,
                             .read_by_modify = false,
                             .step = step,
                             .thread = thread,
                             .released = released});
  location.order.insert(position, id);
  if (value != location.stores[after].value) ++changes_;
  if (releases(order)) tick(thread);
}

void Memory::fence(int thread, std::memory_order order) {
  View& now = now_[index(thread)];
  if (acquires(order)) now.join(for_acquire_fence_[index(thread)]);
  if (order == std::memory_order_seq_cst) {
    // Coherence only: two fences in this order do not by themselves synchronize.
    now.join_seen(seq_cst_);
    seq_cst_.join_seen(now);
  }
  if (releases(order)) {
    at_release_fence_[index(thread)] = now;
    tick(thread);
  }
}

int Memory::new_plain(int thread, const void* address, const char** wrong) {
  for (const PlainData& before : plain_) {
    if (before.address != address) continue;
    if (before.alive) *wrong = "an object is made where another one is still alive";
    if (now_[index(thread)].clock[index(before.writer)] < before.write_clock) {
      *wrong = "data race: storage is used again, and its last object's end did not happen before";
    }
  }
  PlainData data;
  data.address = address;
  data.writer = thread;
  data.write_clock = now_[index(thread)].clock[index(thread)];
  plain_.push_back(data);
  return static_cast<int>(plain_.size()) - 1;
}

const char* Memory::read_plain(int thread, int location) {
  PlainData& data = plain_[index(location)];
  if (!data.alive) return "use after free: plain data that was destroyed is read";
  const View& now = now_[index(thread)];
  if (now.clock[index(data.writer)] < data.write_clock) {
    return "data race: plain data is read, and its last write did not happen before";
  }
  data.read_clock[index(thread)] = now.clock[index(thread)];
  return nullptr;
}

const char* Memory::write_plain(int thread, int location) {
  PlainData& data = plain_[index(location)];
  if (!data.alive) return "use after free: plain data that was destroyed is written";
  const View& now = now_[index(thread)];
  if (now.clock[index(data.writer)] < data.write_clock) {
    return "data race: plain data is written, and its last write did not happen before";
  }
  for (std::size_t reader = 0; reader < kMaxThreads; ++reader) {
    if (now.clock[reader] < data.read_clock[reader]) {
      return "data race: plain data is written, and a read of it did not happen before";
    }
  }
  data.writer = thread;
  data.write_clock = now.clock[index(thread)];
  return nullptr;
}

const char* Memory::end_plain(int thread, int location) {
  PlainData& data = plain_[index(location)];
  const char* const wrong = write_plain(thread, location);
  data.alive = false;
  return wrong == nullptr
             ? nullptr
             : "use after free: plain data is destroyed, and an access to it did not happen before";
}

}  // namespace baton::model
