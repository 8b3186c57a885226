#include "kernel/shell/history.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace baton::kernel::shell {

void History::add(std::string_view line) {
  if (line.empty() || line.size() + 1 > text_.size() || line.contains('\n') || line == entry(0)) {
    return;
  }
  while (used_ + line.size() + 1 > text_.size()) {
    drop_oldest();
  }
  char* end = std::copy(line.begin(), line.end(), text_.data() + used_);
  *end = '\n';
  used_ += line.size() + 1;
  ++lines_;
}

std::string_view History::entry(std::size_t back) const {
  if (back >= lines_) {
    return {};
  }
  std::size_t end = used_ - 1;
  while (true) {
    std::size_t begin = end;
    while (begin != 0 && text_[begin - 1] != '\n') {
      --begin;
    }
    if (back == 0) {
      return {text_.data() + begin, end - begin};
    }
    end = begin - 1;
    --back;
  }
}

void History::drop_oldest() {
  char* const end = text_.data() + used_;
  char* const second = std::find(text_.data(), end, '\n') + 1;
  used_ = static_cast<std::size_t>(std::copy(second, end, text_.data()) - text_.data());
  --lines_;
}

}  // namespace baton::kernel::shell
