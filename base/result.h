// The error vocabulary and `Result`, what a function that can fail returns.
//
// Three severities exist, and no fourth (docs/architecture.md, "Errors"): `Result` for what a
// caller can handle, BATON_ASSERT for an invariant of our own that broke, and panic for a contract
// that somebody else broke.  An operation that takes ownership and fails hands the object back
// instead (sync/owned.h); it does not use `Result`.
#ifndef BATON_BASE_RESULT_H_
#define BATON_BASE_RESULT_H_

#include <cstdint>
#include <expected>
#include <string_view>
#include <utility>

namespace baton {

/// Why an operation failed.  Small on purpose: a caller branches on these, a person reads
/// `to_string`, and details go to the log where they are known.
enum class Error : std::uint8_t {
  kInvalidArgument,  ///< the caller passed something that can never work
  kOutOfRange,       ///< a number is outside what the device or object has
  kNotFound,         ///< there is no such thing
  kEmpty,            ///< the cell or queue holds nothing
  kFull,             ///< no room
  kBusy,             ///< somebody is inside; trying again may work
  kTimedOut,         ///< the deadline passed first
  kStopped,          ///< the thread was asked to stop
  kClosed,           ///< the channel was closed: nothing goes in any more
  kUnsupported,      ///< this board or device cannot do it
  kCorrupt,          ///< data from outside is damaged
  kIo,               ///< the device reported an error
  kFault,            ///< the address is not mapped, or not for this access
  kExists,           ///< there is such a thing already
  kNotDirectory,     ///< a file stands where a directory is needed
  kIsDirectory,      ///< a directory stands where a file is needed
  kNotEmpty,         ///< the directory holds something
  kReadOnly,         ///< it may not be changed
};

/// The error in words, for the log and the shell.  Any context; never null.
constexpr std::string_view to_string(Error error) {
  switch (error) {
    case Error::kInvalidArgument:
      return "invalid argument";
    case Error::kOutOfRange:
      return "out of range";
    case Error::kNotFound:
      return "not found";
    case Error::kEmpty:
      return "empty";
    case Error::kFull:
      return "full";
    case Error::kBusy:
      return "busy";
    case Error::kTimedOut:
      return "timed out";
    case Error::kStopped:
      return "stopped";
    case Error::kClosed:
      return "closed";
    case Error::kUnsupported:
      return "unsupported";
    case Error::kCorrupt:
      return "corrupt";
    case Error::kIo:
      return "input/output error";
    case Error::kFault:
      return "address not accessible";
    case Error::kExists:
      return "exists already";
    case Error::kNotDirectory:
      return "not a directory";
    case Error::kIsDirectory:
      return "is a directory";
    case Error::kNotEmpty:
      return "directory not empty";
    case Error::kReadOnly:
      return "read only";
  }
  return "unknown error";
}

/// A value or the reason why there is none.  `std::expected`, but never silently dropped.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

/// `return fail(Error::kFull);`
[[nodiscard]] constexpr std::unexpected<Error> fail(Error error) {
  return std::unexpected<Error>(error);
}

}  // namespace baton

#endif  // BATON_BASE_RESULT_H_
