#include "kernel/shell/completion.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace baton::kernel::shell {

void CommonPrefix::offer(std::string_view word) {
  if (!word.starts_with(prefix_) || word.size() > common_.size()) {
    return;
  }
  if (matches_ == 0) {
    std::ranges::copy(word, common_.begin());
    size_ = word.size();
    unique_ = true;
  } else {
    unique_ = unique_ && word == common();
    // By hand: std::mismatch of libc++ wants vector registers.
    std::size_t same = 0;
    while (same < std::min(size_, word.size()) && common_[same] == word[same]) {
      ++same;
    }
    size_ = same;
  }
  ++matches_;
}

void CandidateList::offer(std::string_view word) {
  constexpr std::string_view kGap = "  ";
  if (!word.starts_with(prefix_)) {
    return;
  }
  if (used_ != 0 && used_ + kGap.size() + word.size() >= columns_) {
    out_.write("\n");
    used_ = 0;
  }
  if (used_ != 0) {
    out_.write(kGap);
    used_ += kGap.size();
  }
  out_.write(word);
  used_ += word.size();
}

void CandidateList::finish() {
  if (used_ != 0) {
    out_.write("\n");
    used_ = 0;
  }
}

}  // namespace baton::kernel::shell
