// How far apart words must lie that two cores write all the time, so that they do not share a cache
// line.
//
// The port's constant, not std's: Clang makes that 256 for AArch64, for processors that we do not
// run on, and it changes with -mtune.
#ifndef BATON_SYNC_CACHE_LINE_H_
#define BATON_SYNC_CACHE_LINE_H_

#include <cstddef>

#include "arch/cpu.h"
#include "sync/atomics.h"

namespace baton::sync {

using arch::kCacheLine;

/// The alignment that keeps a T of its own apart from its neighbours: a line where other cores
/// touch it, nothing more where only one does.
template <class T, class Atomics>
inline constexpr std::size_t kApart =
    kReachOf<Atomics> == Reach::kAnyCore && alignof(T) < kCacheLine ? kCacheLine : alignof(T);

}  // namespace baton::sync

#endif  // BATON_SYNC_CACHE_LINE_H_
