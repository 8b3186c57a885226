#include "drivers/firmware/bcm2835_mailbox/bcm2835_mailbox.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "base/time.h"
#include "drivers/firmware/bcm2835_mailbox/board_revision.h"
#include "drivers/firmware/bcm2835_mailbox/fake_videocore.h"
#include "drivers/firmware/bcm2835_mailbox/property_message.h"
#include "drivers/iface/firmware.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

using Answer = FakeVideocore::Answer;
using Words = std::vector<std::uint32_t>;

constexpr std::uintptr_t kBase = 0x3f00b880;

class MailboxTest : public testing::Test {
 protected:
  MailboxTest() { bus_.attach(kBase, 0x40, videocore_); }

  Bcm2835Mailbox::Buffer buffer_;
  FakeVideocore videocore_{buffer_};
  arch::FakeBus bus_;
  // Patient: a machine under load shall fail no test.  The tests of time-outs have one that is not,
  // and then let an answer be there at the first look.
  Bcm2835Mailbox mailbox_{arch::Mmio(kBase), buffer_, FakeVideocore::memory(),
                          Duration::seconds(30)};
  Bcm2835Mailbox impatient_{arch::Mmio(kBase), buffer_, FakeVideocore::memory(),
                            Duration::milliseconds(10)};
};

TEST_F(MailboxTest, OneWordAnswers) {
  videocore_.answer(0x00000001, {0x548e1});
  videocore_.answer(0x00010001, {7});
  videocore_.answer(0x00010002, {0xb03115});
  videocore_.answer(0x00030046, {0x50005});
  videocore_.answer(0x00060001, {0x7f35});
  EXPECT_EQ(*mailbox_.firmware_revision(), 0x548e1U);
  EXPECT_EQ(videocore_.last_question(), (Words{28, 0, 0x00000001, 4, 0, 0, 0}));
  EXPECT_EQ(*mailbox_.board_model(), 7U);
  EXPECT_EQ(*mailbox_.board_revision(), 0xb03115U);
  EXPECT_EQ(*mailbox_.throttled(), 0x50005U);
  EXPECT_EQ(*mailbox_.dma_channels(), 0x7f35U);
  EXPECT_EQ(videocore_.questions(), 5U);
  EXPECT_EQ(mailbox_.skipped(), 0U);
}

TEST_F(MailboxTest, Identity) {
  videocore_.answer(0x00010002, {0xb03115});
  const auto board = mailbox_.identity();
  ASSERT_TRUE(board.has_value());
  EXPECT_EQ(board->revision, 0xb03115U);
  EXPECT_EQ(board->model, "Raspberry Pi 4B");
  EXPECT_EQ(board->soc, "BCM2711");
  EXPECT_EQ(board->memory_bytes, std::uint64_t{2} << 30U);
}

TEST(BoardRevision, CodesThatTellLess) {
  const iface::BoardIdentity old = identify(BoardRevision::from_raw(0x10));
  EXPECT_EQ(old.model, "unknown model");
  EXPECT_EQ(old.soc, "unknown SoC");
  EXPECT_EQ(old.memory_bytes, 0U);
  const iface::BoardIdentity newer = identify(BoardRevision::from_raw(0xd0fff0));
  EXPECT_EQ(newer.model, "unknown model");
  EXPECT_EQ(newer.soc, "unknown SoC");
  EXPECT_EQ(newer.memory_bytes, std::uint64_t{8} << 30U);
  EXPECT_EQ(BoardRevision::from_raw(0xa02082).revision(), 2U);
}

TEST_F(MailboxTest, MacAddressIsInMemoryOrder) {
  videocore_.on(0x00010003, [](const Words& request) -> std::optional<Answer> {
    EXPECT_EQ(request.size(), 2U);
    return Answer{.words = {0x12005452, 0xffff5734}, .bytes = 6};
  });
  EXPECT_EQ(*mailbox_.mac_address(),
            (std::array<std::uint8_t, 6>{0x52, 0x54, 0x00, 0x12, 0x34, 0x57}));
  videocore_.on(0x00010003, [](const Words&) -> std::optional<Answer> {
    return Answer{.words = {0x12005452}, .bytes = 4};
  });
  EXPECT_EQ(mailbox_.mac_address().error(), Error::kCorrupt);
}

TEST_F(MailboxTest, TwoWordAnswers) {
  videocore_.answer(0x00010004, {0x89abcdef, 0x01234567});
  videocore_.answer(0x00010005, {0, 0x3c000000});
  videocore_.answer(0x00010006, {0x3c000000, 0x04000000});
  EXPECT_EQ(*mailbox_.serial_number(), 0x0123456789abcdefU);
  EXPECT_EQ(*mailbox_.cpu_memory(), (iface::MemoryRange{0, 0x3c000000}));
  EXPECT_EQ(*mailbox_.videocore_memory(), (iface::MemoryRange{0x3c000000, 0x04000000}));
}

