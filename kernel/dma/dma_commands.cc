#include "kernel/dma/dma_commands.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "arch/cpu.h"
#include "base/assert.h"
#include "kernel/clock.h"
#include "kernel/core.h"
#include "kernel/cross_call.h"
#include "kernel/sched/this_thread.h"
#include "sync/dma/buffer.h"
#include "sync/dma/ownership.h"
#include "sync/dma/window.h"
#include "sync/pool.h"

namespace baton::kernel {
namespace {

namespace dma = sync::dma;
using Engine = DmaService::Engine;
using Chain = DmaService::Chain;
using Outcome = DmaService::Outcome;
using shell::Context;
using shell::Status;
using shell::Words;

constexpr Duration kPatience = Duration::seconds(5);
constexpr std::size_t kBufferBytes = 2048;
constexpr std::size_t kWord = sizeof(std::uint32_t);
// For a core: two ends, two pieces each.
constexpr std::size_t kBuffers = std::size_t{arch::kMaxCores} * 4;

constinit DmaTestBoard board;
constinit sync::Pool<dma::BufferOf<kBufferBytes>, kBuffers> buffers;

// xorshift32, by Marsaglia.
class Random {
 public:
  explicit Random(std::uint32_t seed) : state_(seed | 1U) {}
  std::uint32_t below(std::uint32_t n) { return next() % n; }
  std::uint32_t next() {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 17U;
    state_ ^= state_ << 5U;
    return state_;
  }

