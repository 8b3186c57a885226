#include "arch/host/fake_bus.h"

#include <cstdio>
#include <cstdlib>

#include "arch/mmio.h"

namespace baton::arch {
namespace {

FakeBus* current_bus = nullptr;

[[noreturn]] void die(const char* what, std::uintptr_t address, unsigned bytes) {
  std::fprintf(stderr, "fake bus: %s of %u bytes at %#zx hits no device\n", what, bytes, address);
  std::abort();
}

}  // namespace

std::uint64_t FakeRegisters::read(std::size_t offset, unsigned /*bytes*/) {
  const std::uint64_t value = peek(offset);
  log_.push_back({.is_write = false, .offset = offset, .value = value});
  return value;
}

void FakeRegisters::write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value) {
  log_.push_back({.is_write = true, .offset = offset, .value = value});
  values_[offset] = value;
}

std::uint64_t FakeRegisters::peek(std::size_t offset) const {
  const auto found = values_.find(offset);
  return found == values_.end() ? 0 : found->second;
}

FakeBus::FakeBus() {
  if (current_bus != nullptr) {
    std::fprintf(stderr, "fake bus: a second one while the first lives\n");
    std::abort();
  }
  current_bus = this;
}

FakeBus::~FakeBus() { current_bus = nullptr; }

void FakeBus::attach(std::uintptr_t base, std::size_t bytes, FakeDevice& device) {
  for (const Window& window : windows_) {
    if (base < window.base + window.bytes && window.base < base + bytes) {
      std::fprintf(stderr, "fake bus: windows at %#zx and %#zx overlap\n", base, window.base);
      std::abort();
    }
  }
  windows_.push_back({.base = base, .bytes = bytes, .device = &device});
}

const FakeBus::Window& FakeBus::find(std::uintptr_t address, unsigned bytes,
                                     const char* what) const {
  for (const Window& window : windows_) {
    if (address >= window.base && address + bytes <= window.base + window.bytes) {
      return window;
    }
  }
  die(what, address, bytes);
}

std::uint64_t FakeBus::read(std::uintptr_t address, unsigned bytes) {
  const Window& window = find(address, bytes, "read");
  return window.device->read(address - window.base, bytes);
}

void FakeBus::write(std::uintptr_t address, unsigned bytes, std::uint64_t value) {
  const Window& window = find(address, bytes, "write");
  window.device->write(address - window.base, bytes, value);
}

namespace internal {

std::uint64_t fake_bus_read(std::uintptr_t address, unsigned bytes) noexcept {
  if (current_bus == nullptr) {
    die("read", address, bytes);
  }
  return current_bus->read(address, bytes);
}

void fake_bus_write(std::uintptr_t address, unsigned bytes, std::uint64_t value) noexcept {
  if (current_bus == nullptr) {
    die("write", address, bytes);
  }
  current_bus->write(address, bytes, value);
}

}  // namespace internal
}  // namespace baton::arch
