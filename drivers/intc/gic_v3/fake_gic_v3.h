// A model of a GICv3 with behaviour: a distributor with affinity routing, redistributors in an
// order of their own, system registers per core, groups, write-pending and sleep bits that take a
// while. For tests on the host.  A thread is the core that arch::core_index() says; any number may
// be inside.
#ifndef BATON_DRIVERS_INTC_GIC_V3_FAKE_GIC_V3_H_
#define BATON_DRIVERS_INTC_GIC_V3_FAKE_GIC_V3_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "arch/gic_sysregs.h"
#include "arch/host/fake_bus.h"

namespace baton::drivers {

class FakeGicV3 final : public arch::gic::HostedSysregs {
 public:
  static constexpr unsigned kCores = 8;
  static constexpr unsigned kLines = 288;
  static constexpr unsigned kStuck = 0xffffffff;

  class Distributor : public arch::FakeDevice {
   public:
    explicit Distributor(FakeGicV3& gic) : gic_(gic) {}
    std::uint64_t read(std::size_t offset, unsigned bytes) override;
    void write(std::size_t offset, unsigned bytes, std::uint64_t value) override;

   private:
    FakeGicV3& gic_;
  };
  /// One region of redistributors: those of the cores in `order`, one after another.
  class Redistributors : public arch::FakeDevice {
   public:
    Redistributors(FakeGicV3& gic, std::vector<unsigned> order, std::size_t stride = 0x20000)
        : gic_(gic), order_(std::move(order)), stride_(stride) {}
    std::uint64_t read(std::size_t offset, unsigned bytes) override;
    void write(std::size_t offset, unsigned bytes, std::uint64_t value) override;
    std::size_t bytes() const { return order_.size() * stride_; }
    /// No redistributor says that it is the last.
    bool endless = false;

   private:
    FakeGicV3& gic_;
    std::vector<unsigned> order_;
    std::size_t stride_;
  };

  FakeGicV3();
  ~FakeGicV3() override = default;

  Distributor& distributor() { return distributor_; }

  void set_line(unsigned id, bool high, unsigned core = 0);
  bool irq(unsigned core) const;

  // System registers of the calling thread's core.
  bool enable_sre() override;
  void write_ctlr(std::uint32_t value) override;
  void write_pmr(std::uint32_t value) override;
  void write_bpr1(std::uint32_t value) override;
  void write_igrpen1(std::uint32_t value) override;
  std::uint32_t read_iar1() override;
  void write_eoir1(std::uint32_t value) override;
  void write_sgi1r(std::uint64_t value) override;

  // What a test wants to know or to change beforehand.
  std::array<std::uint64_t, kCores> mpidr{};
  std::uint32_t architecture = 3;
  std::uint32_t typer = 0x37a0008;
  bool has_affinity_routing = true;
  bool has_system_registers = true;
  /// Reads that GICR_WAKER goes on saying "asleep", that the write-pending bits stay set.
  unsigned wake_reads = 1;
  unsigned distributor_settle_reads = 1;
  unsigned redistributor_settle_reads = 1;
  unsigned wrong_ends() const { return wrong_ends_; }
  unsigned sgi_writes() const { return sgi_writes_; }
  std::uint64_t route(unsigned id) const { return routes_.at(id); }
  bool edge(unsigned id) const { return ((icfgr_.at(id / 16) >> (id % 16 * 2)) & 2U) != 0; }
  std::uint32_t distributor_control() const { return control_; }
  void make_pending_own(unsigned core, unsigned id);
  std::uint32_t pending_own(unsigned core) const;
  void make_active(unsigned core, unsigned id);
  /// Called before each write to the distributor takes effect, outside the model's lock.
  std::function<void(std::size_t offset)> before_write;

 private:
  struct Core {
    std::uint32_t group = 0;
    std::uint32_t group_modifier = 0xffffffff;
    std::uint32_t enabled = 0xffff0000;
    std::uint32_t line = 0;
    std::uint32_t pending = 0;
    std::uint32_t active = 0;
    std::array<std::uint8_t, 32> priority{};
    unsigned settle = 0;
    unsigned asleep = 0;
    std::uint32_t waker = 0x6;
    bool sre = false;
    std::uint32_t ctlr = 0x2;
    std::uint32_t pmr = 0;
    std::uint32_t bpr1 = 7;  // until somebody writes it: no priority interrupts another
    std::uint32_t igrpen1 = 0;
    std::vector<std::uint32_t> running;
  };
  struct Best {
    std::uint32_t id = 1023;
    unsigned priority = 0x100;
  };

  static std::uint32_t packed_affinity(std::uint64_t mpidr);
  std::uint64_t route_to(unsigned core) const { return mpidr.at(core) & 0xff00ffffffU; }
  bool bit(const std::array<std::uint32_t, 32>& bits, unsigned id) const {
    return (bits[id / 32] >> (id % 32) & 1U) != 0;
  }
  Best best(unsigned core) const;
  Core& this_core();
  void need_sre(const char* what);
  static bool settled(unsigned& reads_left);

  mutable std::mutex mutex_;
  Distributor distributor_{*this};
  std::uint32_t control_ = 0x40;
  unsigned settle_ = 0;
  std::array<Core, kCores> cores_{};
  std::array<std::uint32_t, 32> group_{};
  std::array<std::uint32_t, 32> group_modifier_{};
  std::array<std::uint32_t, 32> enabled_{};
  std::array<std::uint32_t, 32> line_{};
  std::array<std::uint32_t, 32> pending_{};
  std::array<std::uint32_t, 32> active_{};
  std::array<std::uint8_t, 1024> priority_{};
  std::array<std::uint64_t, 1020> routes_{};
  std::array<std::uint32_t, 64> icfgr_{};
  unsigned wrong_ends_ = 0;
  unsigned sgi_writes_ = 0;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_INTC_GIC_V3_FAKE_GIC_V3_H_
