// `FaultDisk`: a disk for tests that fails when told to, and remembers what was written between
// which flushes, so that a test can see every state that a power cut could have left.
#ifndef BATON_DRIVERS_BLOCK_TESTING_FAULT_DISK_H_
#define BATON_DRIVERS_BLOCK_TESTING_FAULT_DISK_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "drivers/iface/block_device.h"

namespace baton::drivers::testing {

using Image = std::vector<std::byte>;

/// One sector written, or a flush.
struct Event {
  bool flush = false;
  std::uint64_t sector = 0;
  std::vector<std::byte> bytes;
};

/// Every state that a power cut during a recording may have left, one event after the other.
class PowerCuts {
 public:
  PowerCuts(Image before, std::vector<Event> events)
      : image_(std::move(before)), safe_(image_), events_(std::move(events)) {}

  /// One event more; false: there is none.
  bool step();
  /// How many events took place.
  [[nodiscard]] std::size_t count() const { return count_; }
  /// They all did, in order, and nothing else.
  [[nodiscard]] const Image& in_order() const { return image_; }
  /// Everything up to the last flush did, and of each sector written since any of its contents
  /// since is there, by lot.
  [[nodiscard]] Image in_any_order(std::mt19937& random) const;

 private:
  void put(Image& image, const Event& event) const;

  Image image_;
  Image safe_;
  std::vector<Event> events_;
  std::size_t count_ = 0;
  std::map<std::uint64_t, std::vector<std::size_t>> since_;
};

/// For controls.  The same with no flush that counts: the disk lied about all of them.
std::vector<Event> without_flushes(std::vector<Event> events);
/// The same with each two neighbours of what lies between flushes in the wrong order.
std::vector<Event> with_order_swapped(const std::vector<Event>& events);

class FaultDisk final : public iface::BlockDevice {
 public:
  static constexpr std::uint32_t kSectorBytes = 512;

  explicit FaultDisk(Image image, bool read_only = false)
      : image_(std::move(image)), read_only_(read_only) {}

  [[nodiscard]] std::string_view name() const noexcept override { return "fault"; }
  [[nodiscard]] std::uint32_t sector_bytes() const noexcept override { return sector_bytes_; }
  [[nodiscard]] std::uint64_t sectors() const noexcept override {
    return image_.size() / sector_bytes_;
  }
  [[nodiscard]] bool read_only() const noexcept override { return read_only_; }
  Result<void> read(std::uint64_t first, std::span<std::byte> into) noexcept override;
  Result<void> write(std::uint64_t first, std::span<const std::byte> from) noexcept override;
  Result<void> flush() noexcept override;

  /// The request with this number (reads, writes and flushes count, from 0) and the `how_many - 1`
  /// after it fail.  A write that fails is torn: each of its sectors is written, or not, by lot.
  void fail_at(std::uint64_t request, std::uint64_t how_many = 1) {
    fail_from_ = request;
    fail_until_ = how_many > UINT64_MAX - request ? UINT64_MAX : request + how_many;
  }
  void fail_never() { fail_from_ = fail_until_ = 0; }
  /// Reads of this sector fail from here on.
  void spoil(std::uint64_t sector) { spoiled_.insert(sector); }
  void pretend_sector_bytes(std::uint32_t bytes) { sector_bytes_ = bytes; }

  /// From here on, what is written is kept in events().
  void record() {
    recording_ = true;
    before_ = image_;
    events_.clear();
  }
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }
  /// The image at record().
  [[nodiscard]] const Image& before() const { return before_; }

  [[nodiscard]] Image& image() { return image_; }
  [[nodiscard]] std::uint64_t requests() const { return requests_; }

 private:
  [[nodiscard]] bool fails();
  void store(std::uint64_t sector, std::span<const std::byte> bytes);

  Image image_;
  bool read_only_;
  std::uint32_t sector_bytes_ = kSectorBytes;
  bool recording_ = false;
  Image before_;
  std::vector<Event> events_;
  std::uint64_t requests_ = 0;
  std::uint64_t fail_from_ = 0;
  std::uint64_t fail_until_ = 0;
  std::set<std::uint64_t> spoiled_;
  std::mt19937 lot_{20};
};

}  // namespace baton::drivers::testing

#endif  // BATON_DRIVERS_BLOCK_TESTING_FAULT_DISK_H_
