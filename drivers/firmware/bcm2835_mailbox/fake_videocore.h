// A model of the VideoCore's end of the mailboxes, with behaviour: words of several channels,
// answers that take a while or never come, tags it does not know, and memory that the ARM's cache
// hides until it is written back and dropped.  For tests on the host; any number of threads may use
// it at once.
#ifndef BATON_DRIVERS_FIRMWARE_BCM2835_MAILBOX_FAKE_VIDEOCORE_H_
#define BATON_DRIVERS_FIRMWARE_BCM2835_MAILBOX_FAKE_VIDEOCORE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "arch/host/fake_bus.h"
#include "drivers/firmware/bcm2835_mailbox/bcm2835_mailbox.h"

namespace baton::drivers {

class FakeVideocore : public arch::FakeDevice {
 public:
  /// Where the ARM's buffer lies for the VideoCore.
  static constexpr std::uint32_t kBusAddress = 0xc0080040;
  static constexpr unsigned kNever = 0xffffffff;

  /// What a tag's handler makes of its value buffer: the words it answers, or nothing for
  /// "unknown".
  struct Answer {
    std::vector<std::uint32_t> words;
    std::uint32_t bytes;
  };
  using Handler = std::function<std::optional<Answer>(const std::vector<std::uint32_t>& request)>;

  explicit FakeVideocore(Bcm2835Mailbox::Buffer& buffer);
  ~FakeVideocore() override;

  std::uint64_t read(std::size_t offset, unsigned bytes) override;
  void write(std::size_t offset, unsigned bytes, std::uint64_t value) override;

  /// For Bcm2835Mailbox::Memory: of the one model that lives.
  static Bcm2835Mailbox::Memory memory();

  /// Answers `tag` with `words`, whatever is asked.
  void answer(std::uint32_t tag, std::vector<std::uint32_t> words);
  void on(std::uint32_t tag, Handler handler) { handlers_[tag] = std::move(handler); }
  /// A word of another channel, or of nobody, arrives now.
  void deliver(std::uint32_t word);

  // To change beforehand.
  unsigned delay_reads = 3;  ///< status reads until the answer is there; kNever
  unsigned full_reads = 0;   ///< status reads that the way in stays full; kNever
  std::uint32_t overall = 0x80000000;
  std::uint32_t bus_address = kBusAddress;
  /// Unknown tags: leave the answer word alone (as the real firmware), or mark it with no length.
  bool marks_unknown_tags = false;
  /// Called when a question arrives, outside the model's lock.
  std::function<void()> on_question;

  unsigned questions() const;
  /// The message as it last arrived, before it was answered.
  std::vector<std::uint32_t> last_question() const;

 private:
  void maintain(const void* address, std::size_t bytes);
  void process();

  mutable std::mutex mutex_;
  Bcm2835Mailbox::Buffer& cached_;        // what the ARM sees
  std::array<std::uint32_t, 64> ram_{};   // what the VideoCore sees
  std::array<std::uint32_t, 64> line_{};  // as the cache's lines last were in step with it
  std::deque<std::uint32_t> to_arm_;
  std::map<std::uint32_t, Handler> handlers_;
  bool working_ = false;
  unsigned questions_ = 0;
  std::vector<std::uint32_t> last_question_;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_FIRMWARE_BCM2835_MAILBOX_FAKE_VIDEOCORE_H_
