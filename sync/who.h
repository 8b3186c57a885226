// Who: a core, whether one of its threads or an interrupt handler, and the place in the code.
#ifndef BATON_SYNC_WHO_H_
#define BATON_SYNC_WHO_H_

namespace baton::sync {

/// Somebody who did something.  A snapshot, for people.
struct Who {
  bool known = false;  ///< false in release builds, and where there is nobody
  unsigned core = 0;
  bool in_interrupt = false;
  const void* return_address = nullptr;  ///< in the function that did it
};

}  // namespace baton::sync

#endif  // BATON_SYNC_WHO_H_