TEST_F(MailboxTest, Clocks) {
  const auto table = [](std::uint32_t arm) {
    return [arm](const Words& request) -> std::optional<Answer> {
      return Answer{.words = {request.at(0), request.at(0) == 3 ? arm : 0}, .bytes = 8};
    };
  };
  videocore_.on(0x00030002, table(600'000'000));
  videocore_.on(0x00030004, table(1'500'000'000));
  videocore_.on(0x00030007, table(300'000'000));
  EXPECT_EQ(*mailbox_.cpu_clock_hz(), 600'000'000U);
  EXPECT_EQ(mailbox_.clock_rate(FirmwareClock::kPwm).error(), Error::kNotFound);
  const unsigned before = videocore_.questions();
  const auto rates = mailbox_.clock_rates(FirmwareClock::kArm);
  ASSERT_TRUE(rates.has_value());
  EXPECT_EQ(rates->now_hz, 600'000'000U);
  EXPECT_EQ(rates->least_hz, 300'000'000U);
  EXPECT_EQ(rates->most_hz, 1'500'000'000U);
  EXPECT_EQ(videocore_.questions(), before + 1) << "three tags, one message";
  EXPECT_EQ(mailbox_.clock_rates(FirmwareClock::kPwm).error(), Error::kNotFound);

  videocore_.on(0x00038002, [](const Words& request) -> std::optional<Answer> {
    EXPECT_EQ(request, (Words{3, 1'400'000'000, 1}));
    return Answer{.words = {3, 1'200'000'000}, .bytes = 8};
  });
  EXPECT_EQ(*mailbox_.set_clock_rate(FirmwareClock::kArm, 1'400'000'000, true), 1'200'000'000U);
}

TEST_F(MailboxTest, AnAnswerAboutAnotherThingIsDamaged) {
  videocore_.answer(0x00030002, {4, 250'000'000});
  EXPECT_EQ(mailbox_.clock_rate(FirmwareClock::kArm).error(), Error::kCorrupt);
  videocore_.answer(0x00030004, {4, 250'000'000});
  videocore_.answer(0x00030007, {4, 250'000'000});
  EXPECT_EQ(mailbox_.clock_rates(FirmwareClock::kArm).error(), Error::kCorrupt);
}

TEST_F(MailboxTest, Temperature) {
  videocore_.answer(0x00030006, {0, 25000});
  videocore_.answer(0x0003000a, {0, 85000});
  EXPECT_EQ(*mailbox_.temperature_millicelsius(), 25000);
  EXPECT_EQ(*mailbox_.temperature_limit_millicelsius(), 85000);
  videocore_.answer(0x00030006, {0, 0xffffec78});
  EXPECT_EQ(*mailbox_.temperature_millicelsius(), -5000);
}

TEST_F(MailboxTest, Power) {
  videocore_.on(0x00020001, [](const Words& request) -> std::optional<Answer> {
    const std::uint32_t state = request.at(0) == 3 ? 1 : request.at(0) == 4 ? 0 : 2;
    return Answer{.words = {request.at(0), state}, .bytes = 8};
  });
  EXPECT_TRUE(*mailbox_.powered(FirmwareDevice::kUsb));
  EXPECT_FALSE(*mailbox_.powered(FirmwareDevice::kI2c0));
  EXPECT_EQ(mailbox_.powered(FirmwareDevice::kSpi).error(), Error::kNotFound);
  videocore_.on(0x00028001, [](const Words& request) -> std::optional<Answer> {
    EXPECT_EQ(request.at(1) & 2U, 2U) << "wait until it is stable";
    return Answer{.words = {request.at(0), request.at(1) & 1U}, .bytes = 8};
  });
  EXPECT_TRUE(*mailbox_.set_power(FirmwareDevice::kUsb, true));
  EXPECT_FALSE(*mailbox_.set_power(FirmwareDevice::kUsb, false));
}

TEST_F(MailboxTest, UnknownTagsAreToldEitherWay) {
  EXPECT_EQ(mailbox_.throttled().error(), Error::kUnsupported);
  EXPECT_EQ(mailbox_.mac_address().error(), Error::kUnsupported);
  EXPECT_EQ(mailbox_.temperature_millicelsius().error(), Error::kUnsupported);
  videocore_.marks_unknown_tags = true;
  EXPECT_EQ(mailbox_.throttled().error(), Error::kUnsupported);
  EXPECT_EQ(mailbox_.serial_number().error(), Error::kUnsupported);
}

TEST_F(MailboxTest, EachTagOfAMessageHasItsOwnOutcome) {
  videocore_.answer(0x00000001, {0x548e1});
  videocore_.on(0x00010004, [](const Words&) -> std::optional<Answer> {
    return Answer{.words = {1}, .bytes = 4};
  });
  videocore_.on(0x00050001, [](const Words&) -> std::optional<Answer> {
    return Answer{.words = {'b' << 8 | 'a', 0}, .bytes = 100};
  });
  std::array<std::uint32_t, 1> first{};
  std::array<std::uint32_t, 1> unknown{0x77};
  std::array<std::uint32_t, 2> damaged{};
  std::array<std::uint32_t, 2> more{};
  const std::array<std::uint32_t, 3> long_request{1, 2, 3};
  std::array<PropertyTag, 5> tags{};
  tags[0] = {.id = 0x00000001, .request = {}, .response = first, .least_bytes = 4};
  tags[1] = {.id = 0x0000ffff, .request = long_request, .response = unknown, .least_bytes = 4};
  tags[2] = {.id = 0x00010004, .request = {}, .response = damaged, .least_bytes = 8};
  tags[3] = {.id = 0x00050001, .request = {}, .response = more, .least_bytes = 0};
  tags[4] = {.id = 0x00000001, .request = {}, .response = {}, .least_bytes = 4};
  EXPECT_EQ(tags[0].answered.error(), Error::kEmpty);
  ASSERT_TRUE(mailbox_.ask(tags).has_value());
  EXPECT_EQ(*tags[0].answered, 4U);
  EXPECT_EQ(first[0], 0x548e1U);
  EXPECT_EQ(tags[1].answered.error(), Error::kUnsupported);
  EXPECT_EQ(unknown[0], 0x77U) << "untouched";
  EXPECT_EQ(tags[2].answered.error(), Error::kCorrupt);
  EXPECT_EQ(*tags[3].answered, 100U) << "more to say than there was room";
  EXPECT_EQ(more[0], static_cast<std::uint32_t>('b' << 8 | 'a'));
  EXPECT_EQ(*tags[4].answered, 4U);
}

TEST_F(MailboxTest, AnAnswerShorterThanTheRoomIsNotFilledUpWithTheRequest) {
  videocore_.on(0x00010004, [](const Words&) -> std::optional<Answer> {
    return Answer{.words = {1}, .bytes = 4};
  });
  const std::array<std::uint32_t, 2> request{8, 9};
  std::array<std::uint32_t, 2> response{5, 5};
  std::array<PropertyTag, 1> tags{};
  tags[0] = {.id = 0x00010004, .request = request, .response = response, .least_bytes = 4};
  ASSERT_TRUE(mailbox_.ask(tags).has_value());
  EXPECT_EQ(response, (std::array<std::uint32_t, 2>{1, 0}));
}

TEST_F(MailboxTest, ARefusedOrDamagedMessage) {
  videocore_.answer(0x00000001, {1});
  videocore_.overall = 0x80000001;
  EXPECT_EQ(mailbox_.firmware_revision().error(), Error::kIo);
  videocore_.overall = 0;
  EXPECT_EQ(mailbox_.firmware_revision().error(), Error::kCorrupt);
  videocore_.overall = 0x80000000;
  EXPECT_EQ(*mailbox_.firmware_revision(), 1U);
}

TEST_F(MailboxTest, AMessageThatDoesNotFit) {
  std::array<std::uint32_t, 59> room{};
  std::array<PropertyTag, 1> tags{};
  tags[0] = {.id = 0x00000001, .request = {}, .response = room, .least_bytes = 0};
  EXPECT_EQ(mailbox_.ask(tags).error(), Error::kFull);
  EXPECT_EQ(videocore_.questions(), 0U);
  tags[0].response = std::span(room).first(58);
  EXPECT_TRUE(mailbox_.ask(tags).has_value());
  videocore_.answer(0x00000001, {1});
  EXPECT_EQ(*mailbox_.firmware_revision(), 1U) << "a refusal leaves the mailbox usable";
}

TEST_F(MailboxTest, WordsOfOtherChannelsAreSkipped) {
  videocore_.answer(0x00000001, {1});
  videocore_.deliver(0x00000010);                       // power channel
  videocore_.deliver(FakeVideocore::kBusAddress | 1U);  // our address, another channel
  videocore_.deliver(0xc0000008);                       // our channel, another's buffer
  EXPECT_EQ(*mailbox_.firmware_revision(), 1U);
  EXPECT_EQ(mailbox_.skipped(), 3U);
}

TEST_F(MailboxTest, ABufferThatTheFirmwareCannotAddress) {
  videocore_.bus_address = FakeVideocore::kBusAddress + 4;
  EXPECT_EQ(mailbox_.firmware_revision().error(), Error::kInvalidArgument);
  EXPECT_EQ(videocore_.questions(), 0U);
}

TEST_F(MailboxTest, AWayInThatStaysFull) {
  videocore_.answer(0x00000001, {1});
  videocore_.full_reads = 5;
  EXPECT_EQ(*mailbox_.firmware_revision(), 1U);
  videocore_.full_reads = FakeVideocore::kNever;
  EXPECT_EQ(impatient_.firmware_revision().error(), Error::kTimedOut);
  EXPECT_EQ(videocore_.questions(), 1U);
  // Nothing was asked, so nothing is owed.
  videocore_.full_reads = 0;
  EXPECT_EQ(*impatient_.firmware_revision(), 1U);
}

TEST_F(MailboxTest, ALateAnswerIsNotTakenForTheNextOne) {
  videocore_.answer(0x00000001, {0x0e});
  videocore_.answer(0x00010002, {0xb03115});
  videocore_.delay_reads = FakeVideocore::kNever;
  EXPECT_EQ(impatient_.firmware_revision().error(), Error::kTimedOut);
  // Still owed: nothing is asked, and the buffer is left alone.
  const auto words = buffer_.words;
  EXPECT_EQ(impatient_.board_revision().error(), Error::kTimedOut);
  EXPECT_EQ(videocore_.questions(), 1U);
  EXPECT_EQ(buffer_.words, words);
  videocore_.delay_reads = 0;
  EXPECT_EQ(*impatient_.board_revision(), 0xb03115U);
  EXPECT_EQ(videocore_.questions(), 2U);
  EXPECT_EQ(*impatient_.firmware_revision(), 0x0eU);
}

TEST_F(MailboxTest, OneQuestionAtATime) {
  videocore_.answer(0x00000001, {1});
  std::optional<Error> nested;
  videocore_.on_question = [&] {
    std::thread other([&] { nested = mailbox_.firmware_revision().error(); });
    other.join();
  };
  EXPECT_EQ(*mailbox_.firmware_revision(), 1U);
  EXPECT_EQ(nested, Error::kBusy);
}

TEST_F(MailboxTest, SeveralCallersAtOnceGetTheirOwnAnswers) {
  videocore_.on(0x00030002, [](const Words& request) -> std::optional<Answer> {
    return Answer{.words = {request.at(0), request.at(0) * 1000}, .bytes = 8};
  });
  std::atomic<unsigned> wrong{0};
  std::vector<std::thread> callers;
  callers.reserve(4);
  for (std::uint32_t clock = 1; clock <= 4; ++clock) {
    callers.emplace_back([&, clock] {
      for (unsigned answers = 0; answers < 200;) {
        const auto rate = mailbox_.clock_rate(static_cast<FirmwareClock>(clock));
        if (rate) {
          ++answers;
          wrong.fetch_add(*rate != clock * 1000 ? 1 : 0,
                          std::memory_order_relaxed);  // relaxed: read after join
        } else if (rate.error() != Error::kBusy) {
          wrong.fetch_add(1, std::memory_order_relaxed);  // relaxed: read after join
          ++answers;
        } else {
          std::this_thread::yield();
        }
      }
    });
  }
  for (std::thread& caller : callers) {
    caller.join();
  }
  EXPECT_EQ(wrong.load(), 0U);
}

TEST(PropertyMessage, AnswersThatMovedAreDamaged) {
  std::array<std::uint32_t, 16> words{};
  std::array<std::uint32_t, 1> response{};
  std::array<PropertyTag, 1> tags{};
  tags[0] = {.id = 0x10002, .request = {}, .response = response, .least_bytes = 4};
  ASSERT_EQ(*encode_properties(tags, words), 7U);
  words[1] = 0x80000000;
  words[4] = 0x80000004;
  words[5] = 9;
  words[2] = 0x10003;
  ASSERT_TRUE(decode_properties(tags, words).has_value());
  EXPECT_EQ(tags[0].answered.error(), Error::kCorrupt);
  words[2] = 0x10002;
  ASSERT_TRUE(decode_properties(tags, words).has_value());
  EXPECT_EQ(response[0], 9U);
  EXPECT_EQ(decode_properties(tags, std::span(words).first(6)).error(), Error::kCorrupt);
}

TEST(PropertyMessage, NoTagsAtAll) {
  std::array<std::uint32_t, 3> words{1, 1, 1};
  EXPECT_EQ(*encode_properties({}, words), 3U);
  EXPECT_EQ(words, (std::array<std::uint32_t, 3>{12, 0, 0}));
  EXPECT_EQ(encode_properties({}, std::span(words).first(2)).error(), Error::kFull);
}

}  // namespace
}  // namespace baton::drivers
