#include "drivers/block/testing/fault_disk.h"

#include <algorithm>
#include <iterator>

namespace baton::drivers::testing {

bool FaultDisk::fails() {
  const std::uint64_t request = requests_++;
  return request >= fail_from_ && request < fail_until_;
}

void FaultDisk::store(std::uint64_t sector, std::span<const std::byte> bytes) {
  std::ranges::copy(bytes, image_.begin() + static_cast<std::ptrdiff_t>(sector * sector_bytes_));
  if (recording_) events_.push_back({false, sector, {bytes.begin(), bytes.end()}});
}

Result<void> FaultDisk::read(std::uint64_t first, std::span<std::byte> into) noexcept {
  if (const auto good = check(first, into.size()); !good) return good;
  if (fails()) {
    std::ranges::fill(into, std::byte{0xa5});
    return fail(Error::kIo);
  }
  for (std::uint64_t sector = first; sector < first + into.size() / sector_bytes_; ++sector) {
    if (spoiled_.contains(sector)) return fail(Error::kIo);
  }
  const auto from = std::span(image_).subspan(first * sector_bytes_, into.size());
  std::ranges::copy(from, into.begin());
  return {};
}

Result<void> FaultDisk::write(std::uint64_t first, std::span<const std::byte> from) noexcept {
  if (read_only_) return fail(Error::kReadOnly);
  if (const auto good = check(first, from.size()); !good) return good;
  const bool failing = fails();
  for (std::uint64_t i = 0; i < from.size() / sector_bytes_; ++i) {
    if (failing && lot_() % 2 == 0) continue;
    store(first + i, from.subspan(i * sector_bytes_, sector_bytes_));
  }
  if (failing) return fail(Error::kIo);
  return {};
}

Result<void> FaultDisk::flush() noexcept {
  if (fails()) return fail(Error::kIo);
  if (recording_) events_.push_back({true, 0, {}});
  return {};
}

void PowerCuts::put(Image& image, const Event& event) const {
  const auto at = static_cast<std::ptrdiff_t>(event.sector * event.bytes.size());
  std::ranges::copy(event.bytes, image.begin() + at);
}

bool PowerCuts::step() {
  if (count_ == events_.size()) return false;
  const Event& event = events_[count_];
  if (event.flush) {
    safe_ = image_;
    since_.clear();
  } else {
    put(image_, event);
    since_[event.sector].push_back(count_);
  }
  ++count_;
  return true;
}

Image PowerCuts::in_any_order(std::mt19937& random) const {
  Image image = safe_;
  for (const auto& [sector, versions] : since_) {
    const std::size_t version = random() % (versions.size() + 1);
    if (version < versions.size()) put(image, events_[versions[version]]);
  }
  return image;
}

std::vector<Event> without_flushes(std::vector<Event> events) {
  std::erase_if(events, [](const Event& event) { return event.flush; });
  return events;
}

std::vector<Event> with_order_swapped(const std::vector<Event>& events) {
  std::vector<std::vector<Event>> stretches(1);
  for (const Event& event : events) {
    stretches.back().push_back(event);
    if (event.flush) stretches.emplace_back();
  }
  std::vector<Event> swapped;
  for (std::size_t i = 0; i < stretches.size(); i += 2) {
    if (i + 1 < stretches.size()) std::ranges::copy(stretches[i + 1], std::back_inserter(swapped));
    std::ranges::copy(stretches[i], std::back_inserter(swapped));
  }
  return swapped;
}

}  // namespace baton::drivers::testing
