#include "drivers/firmware/bcm2835_mailbox/bcm2835_mailbox.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "arch/mmio.h"
#include "base/bits.h"
#include "base/result.h"
#include "drivers/common/wait.h"
#include "drivers/firmware/bcm2835_mailbox/bcm2835_mailbox_regs.h"
#include "drivers/firmware/bcm2835_mailbox/board_revision.h"
#include "drivers/firmware/bcm2835_mailbox/property_message.h"
#include "drivers/iface/firmware.h"

namespace baton::drivers {
namespace {

using bcm2835_mailbox::kPropertyChannel;
using bcm2835_mailbox::ReadReg;
using bcm2835_mailbox::ReadStatusReg;
using bcm2835_mailbox::Word;
using bcm2835_mailbox::WriteReg;
using bcm2835_mailbox::WriteStatusReg;

// Tags of the property interface.                                                [RPI-MAILBOX]
constexpr std::uint32_t kFirmwareRevision = 0x00000001;
constexpr std::uint32_t kBoardModel = 0x00010001;
constexpr std::uint32_t kBoardRevision = 0x00010002;
constexpr std::uint32_t kMacAddress = 0x00010003;
constexpr std::uint32_t kSerialNumber = 0x00010004;
constexpr std::uint32_t kArmMemory = 0x00010005;
constexpr std::uint32_t kVideocoreMemory = 0x00010006;
constexpr std::uint32_t kPowerState = 0x00020001;
constexpr std::uint32_t kSetPowerState = 0x00028001;
constexpr std::uint32_t kClockRate = 0x00030002;
constexpr std::uint32_t kMostClockRate = 0x00030004;
constexpr std::uint32_t kLeastClockRate = 0x00030007;
constexpr std::uint32_t kSetClockRate = 0x00038002;
constexpr std::uint32_t kTemperature = 0x00030006;
constexpr std::uint32_t kTemperatureLimit = 0x0003000a;
constexpr std::uint32_t kThrottled = 0x00030046;
constexpr std::uint32_t kDmaChannels = 0x00060001;

// Of a power state's answer.
constexpr std::uint32_t kPowerOn = 1U << 0U;
constexpr std::uint32_t kPowerNoDevice = 1U << 1U;
// Of a power state's request.
constexpr std::uint32_t kPowerWait = 1U << 1U;

Result<std::uint32_t> rate_of(Result<std::uint32_t> rate) {
  if (rate && *rate == 0) {
    return fail(Error::kNotFound);
  }
  return rate;
}

Result<bool> state_of(Result<std::uint32_t> state) {
  if (!state) {
    return fail(state.error());
  }
  if ((*state & kPowerNoDevice) != 0) {
    return fail(Error::kNotFound);
  }
  return (*state & kPowerOn) != 0;
}

}  // namespace

bool Bcm2835Mailbox::await_answer(std::uint32_t address) noexcept {
  return wait_until(limit_, [this, address] {
    while (!ReadStatusReg::read(io_).empty()) {
      const Word word = ReadReg::read(io_);
      if (word.channel() == kPropertyChannel && word.data() == address) {
        return true;
      }
      // Relaxed: a count, of nothing else.
      skipped_.fetch_add(1, std::memory_order_relaxed);
    }
    return false;
  });
}

Result<void> Bcm2835Mailbox::exchange(std::span<PropertyTag> tags) noexcept {
  const std::uint32_t address = memory_.bus_address(&buffer_);
  if (!is_aligned<std::uint32_t>(address, 16)) {
    return fail(Error::kInvalidArgument);  // The low bits are the channel's.
  }
  if (answer_owed_) {
    if (!await_answer(address)) {
      return fail(Error::kTimedOut);
    }
    answer_owed_ = false;
  }
  if (const Result<std::size_t> length = encode_properties(tags, buffer_.words); !length) {
    return fail(length.error());
  }
  memory_.clean_and_invalidate(&buffer_, sizeof(buffer_));
  arch::device_barrier();
  if (!wait_until(limit_, [this] { return !WriteStatusReg::read(io_).full(); })) {
    return fail(Error::kTimedOut);
  }
  WriteReg::write(io_, Word::of(kPropertyChannel, address));
  if (!await_answer(address)) {
    answer_owed_ = true;
    return fail(Error::kTimedOut);
  }
  // The word says that the firmware is done; what it wrote is read after that.
  arch::device_barrier();
  memory_.clean_and_invalidate(&buffer_, sizeof(buffer_));
  return decode_properties(tags, buffer_.words);
}

Result<void> Bcm2835Mailbox::ask(std::span<PropertyTag> tags) noexcept {
  // Acquire: pairs with the release below, of the caller before; its use of the buffer is over.
  if (busy_.exchange(true, std::memory_order_acquire)) {
    return fail(Error::kBusy);
  }
  const Result<void> result = exchange(tags);
  // Release: pairs with the acquire above, of the next caller.
  busy_.store(false, std::memory_order_release);
  return result;
}

Result<void> Bcm2835Mailbox::ask_words(std::uint32_t id, std::span<const std::uint32_t> request,
                                       std::span<std::uint32_t> response) noexcept {
  std::array<PropertyTag, 1> tags{};
  tags[0].id = id;
  tags[0].request = request;
  tags[0].response = response;
  tags[0].least_bytes = static_cast<std::uint32_t>(response.size_bytes());
  if (const Result<void> asked = ask(tags); !asked) {
    return asked;
  }
  if (!tags[0].answered) {
    return fail(tags[0].answered.error());
  }
  return {};
}

Result<std::uint32_t> Bcm2835Mailbox::ask_word(std::uint32_t id) noexcept {
  std::array<std::uint32_t, 1> answer{};
  if (const Result<void> asked = ask_words(id, {}, answer); !asked) {
    return fail(asked.error());
  }
  return answer[0];
}

// Tags that are about one of several things: the answer repeats which one.
Result<std::uint32_t> Bcm2835Mailbox::ask_about(std::uint32_t id,
                                                std::span<const std::uint32_t> request) noexcept {
  std::array<std::uint32_t, 2> answer{};
  if (const Result<void> asked = ask_words(id, request, answer); !asked) {
    return fail(asked.error());
  }
  if (answer[0] != request[0]) {
    return fail(Error::kCorrupt);
  }
  return answer[1];
}

Result<iface::MemoryRange> Bcm2835Mailbox::ask_memory(std::uint32_t id) noexcept {
  std::array<std::uint32_t, 2> answer{};
  if (const Result<void> asked = ask_words(id, {}, answer); !asked) {
    return fail(asked.error());
  }
  return iface::MemoryRange{.base = answer[0], .bytes = answer[1]};
}

Result<std::uint32_t> Bcm2835Mailbox::firmware_revision() noexcept {
  return ask_word(kFirmwareRevision);
}

Result<std::uint32_t> Bcm2835Mailbox::board_model() noexcept { return ask_word(kBoardModel); }

Result<std::uint32_t> Bcm2835Mailbox::board_revision() noexcept { return ask_word(kBoardRevision); }

Result<iface::BoardIdentity> Bcm2835Mailbox::identity() noexcept {
  const Result<std::uint32_t> code = board_revision();
  if (!code) {
    return fail(code.error());
  }
  return identify(BoardRevision::from_raw(*code));
}

Result<std::array<std::uint8_t, 6>> Bcm2835Mailbox::mac_address() noexcept {
  std::array<std::uint32_t, 2> answer{};
  std::array<PropertyTag, 1> tags{};
  tags[0].id = kMacAddress;
  tags[0].response = answer;
  tags[0].least_bytes = 6;
  if (const Result<void> asked = ask(tags); !asked) {
    return fail(asked.error());
  }
  if (!tags[0].answered) {
    return fail(tags[0].answered.error());
  }
  std::array<std::uint8_t, 6> mac{};
  for (std::size_t i = 0; i < mac.size(); ++i) {
    mac[i] = static_cast<std::uint8_t>(answer[i / 4] >> (8U * (i % 4)));
  }
  return mac;
}

Result<std::uint64_t> Bcm2835Mailbox::serial_number() noexcept {
  std::array<std::uint32_t, 2> answer{};
  if (const Result<void> asked = ask_words(kSerialNumber, {}, answer); !asked) {
    return fail(asked.error());
  }
  return std::uint64_t{answer[1]} << 32U | answer[0];
}

Result<iface::MemoryRange> Bcm2835Mailbox::cpu_memory() noexcept { return ask_memory(kArmMemory); }

Result<iface::MemoryRange> Bcm2835Mailbox::videocore_memory() noexcept {
  return ask_memory(kVideocoreMemory);
}

Result<std::uint32_t> Bcm2835Mailbox::clock_rate(FirmwareClock clock) noexcept {
  return rate_of(ask_about(kClockRate, std::array{std::to_underlying(clock)}));
}

Result<Bcm2835Mailbox::ClockRates> Bcm2835Mailbox::clock_rates(FirmwareClock clock) noexcept {
  const std::array<std::uint32_t, 1> request{std::to_underlying(clock)};
  constexpr std::array<std::uint32_t, 3> kIds{kClockRate, kLeastClockRate, kMostClockRate};
  std::array<std::array<std::uint32_t, 2>, 3> answers{};
  std::array<PropertyTag, 3> tags{};
  for (std::size_t i = 0; i < tags.size(); ++i) {
    tags[i].id = kIds[i];
    tags[i].request = request;
    tags[i].response = answers[i];
    tags[i].least_bytes = 8;
  }
  if (const Result<void> asked = ask(tags); !asked) {
    return fail(asked.error());
  }
  for (std::size_t i = 0; i < tags.size(); ++i) {
    if (!tags[i].answered) {
      return fail(tags[i].answered.error());
    }
    if (answers[i][0] != request[0]) {
      return fail(Error::kCorrupt);
    }
  }
  if (answers[2][1] == 0) {
    return fail(Error::kNotFound);
  }
  return ClockRates{.now_hz = answers[0][1], .least_hz = answers[1][1], .most_hz = answers[2][1]};
}

Result<std::uint32_t> Bcm2835Mailbox::set_clock_rate(FirmwareClock clock, std::uint32_t hz,
                                                     bool keep_turbo) noexcept {
  return rate_of(
      ask_about(kSetClockRate, std::array{std::to_underlying(clock), hz, keep_turbo ? 1U : 0U}));
}

Result<std::int32_t> Bcm2835Mailbox::temperature_millicelsius() noexcept {
  const Result<std::uint32_t> answer = ask_about(kTemperature, std::array<std::uint32_t, 1>{0});
  if (!answer) {
    return fail(answer.error());
  }
  return static_cast<std::int32_t>(*answer);
}

Result<std::int32_t> Bcm2835Mailbox::temperature_limit_millicelsius() noexcept {
  const Result<std::uint32_t> answer =
      ask_about(kTemperatureLimit, std::array<std::uint32_t, 1>{0});
  if (!answer) {
    return fail(answer.error());
  }
  return static_cast<std::int32_t>(*answer);
}

Result<std::uint32_t> Bcm2835Mailbox::throttled() noexcept { return ask_word(kThrottled); }

Result<std::uint32_t> Bcm2835Mailbox::dma_channels() noexcept { return ask_word(kDmaChannels); }

Result<bool> Bcm2835Mailbox::powered(FirmwareDevice device) noexcept {
  return state_of(ask_about(kPowerState, std::array{std::to_underlying(device)}));
}

Result<bool> Bcm2835Mailbox::set_power(FirmwareDevice device, bool on) noexcept {
  return state_of(ask_about(
      kSetPowerState, std::array{std::to_underlying(device), (on ? kPowerOn : 0U) | kPowerWait}));
}

}  // namespace baton::drivers
