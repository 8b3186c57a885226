// What was measured: every sample, in the order in which they came.  The driver on the host makes
// of them what people want to know.
#ifndef BATON_BENCH_KERNEL_SERIES_H_
#define BATON_BENCH_KERNEL_SERIES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace baton::kernel_bench {

/// One thread, or handler, at a time.
class Series {
 public:
  static constexpr std::size_t kMost = 4096;

  constexpr Series() = default;
  Series(const Series&) = delete;
  Series& operator=(const Series&) = delete;

  void begin(std::string_view name, std::string_view unit, std::size_t wanted) {
    name_ = name;
    unit_ = unit;
    wanted_ = wanted < kMost ? wanted : kMost;
    count_ = 0;
  }
  /// Those that are too many are left out.
  void add(std::uint64_t sample) {
    if (count_ < wanted_) samples_[count_++] = sample;
  }
  bool is_full() const { return count_ == wanted_; }

  std::string_view name() const { return name_; }
  std::string_view unit() const { return unit_; }
  std::span<const std::uint64_t> samples() const { return std::span(samples_).first(count_); }

 private:
  std::string_view name_;
  std::string_view unit_;
  std::size_t wanted_ = 0;
  std::size_t count_ = 0;
  std::array<std::uint64_t, kMost> samples_{};
};

}  // namespace baton::kernel_bench

#endif  // BATON_BENCH_KERNEL_SERIES_H_
