// The GICv3 CPU interface of the hosted port: a test's model answers in place of the system
// registers.  The calling thread's core is arch::core_index(), as everywhere on the host.
#ifndef BATON_ARCH_HOST_GIC_SYSREGS_H_
#define BATON_ARCH_HOST_GIC_SYSREGS_H_

#include <cstdint>

namespace baton::arch::gic {

/// What a model implements; registers itself by its constructor.  At most one lives at a time, and
/// the functions below may be called only while one does.
class HostedSysregs {
 public:
  HostedSysregs() noexcept { current() = this; }
  HostedSysregs(const HostedSysregs&) = delete;
  HostedSysregs& operator=(const HostedSysregs&) = delete;
  virtual ~HostedSysregs() { current() = nullptr; }

  virtual bool enable_sre() = 0;
  virtual void write_ctlr(std::uint32_t value) = 0;
  virtual void write_pmr(std::uint32_t value) = 0;
  virtual void write_bpr1(std::uint32_t value) = 0;
  virtual void write_igrpen1(std::uint32_t value) = 0;
  virtual std::uint32_t read_iar1() = 0;
  virtual void write_eoir1(std::uint32_t value) = 0;
  virtual void write_sgi1r(std::uint64_t value) = 0;

  static HostedSysregs*& current() noexcept {
    static constinit HostedSysregs* model = nullptr;
    return model;
  }
};

[[nodiscard]] inline bool enable_sre() noexcept { return HostedSysregs::current()->enable_sre(); }
inline void write_ctlr(std::uint32_t value) noexcept {
  HostedSysregs::current()->write_ctlr(value);
}
inline void write_pmr(std::uint32_t value) noexcept { HostedSysregs::current()->write_pmr(value); }
inline void write_bpr1(std::uint32_t value) noexcept {
  HostedSysregs::current()->write_bpr1(value);
}
inline void write_igrpen1(std::uint32_t value) noexcept {
  HostedSysregs::current()->write_igrpen1(value);
}
[[nodiscard]] inline std::uint32_t read_iar1() noexcept {
  return HostedSysregs::current()->read_iar1();
}
inline void write_eoir1(std::uint32_t value) noexcept {
  HostedSysregs::current()->write_eoir1(value);
}
inline void write_sgi1r(std::uint64_t value) noexcept {
  HostedSysregs::current()->write_sgi1r(value);
}

}  // namespace baton::arch::gic

#endif  // BATON_ARCH_HOST_GIC_SYSREGS_H_
