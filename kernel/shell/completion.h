// What tab completion asks, and whom: the editor asks a CompletionSource, which offers candidates.
//
// Used by the context that feeds the shell, and by nobody else.
#ifndef BATON_KERNEL_SHELL_COMPLETION_H_
#define BATON_KERNEL_SHELL_COMPLETION_H_

#include <array>
#include <cstddef>
#include <string_view>

#include "base/format.h"
#include "kernel/shell/limits.h"

namespace baton::kernel::shell {

/// Takes the words that could stand at the cursor.
class Candidates {
 public:
  /// `word` is used before the call returns.  Words that do not begin with the prefix are passed
  /// over, so a source may offer all that it has.
  virtual void offer(std::string_view word) = 0;

 protected:
  constexpr Candidates() = default;
  ~Candidates() = default;
};

/// Knows what could be typed.
class CompletionSource {
 public:
  /// How many characters at the end of `before`, the line up to its cursor, are the beginning of a
  /// word that could be completed; kNothing where there is nothing to complete.
  virtual std::size_t prefix_length(std::string_view before) const = 0;

  /// Offers what could stand there, in the same order at every call.
  virtual void offer_candidates(std::string_view before, Candidates& candidates) const = 0;

  static constexpr std::size_t kNothing = static_cast<std::size_t>(-1);

 protected:
  constexpr CompletionSource() = default;
  ~CompletionSource() = default;
};

/// Counts the candidates that begin with `prefix`, and keeps what they have in common.
class CommonPrefix final : public Candidates {
 public:
  explicit CommonPrefix(std::string_view prefix) : prefix_(prefix) {}

  void offer(std::string_view word) override;

  std::size_t matches() const { return matches_; }
  /// Whether all matches are the same word.
  bool unique() const { return unique_; }
  /// What all matches begin with: `prefix` or more of it.
  std::string_view common() const [[clang::lifetimebound]] { return {common_.data(), size_}; }

 private:
  std::string_view prefix_;
  std::array<char, kMaxLine> common_{};
  std::size_t size_ = 0;
  std::size_t matches_ = 0;
  bool unique_ = false;
};

/// Prints the candidates that begin with `prefix`, as many in a row as `columns` hold.
class CandidateList final : public Candidates {
 public:
  CandidateList(TextSink& out, std::string_view prefix, std::size_t columns)
      : out_(out), prefix_(prefix), columns_(columns) {}

  void offer(std::string_view word) override;
  /// Ends the last row.
  void finish();

 private:
  TextSink& out_;
  std::string_view prefix_;
  std::size_t columns_;
  std::size_t used_ = 0;
};

}  // namespace baton::kernel::shell

#endif  // BATON_KERNEL_SHELL_COMPLETION_H_
