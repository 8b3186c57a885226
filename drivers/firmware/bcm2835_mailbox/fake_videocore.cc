#include "drivers/firmware/bcm2835_mailbox/fake_videocore.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <vector>

namespace baton::drivers {
namespace {

FakeVideocore* current = nullptr;

[[noreturn]] void die(const char* what, std::uint64_t value) {
  std::fprintf(stderr, "fake VideoCore: %s %#llx\n", what, static_cast<unsigned long long>(value));
  std::abort();
}

}  // namespace

FakeVideocore::FakeVideocore(Bcm2835Mailbox::Buffer& buffer) : cached_(buffer) {
  // Something else lay there before.
  ram_.fill(0xa5a5a5a5);
  line_ = cached_.words;
  current = this;
}

FakeVideocore::~FakeVideocore() { current = nullptr; }

Bcm2835Mailbox::Memory FakeVideocore::memory() {
  return {.bus_address = [](const void* buffer) noexcept -> std::uint32_t {
            if (buffer != &current->cached_) {
              die("address of another buffer", 0);
            }
            return current->bus_address;
          },
          .clean_and_invalidate =
              [](const void* address, std::size_t bytes) noexcept {
                current->maintain(address, bytes);
              }};
}

void FakeVideocore::maintain(const void* address, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (address != &cached_ || bytes != sizeof(cached_)) {
    die("maintenance of something else", bytes);
  }
  if (cached_.words != line_) {
    // Dirty: written back, over whatever is in memory.
    ram_ = cached_.words;
  }
  cached_.words = ram_;
  line_ = ram_;
}

void FakeVideocore::answer(std::uint32_t tag, std::vector<std::uint32_t> words) {
  on(tag, [words](const std::vector<std::uint32_t>&) -> std::optional<Answer> {
    return Answer{.words = words, .bytes = static_cast<std::uint32_t>(words.size() * 4)};
  });
}

void FakeVideocore::deliver(std::uint32_t word) {
  const std::lock_guard lock(mutex_);
  to_arm_.push_back(word);
}

void FakeVideocore::process() {
  last_question_.assign(ram_.begin(), ram_.begin() + ram_[0] / 4);
  if (ram_[0] % 4 != 0 || ram_[0] < 12 || ram_[0] > sizeof(ram_) || ram_[1] != 0) {
    die("malformed message of bytes", ram_[0]);
  }
  std::size_t at = 2;
  while (ram_[at] != 0) {
    const std::uint32_t tag = ram_[at];
    const std::uint32_t words = ram_[at + 1] / 4;
    if (ram_[at + 1] % 4 != 0 || at + 3 + words >= ram_[0] / 4 || ram_[at + 2] != 0) {
      die("malformed tag", tag);
    }
    const auto handler = handlers_.find(tag);
    const std::vector<std::uint32_t> request(
        ram_.begin() + static_cast<std::ptrdiff_t>(at) + 3,
        ram_.begin() + static_cast<std::ptrdiff_t>(at) + 3 + words);
    const std::optional<Answer> answer =
        handler == handlers_.end() ? std::nullopt : handler->second(request);
    if (answer) {
      for (std::size_t i = 0; i < std::min<std::size_t>(words, answer->words.size()); ++i) {
        ram_[at + 3 + i] = answer->words[i];
      }
      ram_[at + 2] = 0x80000000U | answer->bytes;
    } else if (marks_unknown_tags) {
      ram_[at + 2] = 0x80000000U;
    }
    at += 3 + words;
  }
  if ((at + 1) * 4 != ram_[0]) {
    die("end tag is not at the end of bytes", ram_[0]);
  }
  ram_[1] = overall;
}

std::uint64_t FakeVideocore::read(std::size_t offset, unsigned /*bytes*/) {
  const std::lock_guard lock(mutex_);
  switch (offset) {
    case 0x00: {
      if (to_arm_.empty()) {
        die("read of an empty mailbox", offset);
      }
      const std::uint32_t word = to_arm_.front();
      to_arm_.pop_front();
      return word;
    }
    case 0x18:
      if (working_ && delay_reads != kNever) {
        if (delay_reads == 0) {
          working_ = false;
          process();
          to_arm_.push_back(bus_address | 8U);
        } else {
          --delay_reads;
        }
      }
      return to_arm_.empty() ? 0x40000000U : 0U;
    case 0x38:
      if (full_reads != 0) {
        full_reads -= full_reads == kNever ? 0U : 1U;
        return 0x80000000U;
      }
      return 0x40000000U;
    default:
      die("read of", offset);
  }
}

void FakeVideocore::write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value) {
  {
    const std::lock_guard lock(mutex_);
    if (offset != 0x20) {
      die("write of", offset);
    }
    if (full_reads != 0) {
      die("write into a full mailbox", value);
    }
    if (value != (bus_address | 8U)) {
      die("not our buffer on the property channel:", value);
    }
    if (working_) {
      die("a question while another one is being answered", value);
    }
    working_ = true;
    ++questions_;
  }
  if (on_question) {
    on_question();
  }
}

unsigned FakeVideocore::questions() const {
  const std::lock_guard lock(mutex_);
  return questions_;
}

std::vector<std::uint32_t> FakeVideocore::last_question() const {
  const std::lock_guard lock(mutex_);
  return last_question_;
}

}  // namespace baton::drivers
