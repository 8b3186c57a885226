#include "drivers/debugger/ram_log/ram_log.h"

#include "arch/counter.h"
#include "drivers/common/wait.h"

namespace baton::drivers {
namespace {

constexpr std::uint32_t after(std::uint32_t index, std::uint32_t size) {
  return index + 1 >= size ? 0 : index + 1;
}

}  // namespace

// The ring is full.  Whoever moves `read_at` is a debugger, unless it was us.
bool RamLog::make_room(std::uint32_t read_at) noexcept {
  const std::uint64_t now = arch::Counter::ticks();
  if (read_at != read_before_) {
    read_before_ = read_at;
    read_since_ = now;
    has_reader_ = true;
  }
  const std::uint64_t patience = TimeLimit::to_ticks(kPatience, arch::Counter::frequency_hz());
  if (has_reader_ && now - read_since_ < patience) return false;
  has_reader_ = false;
  read_before_ = after(read_at, block_.up.size);
  // Relaxed: gives away what was written long ago.
  block_.up.read_at.store(read_before_, std::memory_order_relaxed);
  return true;
}

bool RamLog::try_write(char byte) noexcept {
  RamLogBlock::Ring& up = block_.up;
  // Relaxed: ours.
  const std::uint32_t at = up.write_at.load(std::memory_order_relaxed);
  const std::uint32_t next = after(at, up.size);
  // Acquire pairs with the debugger's store, which comes after it has read the bytes.
  const std::uint32_t read_at = up.read_at.load(std::memory_order_acquire);
  if (next == read_at && !make_room(read_at)) return false;
  up.bytes[at] = byte;
  // Release pairs with the debugger's load: the byte is there.
  up.write_at.store(next, std::memory_order_release);
  return true;
}

std::optional<iface::RxByte> RamLog::try_read() noexcept {
  RamLogBlock::Ring& down = block_.down;
  // Relaxed: ours.
  const std::uint32_t at = down.read_at.load(std::memory_order_relaxed);
  // Acquire pairs with the debugger's store, which comes after it has written the bytes.
  const std::uint32_t end = down.write_at.load(std::memory_order_acquire);
  // A debugger that is lost shall not have us read elsewhere.
  if (at == end || end >= down.size) return std::nullopt;
  const char byte = down.bytes[at];
  // Release pairs with the debugger's load: the byte has been read.
  down.read_at.store(after(at, down.size), std::memory_order_release);
  return iface::RxByte{.byte = byte};
}

}  // namespace baton::drivers