 private:
  std::uint32_t state_;
};

// `words` words, `first` and those after it, cut in two at `cut` (0: in one piece).  None: there
// are no buffers left.
std::optional<Chain> make_chain(std::size_t words, std::size_t cut, std::uint32_t first,
                                std::uint32_t step) {
  Chain chain;
  for (const std::size_t length : {cut, words - cut}) {
    if (length == 0) continue;
    auto buffer = buffers.make();
    if (!buffer) return std::nullopt;
    dma::CpuOwned mine(std::move(*buffer));
    for (std::size_t i = 0; i < length; ++i, first += step) {
      std::memcpy(mine.bytes().data() + i * kWord, &first, kWord);
    }
    if (!chain.add(std::move(mine), length * kWord)) return std::nullopt;
  }
  return chain;
}

// Words that are not `first` and those after it.
std::uint64_t wrong_words(Chain chain, std::uint32_t first, std::uint32_t step) {
  std::uint64_t wrong = 0;
  while (const auto piece = chain.pop_front()) {
    for (std::size_t at = 0; at < piece->bytes; at += kWord, first += step) {
      std::uint32_t seen = 0;
      std::memcpy(&seen, piece->buffer.bytes().data() + at, kWord);
      wrong += seen != first ? 1 : 0;
    }
  }
  return wrong;
}

// One core's part.
struct Part {
  std::uint64_t copies = 0;  // to do
  std::atomic<std::uint64_t> done{0};
  std::atomic<std::uint64_t> fills{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> errors{0};
  std::atomic<bool> finished{false};
};
constinit std::array<Part, arch::kMaxCores> parts;
constinit std::atomic<bool> call_off{false};

void count(std::atomic<std::uint64_t>& number, std::uint64_t by) {
  // Relaxed: read when the part has finished.
  number.fetch_add(by, std::memory_order_relaxed);
}

void one_job(Part& part, Random& random, bool fill) {
  constexpr std::size_t kMostWords = 2 * kBufferBytes / kWord;
  const std::size_t words = 1 + random.below(kMostWords);
  const auto cut = [&] {
    const std::size_t most = std::min(words, kBufferBytes / kWord);
    const std::size_t least = words - most;
    return least + random.below(static_cast<std::uint32_t>(most - least + 1));
  };
  const std::uint32_t first = random.next();
  const std::uint32_t step = fill ? 0 : 1;
  auto to = make_chain(words, cut(), ~first, 0);
  auto from = fill ? std::optional<Chain>(Chain()) : make_chain(words, cut(), first, step);
  if (!to || !from) return count(part.errors, 1);
  Outcome outcome = fill ? board.service->fill(std::move(*to), first, kPatience)
                         : board.service->copy(std::move(*from), std::move(*to), kPatience);
  if (!outcome.moved || *outcome.moved != words * kWord) return count(part.errors, 1);
  count(part.bytes, *outcome.moved);
  count(part.errors, wrong_words(std::move(outcome.to), first, step) != 0 ? 1 : 0);
  if (!fill) count(part.errors, wrong_words(std::move(outcome.from), first, step) != 0 ? 1 : 0);
}

void play(void* argument) {
  Part& part = *static_cast<Part*>(argument);
  Random random(static_cast<std::uint32_t>(now().since_start_ns()) +
                arch::core_index() * 0x9e3779b9U);
  // Relaxed, both: a wish, and a count.
  for (std::uint64_t i = 0; i < part.copies && !call_off.load(std::memory_order_relaxed); ++i) {
    one_job(part, random, false);
    count(part.done, 1);
    if (i % 8 == 0) {
      one_job(part, random, true);
      count(part.fills, 1);
    }
  }
  // Release pairs with the acquire in dmatest(): the part's numbers.
  part.finished.store(true, std::memory_order_release);
}

Status dmatest(Context& context, Words args) {
  constexpr std::uint64_t kMost = 10'000'000;
  const auto copies = context.number("COPIES", args[0], 1, kMost);
  if (!copies) return Status::kFailed;
  if (args.size() > 1) {
    if (args[1] != "all") return context.usage();
    if (const Result<unsigned> more = board.use_all(); !more) {
      return context.fail("more channels: {}", more.error());
    }
  }
  if (const Result<void> through = board.let_through(true); !through) {
    return context.fail("interrupt lines: {}", through.error());
  }
  const std::uint32_t players = online_mask();
  const auto count_players = static_cast<unsigned>(std::popcount(players));
  std::uint64_t left = *copies;
  unsigned waiting = count_players;
  // Relaxed, here and below: the cross-call carries them over.
  call_off.store(false, std::memory_order_relaxed);
  const Instant begin = now();
  for (unsigned core = arch::kMaxCores; core-- > 0;) {
    if ((players & (1U << core)) == 0) continue;
    Part& part = parts[core];
    part.copies = left / waiting;
    left -= part.copies;
    --waiting;
    // Relaxed, all: carried over likewise.
    for (auto* number : {&part.done, &part.fills, &part.bytes, &part.errors}) {
      number->store(0, std::memory_order_relaxed);
    }
    // Relaxed: likewise.
    part.finished.store(false, std::memory_order_relaxed);
    // The shell's core last: its part is done here.
    if (core == 0) {
      play(&part);
    } else if (const Result<void> posted = call_on(core, play, &part, Duration::seconds(5));
               !posted) {
      context.print("dmatest: core {} does not take part: {}\n", core, posted.error());
      left += part.copies;
      part.copies = 0;
      // Relaxed: this core's own.
      part.finished.store(true, std::memory_order_relaxed);
    }
  }
  std::uint64_t done = 0;
  std::uint64_t fills = 0;
  std::uint64_t bytes = 0;
  std::uint64_t errors = 0;
  for (unsigned core = 0; core < arch::kMaxCores; ++core) {
    if ((players & (1U << core)) == 0) continue;
    const Part& part = parts[core];
    // Acquire pairs with the release in play().
    while (!part.finished.load(std::memory_order_acquire)) {
      // Relaxed: a wish.
      if (context.interrupted()) call_off.store(true, std::memory_order_relaxed);
      static_cast<void>(this_thread::sleep_for(Duration::milliseconds(1)));
    }
    // Relaxed, all: the part has finished.
    const std::uint64_t its_copies = part.done.load(std::memory_order_relaxed);
    const std::uint64_t its_fills = part.fills.load(std::memory_order_relaxed);
    const std::uint64_t its_errors = part.errors.load(std::memory_order_relaxed);
    // Relaxed: likewise.
    bytes += part.bytes.load(std::memory_order_relaxed);
    context.print("cpu {}: {} copies, {} fills, {} errors\n", core, its_copies, its_fills,
                  its_errors);
    done += its_copies;
    fills += its_fills;
    errors += its_errors;
  }
  errors += buffers.available() == kBuffers ? 0 : 1;
  context.print("{}: {} channels, {} fills, {} bytes in {}\n", board.service->engine().name(),
                board.service->engine().channels(), fills, bytes, now() - begin);
  context.print("dmatest: copies={} errors={}\n", done, errors);
  return errors == 0 && done == *copies ? Status::kOk : Status::kFailed;
}

// What goes wrong on purpose, and what must come of it.
class Faults {
 public:
  explicit Faults(Context& context) : context_(context) {}

  void say(std::string_view what, bool right) {
    context_.print("dmafault: {}: {}\n", what, right ? "as it should" : "WRONG");
    all_right_ = all_right_ && right;
  }
  bool all_right() const { return all_right_; }

 private:
  Context& context_;
  bool all_right_ = true;
};

constexpr std::size_t kFaultWords = 64;

// One piece; there is a buffer, as nobody else plays now.
Chain one_piece(std::uint32_t first, std::uint32_t step) {
  std::optional<Chain> chain = make_chain(kFaultWords, 0, first, step);
  BATON_CHECK(chain.has_value());
  return std::move(*chain);
}

bool copies_well() {
  Outcome outcome = board.service->copy(one_piece(1, 1), one_piece(0, 0), kPatience);
  return outcome.moved && wrong_words(std::move(outcome.to), 1, 1) == 0;
}

/// For a job that is called off at once.
class Nobody final : public Engine::Client {
 public:
  void ended(Engine::Ended ended) noexcept override {
    last_.emplace(std::move(ended));
    // Release pairs with the acquire in the loop of reset_in_flight().
    there.store(true, std::memory_order_release);
  }
  Engine::Ended& last() {
    BATON_CHECK(last_.has_value());
    return *last_;
  }
  std::atomic<bool> there{false};

