// A model of the NVIC: enables, pending bits, priorities with as many bits as are asked for, and
// which exception is handled.  For tests on the host.
#ifndef BATON_DRIVERS_INTC_NVIC_FAKE_NVIC_H_
#define BATON_DRIVERS_INTC_NVIC_FAKE_NVIC_H_

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "arch/host/fake_bus.h"

namespace baton::drivers {

class FakeNvic : public arch::FakeDevice {
 public:
  FakeNvic(unsigned lines, unsigned priority_bits);

  std::uint64_t read(std::size_t offset, unsigned bytes) override;
  void write(std::size_t offset, unsigned bytes, std::uint64_t value) override;

  /// An exception's handler begins; 0: none runs.
  void handle(unsigned exception) { active_ = exception; }
  void make_pending(unsigned line) { pending_.insert(line); }

  bool enabled(unsigned line) const { return enabled_.contains(line); }
  bool pending(unsigned line) const { return pending_.contains(line); }
  std::uint8_t priority(unsigned line) const { return priorities_.at(line); }
  /// PendSV was asked for since the last call.
  bool take_pend_sv();

 private:
  unsigned priority_bits_;
  std::set<unsigned> enabled_;
  std::set<unsigned> pending_;
  std::vector<std::uint8_t> priorities_;
  unsigned active_ = 0;
  bool pend_sv_ = false;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_INTC_NVIC_FAKE_NVIC_H_
