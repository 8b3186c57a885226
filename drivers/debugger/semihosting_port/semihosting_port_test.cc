#include "drivers/debugger/semihosting_port/semihosting_port.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "arch/semihosting.h"
#include "base/time.h"
#include "drivers/common/wait.h"
#include "drivers/iface/serial_port.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

// A debugger with one file.
class Debugger final : public arch::semihosting::Listener {
 public:
  std::uintptr_t call(std::uint32_t operation, const void* block) noexcept override {
    ++calls;
    constexpr std::uint32_t kOpen = 1;
    constexpr std::uint32_t kWrite0 = 4;
    constexpr std::uint32_t kRead = 6;
    const auto* const words = static_cast<const std::uintptr_t*>(block);
    switch (operation) {
      case kOpen:
        EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(words[0]), words[2]), "typed");
        EXPECT_EQ(words[1], 1U) << "rb";
        return has_file ? kHandle : ~std::uintptr_t{0};
      case kWrite0:
        console += static_cast<const char*>(block);
        return 0;
      case kRead: {
        EXPECT_EQ(words[0], kHandle);
        const std::span<char> into(reinterpret_cast<char*>(words[1]), words[2]);
        const std::size_t size = std::min(into.size(), file.size());
        std::copy_n(file.begin(), size, into.begin());
        file.erase(0, size);
        return into.size() - size;
      }
      default:
        ADD_FAILURE() << "operation " << operation;
        return 0;
    }
  }
  static constexpr std::uintptr_t kHandle = 5;
  bool has_file = true;
  std::string file;
  std::string console;
  unsigned calls = 0;
};

class SemihostingPortTest : public testing::Test {
 protected:
  SemihostingPortTest() { arch::semihosting::set_listener(&debugger_); }
  ~SemihostingPortTest() override { arch::semihosting::set_listener(nullptr); }

  void write(std::string_view text) {
    for (const char c : text) ASSERT_TRUE(port_.try_write(c));
  }
  std::string read() {
    std::string text;
    while (const std::optional<iface::RxByte> in = port_.try_read()) text += in->byte;
    return text;
  }

  Debugger debugger_;
  SemihostingPort port_{"typed"};
};

TEST_F(SemihostingPortTest, ALineIsOneCall) {
  write("some text");
  EXPECT_EQ(debugger_.calls, 0U);
  EXPECT_FALSE(port_.tx_idle());
  write("\r\n");
  EXPECT_EQ(debugger_.console, "some text\r\n");
  EXPECT_EQ(debugger_.calls, 1U);
  EXPECT_TRUE(port_.tx_idle());
}

TEST_F(SemihostingPortTest, APromptGoesOutAtTheNextPoll) {
  write("baton> ");
  port_.acknowledge();
  EXPECT_EQ(debugger_.console, "baton> ");
  port_.acknowledge();
  EXPECT_EQ(debugger_.calls, 1U) << "of nothing there is nothing to say";
}

TEST_F(SemihostingPortTest, LongLinesGoOutInPieces) {
  const std::string text(1000, 'x');
  write(text + '\n');
  EXPECT_EQ(debugger_.console, text + '\n');
}

TEST_F(SemihostingPortTest, AZeroDoesNotCutTheText) {
  write(std::string_view("a\0b\n", 4));
  EXPECT_EQ(debugger_.console, "ab\n");
}

TEST_F(SemihostingPortTest, TheFileIsReadAsItGrows) {
  debugger_.file = "cpus\r";
  EXPECT_EQ(read(), "cpus\r");
  debugger_.file = std::string(100, 'y');
  pause(SemihostingPort::kEvery);
  EXPECT_EQ(read(), std::string(100, 'y')) << "longer than what is read at once";
}

TEST_F(SemihostingPortTest, AFileWithoutNewsIsNotAskedAllTheTime) {
  EXPECT_EQ(read(), "");
  const unsigned calls = debugger_.calls;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(read(), "");
  EXPECT_EQ(debugger_.calls, calls);
  debugger_.file = "z";
  pause(SemihostingPort::kEvery);
  EXPECT_EQ(read(), "z");
}

TEST_F(SemihostingPortTest, WithoutTheFileNothingIsTyped) {
  debugger_.has_file = false;
  EXPECT_EQ(read(), "");
  pause(SemihostingPort::kEvery);
  EXPECT_EQ(read(), "");
  EXPECT_EQ(debugger_.calls, 1U);
}

TEST_F(SemihostingPortTest, WhereNobodyListensNothingWaits) {
  arch::semihosting::set_listener(nullptr);
  write("abc\n");
  EXPECT_TRUE(port_.tx_idle());
  EXPECT_EQ(read(), "");
}

}  // namespace
}  // namespace baton::drivers
