// A model of the BCM2836's per-core block and the BCM2835's controller behind it, with behaviour:
// enables, mailboxes, routing, the summary bits with their bypasses, one interrupt output per core.
// For tests on the host; any number of threads may use it at once.
#ifndef BATON_DRIVERS_INTC_BCM2836_FAKE_BCM2836_H_
#define BATON_DRIVERS_INTC_BCM2836_FAKE_BCM2836_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>

#include "arch/host/fake_bus.h"

namespace baton::drivers {

class FakeBcm2836 {
 public:
  static constexpr unsigned kCores = 4;

  class Local : public arch::FakeDevice {
   public:
    explicit Local(FakeBcm2836& chip) : chip_(chip) {}
    std::uint64_t read(std::size_t offset, unsigned bytes) override;
    void write(std::size_t offset, unsigned bytes, std::uint64_t value) override;

   private:
    FakeBcm2836& chip_;
  };
  class Behind : public arch::FakeDevice {
   public:
    explicit Behind(FakeBcm2836& chip) : chip_(chip) {}
    std::uint64_t read(std::size_t offset, unsigned bytes) override;
    void write(std::size_t offset, unsigned bytes, std::uint64_t value) override;

   private:
    FakeBcm2836& chip_;
  };

  Local& local() { return local_; }
  Behind& behind() { return behind_; }

  /// A timer's (0-3) or the performance monitor's (9) line of a core.
  void set_own_line(unsigned core, unsigned bit, bool high);
  /// GPU interrupt 0-63 or, from 64 on, a basic one.
  void set_gpu_line(unsigned n, bool high);
  bool irq(unsigned core) const;
  std::uint32_t mailbox(unsigned core, unsigned n) const;
  void set_mailbox(unsigned core, unsigned n, std::uint32_t bits);
  std::uint32_t timer_control(unsigned core) const;
  std::uint32_t fiq_control() const;
  /// Called before each write to the per-core block takes effect, outside the model's lock.
  std::function<void(std::size_t offset)> before_local_write;

 private:
  std::uint32_t source(unsigned core) const;
  std::uint32_t pending(unsigned bank) const;
  std::uint32_t basic() const;

  mutable std::mutex mutex_;
  Local local_{*this};
  Behind behind_{*this};
  // As if something had run before.
  std::uint32_t routing_ = 0x3;
  std::uint32_t pmu_ = 0xff;
  std::array<std::uint32_t, kCores> timer_control_{0xff, 0xff, 0xff, 0xff};
  std::array<std::uint32_t, kCores> mailbox_control_{0xff, 0xff, 0xff, 0xff};
  std::array<std::array<std::uint32_t, 4>, kCores> mailboxes_{};
  std::array<std::uint32_t, kCores> own_lines_{};
  std::array<std::uint32_t, 3> gpu_lines_{};
  std::array<std::uint32_t, 3> enabled_{0xffffffff, 0xffffffff, 0xff};
  std::uint32_t fiq_control_ = 0x80;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_INTC_BCM2836_FAKE_BCM2836_H_
