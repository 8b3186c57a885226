// A model of a GICv2 with behaviour: registers banked by core, pending and active states, SGIs kept
// apart by sender, priorities with few bits, level and edge lines, one interrupt output per core.
// For tests on the host.  A thread is the core that arch::core_index() says; any number may be
// inside.
#ifndef BATON_DRIVERS_INTC_GIC_V2_FAKE_GIC_V2_H_
#define BATON_DRIVERS_INTC_GIC_V2_FAKE_GIC_V2_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "arch/host/fake_bus.h"

namespace baton::drivers {

class FakeGicV2 {
 public:
  static constexpr unsigned kCores = 8;
  static constexpr unsigned kLines = 224;

  class Distributor : public arch::FakeDevice {
   public:
    explicit Distributor(FakeGicV2& gic) : gic_(gic) {}
    std::uint64_t read(std::size_t offset, unsigned bytes) override;
    void write(std::size_t offset, unsigned bytes, std::uint64_t value) override;

   private:
    FakeGicV2& gic_;
  };
  class CpuInterface : public arch::FakeDevice {
   public:
    explicit CpuInterface(FakeGicV2& gic) : gic_(gic) {}
    std::uint64_t read(std::size_t offset, unsigned bytes) override;
    void write(std::size_t offset, unsigned bytes, std::uint64_t value) override;

   private:
    FakeGicV2& gic_;
  };

  FakeGicV2();

  Distributor& distributor() { return distributor_; }
  CpuInterface& cpu_interface() { return cpu_interface_; }

  /// A device's line, or (below 32) `core`'s own.
  void set_line(unsigned id, bool high, unsigned core = 0);
  /// The interrupt output to `core`.
  bool irq(unsigned core) const;

  // What a test wants to know or to change beforehand.
  /// The CPU interface that each core has.
  std::array<unsigned, kCores> interface_of_core{0, 1, 2, 3, 4, 5, 6, 7};
  /// Which bytes of a core's own ITARGETSR show its interface; some implementations leave some
  /// zero.
  std::uint32_t shown_routes = 0xffffffff;
  std::uint32_t architecture = 2;
  std::uint32_t typer = 0x66;
  std::uint8_t priority_bits = 0xf0;
  /// Ends of interrupts that were not the innermost active one, or named the wrong sender.
  unsigned wrong_ends() const { return wrong_ends_; }
  std::uint8_t route(unsigned id) const { return targets_.at(id); }
  bool edge(unsigned id) const { return ((icfgr_.at(id / 16) >> (id % 16 * 2)) & 2U) != 0; }
  std::uint32_t interface_control(unsigned core) const;
  std::uint32_t distributor_control() const { return dist_control_; }
  void make_pending_sgi(unsigned to_core, unsigned id, unsigned from_core);
  /// By which interfaces SGI `id` of `core` has been sent and not been taken.
  std::uint8_t sgi_senders(unsigned core, unsigned id) const;
  void make_active(unsigned core, unsigned id);
  /// Called before each write to the distributor takes effect, outside the model's lock.
  std::function<void(std::size_t offset)> before_write;

 private:
  struct Own {  // what is banked by core
    std::uint32_t enabled = 0;
    std::uint32_t line = 0;
    std::uint32_t pending = 0;  // latched, PPIs
    std::uint32_t active = 0;
    std::array<std::uint8_t, 16> sgi_sources{};
    std::array<std::uint8_t, 32> priority{};
    std::uint32_t control = 0x1e0;
    std::uint32_t pmr = 0;
    std::uint32_t bpr = 7;  // until somebody writes it: no priority interrupts another
    std::array<std::uint32_t, 4> apr{0x10, 0, 0, 0};
    std::vector<std::uint32_t> running;  // acknowledged, innermost last
  };
  struct Best {
    std::uint32_t iar = 1023;
    unsigned priority = 0x100;
  };

  unsigned this_interface() const;
  Best best(unsigned interface) const;
  bool bit(const std::array<std::uint32_t, 32>& bits, unsigned id) const {
    return (bits[id / 32] >> (id % 32) & 1U) != 0;
  }
  bool pending(unsigned id) const;
  std::uint8_t read_byte(std::size_t offset) const;
  void write_byte(std::size_t offset, std::uint8_t value);

  mutable std::mutex mutex_;
  Distributor distributor_{*this};
  CpuInterface cpu_interface_{*this};
  std::uint32_t dist_control_ = 0;
  std::array<Own, kCores> own_{};  // by interface
  std::array<std::uint32_t, 32> enabled_{};
  std::array<std::uint32_t, 32> line_{};
  std::array<std::uint32_t, 32> pending_{};
  std::array<std::uint32_t, 32> active_{};
  std::array<std::uint8_t, 1024> priority_{};
  std::array<std::uint8_t, 1024> targets_{};
  std::array<std::uint32_t, 64> icfgr_{};
  unsigned wrong_ends_ = 0;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_INTC_GIC_V2_FAKE_GIC_V2_H_