 private:
  std::optional<Engine::Ended> last_;
};

// Interrupts are kept, so that the job is under way until it is called off.
bool reset_in_flight(Engine& engine) {
  auto target = one_piece(0, 0).to_device<dma::Direction::kFromDevice>(engine);
  Nobody nobody;
  auto ticket = engine.start({.from = std::nullopt, .fill = 7, .to = std::move(*target)}, nobody);
  if (!ticket) return false;
  auto halted = engine.abort(*ticket);
  if (!halted) return false;
  const Chain back = std::move(halted->job.to).abort().reclaim(std::move(halted->to));
  return back.size() == 1 && engine.abort(*ticket).error() == Error::kEmpty;
}

bool refuses_what_is_out_of_reach(Engine& engine) {
  struct Low {
    const dma::Window& window() const { return window_; }
    dma::Window window_;
  };
  // What the engine reaches, less all that is there.
  const Low low{.window_ = {.physical = engine.window().physical,
                            .bytes = 4096,
                            .bus = engine.window().bus,
                            .unit = engine.window().unit}};
  auto buffer = buffers.make();
  if (!buffer) return false;
  auto handed = dma::CpuOwned(std::move(*buffer)).to_device<dma::Direction::kToDevice>(low, 64);
  return !handed && handed.error().why == Error::kOutOfRange;
}

#ifndef NDEBUG
struct WithoutClean : dma::Maintenance {
  static void clean(dma::Lines& /*lines*/) {}
};
struct WithoutInvalidate : dma::Maintenance {
  static void invalidate(dma::Lines& /*lines*/) {}
};

// How many words are wrong when maintenance is left out on the way there, and back.
template <class There, class Back>
std::uint64_t wrong_without(Engine& engine) {
  auto source = one_piece(1, 1).to_device<dma::Direction::kToDevice, Engine, There>(engine);
  auto target = one_piece(0, 0).to_device<dma::Direction::kFromDevice>(engine);
  Nobody nobody;
  auto ticket =
      engine.start({.from = std::move(*source), .fill = 0, .to = std::move(*target)}, nobody);
  if (!ticket) return 0;
  // Acquire pairs with the release in ended().
  while (!nobody.there.load(std::memory_order_acquire)) this_thread::yield();
  Engine::Ended& ended = nobody.last();
  if (ended.job.from && ended.from) {
    static_cast<void>(std::move(*ended.job.from).complete(std::move(*ended.from)));
  }
  auto back = std::move(ended.job.to).template complete<Back>(std::move(ended.to));
  return wrong_words(std::move(back.chain), 1, 1);
}
#endif

Status dmafault(Context& context, Words /*args*/) {
  Engine& engine = board.service->engine();
  Faults faults(context);
  if (const Result<void> kept = board.let_through(false); !kept) {
    return context.fail("interrupt lines: {}", kept.error());
  }
  Outcome outcome =
      board.service->copy(one_piece(1, 1), one_piece(0, 0), Duration::milliseconds(20));
  faults.say("an interrupt that never comes",
             !outcome.moved && outcome.moved.error() == Error::kTimedOut &&
                 outcome.to.size() == 1 && wrong_words(std::move(outcome.from), 1, 1) == 0);
  outcome.to = Chain();
  faults.say("a reset in flight", reset_in_flight(engine));
  if (const Result<void> through = board.let_through(true); !through) {
    return context.fail("interrupt lines: {}", through.error());
  }
  faults.say("afterwards", copies_well());
  faults.say("a buffer out of reach", refuses_what_is_out_of_reach(engine));
#ifndef NDEBUG
  using Whole = dma::Maintenance;
  faults.say("with all maintenance", wrong_without<Whole, Whole>(engine) == 0);
  faults.say("a clean forgotten", wrong_without<WithoutClean, Whole>(engine) == kFaultWords);
  faults.say("an invalidate forgotten",
             wrong_without<Whole, WithoutInvalidate>(engine) == kFaultWords);
#endif
  faults.say("every buffer back", buffers.available() == kBuffers);
  return faults.all_right() ? Status::kOk : Status::kFailed;
}

constexpr std::array<shell::Command, 2> kCommands = {{
    {.name = "dmafault",
     .arguments = "",
     .help = "a DMA engine's interrupts lost, its jobs called off, its caches forgotten",
     .run = dmafault},
    {.name = "dmatest",
     .arguments = "COPIES [all]",
     .help = "copies by DMA, from every core at once, each looked at",
     .run = dmatest,
     .details =
         "all: from now on also by channels that a board's firmware may keep for itself; in an\n"
         "emulator, there is none.\n"},
}};
static_assert(shell::well_formed(kCommands));

}  // namespace

std::span<const shell::Command> dma_commands(const DmaTestBoard& its_board) {
  board = its_board;
  return kCommands;
}

}  // namespace baton::kernel
