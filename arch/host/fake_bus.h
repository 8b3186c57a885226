// The bus that hosted tests hang fake devices on.
//
//   FakeUart uart;                                // derives from arch::FakeDevice
//   arch::FakeBus bus;                            // one at a time; the drivers' Mmio talks to it
//   bus.attach(0x1000, 0x1000, uart);
//   drivers::Pl011 driver(0x1000, ...);           // the very driver that runs on a board
//
// An access that hits no device ends the test with the address: a driver that touches what it was
// not given is a bug.  Used from the test's thread only.
#ifndef BATON_ARCH_HOST_FAKE_BUS_H_
#define BATON_ARCH_HOST_FAKE_BUS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace baton::arch {

/// A device model: answers reads and takes writes at offsets inside its window.
class FakeDevice {
 public:
  virtual ~FakeDevice() = default;
  virtual std::uint64_t read(std::size_t offset, unsigned bytes) = 0;
  virtual void write(std::size_t offset, unsigned bytes, std::uint64_t value) = 0;
};

/// Registers that merely store, with a log of every access; a start for models with behaviour.
class FakeRegisters : public FakeDevice {
 public:
  struct Access {
    bool is_write;
    std::size_t offset;
    std::uint64_t value;
    friend bool operator==(const Access&, const Access&) = default;
  };
  std::uint64_t read(std::size_t offset, unsigned bytes) override;
  void write(std::size_t offset, unsigned bytes, std::uint64_t value) override;

  /// The stored value, without an access (0 where nothing was stored).
  std::uint64_t peek(std::size_t offset) const;
  /// Stores without an access.
  void poke(std::size_t offset, std::uint64_t value) { values_[offset] = value; }
  const std::vector<Access>& log() const { return log_; }
  void clear_log() { log_.clear(); }

 private:
  std::map<std::size_t, std::uint64_t> values_;
  std::vector<Access> log_;
};

/// Routes arch::Mmio to devices while it lives.  At most one lives at a time.
class FakeBus {
 public:
  FakeBus();
  ~FakeBus();
  FakeBus(const FakeBus&) = delete;
  FakeBus& operator=(const FakeBus&) = delete;

  /// `device` answers [base, base + bytes); it must outlive the bus.  Windows do not overlap.
  void attach(std::uintptr_t base, std::size_t bytes, FakeDevice& device);

  std::uint64_t read(std::uintptr_t address, unsigned bytes);
  void write(std::uintptr_t address, unsigned bytes, std::uint64_t value);

 private:
  struct Window {
    std::uintptr_t base;
    std::size_t bytes;
    FakeDevice* device;
  };
  const Window& find(std::uintptr_t address, unsigned bytes, const char* what) const;
  std::vector<Window> windows_;
};

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_FAKE_BUS_H_
