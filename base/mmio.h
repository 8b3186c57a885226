// Registers as types: a value with named fields, and where in a block it lives and who may write
// it.
//
//   struct Cr : mmio::Value<Cr> {                       // [PL011 3.3.8] UARTCR
//     constexpr bool uarten() const { return get<0, 0>() != 0; }
//     constexpr Cr with_uarten(bool on) const { return with<0, 0>(on); }
//   };
//   using CrReg = mmio::Rw<Cr, 0x030>;
//   CrReg::write(io, CrReg::read(io).with_uarten(true));   // read-modify-write is spelled out
//
// `io` is anything with `read<Raw>(offset)` and `write<Raw>(offset, raw)`: `arch::Mmio` on a
// target, the same type on the host, where a test's fake device answers (arch/host).  Layouts are
// checked by static_assert next to their definition.
#ifndef BATON_BASE_MMIO_H_
#define BATON_BASE_MMIO_H_

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "base/bits.h"

namespace baton::mmio {

/// One register's contents.  `Derived` adds the named fields; immutable, compared by value.
template <class Derived, std::unsigned_integral RawType = std::uint32_t>
class Value {
 public:
  using Raw = RawType;

  constexpr Value() = default;
  static constexpr Derived from_raw(Raw raw) {
    Derived value;
    value.raw_ = raw;
    return value;
  }
  constexpr Raw raw() const { return raw_; }
  friend constexpr bool operator==(const Value&, const Value&) = default;

 protected:
  template <unsigned Hi, unsigned Lo>
  constexpr Raw get() const {
    return get_bits<Hi, Lo>(raw_);
  }
  template <unsigned Hi, unsigned Lo>
  constexpr Derived with(Raw value) const {
    return from_raw(with_bits<Hi, Lo>(raw_, value));
  }

 private:
  Raw raw_ = 0;
};

/// A register without named fields (a counter, an address, a bank of one bit per line).
template <std::unsigned_integral RawType = std::uint32_t>
struct Plain : Value<Plain<RawType>, RawType> {};

namespace internal {

template <class V, std::size_t Offset, std::size_t Stride, std::size_t Count>
struct Place {
  using Type = V;
  static constexpr std::size_t kOffset = Offset;
  static constexpr std::size_t kCount = Count;
  static_assert(Offset % sizeof(typename V::Raw) == 0, "registers are naturally aligned");
  static_assert(Count == 1 || Stride >= sizeof(typename V::Raw), "array elements overlap");
  static constexpr std::size_t at(std::size_t index) { return Offset + index * Stride; }
};

}  // namespace internal

/// Read only.  `index` picks an element where the register is an array (Count > 1).
template <class V, std::size_t Offset, std::size_t Stride = 0, std::size_t Count = 1>
struct Ro : internal::Place<V, Offset, Stride, Count> {
  template <class Io>
  static V read(Io& io, std::size_t index = 0) {
    return V::from_raw(io.template read<typename V::Raw>(Ro::at(index)));
  }
};

/// Write only: reading it means nothing, or has an effect.
template <class V, std::size_t Offset, std::size_t Stride = 0, std::size_t Count = 1>
struct Wo : internal::Place<V, Offset, Stride, Count> {
  template <class Io>
  static void write(Io& io, V value, std::size_t index = 0) {
    io.template write<typename V::Raw>(Wo::at(index), value.raw());
  }
};

/// Read and write.
template <class V, std::size_t Offset, std::size_t Stride = 0, std::size_t Count = 1>
struct Rw : Ro<V, Offset, Stride, Count>, Wo<V, Offset, Stride, Count> {
  using Type = V;
};

/// Reads as status; writing 1 to a bit clears it, 0 leaves it.  So never read-modify-write.
template <class V, std::size_t Offset, std::size_t Stride = 0, std::size_t Count = 1>
struct W1c : Ro<V, Offset, Stride, Count> {
  template <class Io>
  static void clear(Io& io, V bits, std::size_t index = 0) {
    io.template write<typename V::Raw>(W1c::at(index), bits.raw());
  }
};

}  // namespace baton::mmio

#endif  // BATON_BASE_MMIO_H_
