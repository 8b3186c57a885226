// SeqLock under one writer and three readers: a copy is whole, and no older than the one before.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>

#include "sync/seq_lock.h"
#include "tests/stress/stress.h"
#include "tests/stress/yielding_atomics.h"

namespace baton::stress {
namespace {

constexpr int kReaders = 3;
constexpr int kCopies = 1000;  // at least

struct Value {
  std::array<std::uintptr_t, 4> same;
};

// Broken on purpose: its readers do not look at the number again.
class OneLook {
 public:
  void write(const Value& value) {
    const std::uint32_t number = number_.load(std::memory_order_relaxed);
    number_.store(number + 1, std::memory_order_relaxed);
    // Release, all: pairs with try_read().
    for (std::size_t i = 0; i < 4; ++i) words_[i].store(value.same[i], std::memory_order_release);
    number_.store(number + 2, std::memory_order_release);
  }
  std::optional<Value> try_read() const {
    // Acquire, all: pairs with write().
    if (number_.load(std::memory_order_acquire) % 2 != 0) return std::nullopt;
    Value value{};
    for (std::size_t i = 0; i < 4; ++i) value.same[i] = words_[i].load(std::memory_order_acquire);
    return value;
  }

 private:
  YieldingAtomic<std::uint32_t> number_{0};
  YieldingAtomic<std::uintptr_t> words_[4];
};

template <class Lock>
void run(const Arguments& arguments, Verdict& verdict) {
  Lock lock;
  std::atomic<bool> done{false};
  std::atomic<int> copies{0};
  std::atomic<int> refused{0};
  run_together(1 + kReaders, [&](int number) {
    if (number == 0) {
      // Until the readers have had their share.
      for (int n = 1; !verdict.failed(); ++n) {
        if (n > arguments.rounds && copies.load(std::memory_order_relaxed) > kCopies) break;
        const auto word = static_cast<std::uintptr_t>(n);
        lock.write({{word, word, word, word}});
        if (n % 2048 == 0) yield_now();
      }
      done.store(true, std::memory_order_relaxed);
      return;
    }
    std::uintptr_t last = 0;
    while (!done.load(std::memory_order_relaxed) && !verdict.failed()) {
      const std::optional<Value> copy = lock.try_read();
      if (!copy.has_value()) {
        refused.fetch_add(1, std::memory_order_relaxed);
        continue;
      }
      copies.fetch_add(1, std::memory_order_relaxed);
      for (const std::uintptr_t word : copy->same) {
        if (word != copy->same[0]) verdict.fail("torn: two writes in one copy");
      }
      if (copy->same[0] < last) verdict.fail("a later copy is older");
      last = copy->same[0];
    }
  });
  std::printf("copies=%d refused=%d\n", copies.load(std::memory_order_relaxed),
              refused.load(std::memory_order_relaxed));
}

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv, 100'000, {"one_look"});
  Verdict verdict;
  if (arguments.busted == "one_look") {
    run<OneLook>(arguments, verdict);
  } else {
    run<sync::SeqLock<Value>>(arguments, verdict);
    run<sync::SeqLock<Value, YieldingAtomics>>(arguments, verdict);
  }
  return verdict.finish(arguments);
}

}  // namespace
}  // namespace baton::stress

int main(int argc, char** argv) { return baton::stress::main(argc, argv); }
