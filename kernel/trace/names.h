// The names of threads for those who read a trace, kept for a while after the thread has ended.
//
// A thread gets a number of 16 bits when it begins: a place in a table, and which use of the place
// it is.  The place is free again when the thread has ended, but goes last: so of the threads that
// have ended the last ones still have their names.
//
// begin() and end(): any core, any context; wait-free as far as places are free.  Readers: any
// core, any context.
#ifndef BATON_KERNEL_TRACE_NAMES_H_
#define BATON_KERNEL_TRACE_NAMES_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "kernel/trace/event.h"
#include "sync/atomics.h"
#include "sync/seq_lock.h"

namespace baton::kernel::trace {

/// A thread's name, cut off where it is too long.
struct Name {
  static constexpr std::size_t kMost = 21;

  ThreadId id = kNoThread;
  std::uint8_t size = 0;
  std::array<char, kMost> text{};

  std::string_view view() const { return {text.data(), size}; }
};

/// `kPlaces`: a power of two, at most 256; the first is nobody's.
template <std::size_t kPlaces, class Atomics = sync::StdAtomics>
class Names {
  static_assert(kPlaces >= 2 && kPlaces <= 256 && (kPlaces & (kPlaces - 1)) == 0);

 public:
  constexpr Names() = default;
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  /// A thread of this name begins.  kNoThread: all places are taken.
  ThreadId begin(std::string_view name) {
    for (std::size_t tries = 0; tries < kPlaces; ++tries) {
      // Relaxed: where to look, no more.
      const std::size_t at = cursor_.fetch_add(1, std::memory_order_relaxed) % kPlaces;
      // Relaxed: a look; the exchange decides.
      if (at == 0 || places_[at].taken.load(std::memory_order_relaxed)) continue;
      // Acquire pairs with the release in end(): who had the place has written its name.
      if (places_[at].taken.exchange(true, std::memory_order_acquire)) continue;
      return write(at, name);
    }
    return kNoThread;
  }

  /// The thread has ended: its name may be overwritten.
  void end(ThreadId id) {
    if (id == kNoThread) return;
    // Release pairs with the acquire in begin(): the place is written by one at a time.
    places_[id % kPlaces].taken.store(false, std::memory_order_release);
  }

  /// The name of thread `id`, unless it is long gone.
  std::optional<Name> find(ThreadId id) const {
    const std::optional<Name> name = at(id % kPlaces);
    if (!name.has_value() || name->id != id) return std::nullopt;
    return name;
  }
  /// What place `index` has, if it has something.
  std::optional<Name> at(std::size_t index) const {
    const std::optional<Name> name = places_[index].name.try_read();
    if (!name.has_value() || name->id == kNoThread) return std::nullopt;
    return name;
  }
  static constexpr std::size_t size() { return kPlaces; }

 private:
  // The caller has taken the place.
  ThreadId write(std::size_t at, std::string_view text) {
    Name name = places_[at].name.try_read().value_or(Name{});
    const std::size_t use = name.id / kPlaces + 1;
    name.id = static_cast<ThreadId>(use * kPlaces + at);
    name.size = static_cast<std::uint8_t>(std::min(text.size(), Name::kMost));
    std::ranges::fill(name.text, '\0');
    std::ranges::copy(text.substr(0, name.size), name.text.begin());
    places_[at].name.write(name);
    return name.id;
  }

  struct Place {
    sync::SeqLock<Name, Atomics> name;
    typename Atomics::template Atomic<bool> taken{false};
  };
  typename Atomics::template Atomic<std::uint32_t> cursor_{1};
  std::array<Place, kPlaces> places_{};
};

}  // namespace baton::kernel::trace

#endif  // BATON_KERNEL_TRACE_NAMES_H_
