// What the compiler refuses to do with a buffer that a device has.
#include <cstddef>
#include <span>
#include <utility>

#include "sync/dma/chain.h"
#include "sync/dma/ownership.h"
#include "sync/owned.h"
#include "sync/pool.h"

namespace baton::sync::dma {
namespace {

class Engine {
 public:
  const Window& window() const { return window_; }
  Completed<Engine> completed(FlightId flight) const { return {flight, std::size_t{64}}; }
  Stopped<Engine> stopped(FlightId flight) const { return Stopped<Engine>(flight); }

 private:
  Window window_{.physical = 0, .bytes = ~0ULL, .bus = 0, .unit = 4};
};
class OtherEngine {
 public:
  const Window& window() const { return window_; }
  Completed<OtherEngine> completed(FlightId flight) const { return {flight, std::size_t{64}}; }

 private:
  Window window_{};
};

constexpr Direction kOut = Direction::kToDevice;
constexpr Direction kIn = Direction::kFromDevice;
using Out = DeviceOwned<kOut, Engine>;
using In = DeviceOwned<kIn, Engine>;

[[maybe_unused]] constinit Pool<BufferOf<64>, 4> g_pool;
constinit Engine g_engine;
[[maybe_unused]] constinit OtherEngine g_other;

[[maybe_unused]] void receive(In /*flying*/) {}
[[maybe_unused]] void use(CpuOwned /*buffer*/) {}

[[maybe_unused]] Out send(CpuOwned buffer) {
  buffer.bytes()[0] = std::byte{1};
#ifdef NC_COPY
  CpuOwned copy = buffer;
#endif
#ifdef NC_HAND_OVER_WITHOUT_MOVE
  static_cast<void>(buffer.to_device<kOut>(g_engine, 64));
#endif
#ifdef NC_DROP_HANDED
  std::move(buffer).to_device<kOut>(g_engine, 64);
#endif
#ifdef NC_TO_WHAT_IS_NO_CONTROLLER
  auto wrong = std::move(buffer).to_device<kOut>(g_pool, 64);
#endif
  auto handed = std::move(buffer).to_device<kOut>(g_engine, 64);
#ifdef NC_TOUCH_AFTER_HAND_OVER
  buffer.bytes()[0] = std::byte{2};
#endif
#ifdef NC_HAND_OVER_TWICE
  auto twice = std::move(buffer).to_device<kOut>(g_engine, 64);
#endif
  return std::move(*handed);
}

[[maybe_unused]] void fly(Out flying) {
  static_cast<void>(flying.address().value());
#ifdef NC_TOUCH_IN_FLIGHT
  flying.bytes()[0] = std::byte{1};
#endif
#ifdef NC_FREE_IN_FLIGHT
  const Owned<Buffer> gone = std::move(flying);
#endif
#ifdef NC_REUSE_IN_FLIGHT
  use(std::move(flying));
#endif
#ifdef NC_CHAIN_IN_FLIGHT
  CpuChain<2> chain;
  static_cast<void>(chain.add(std::move(flying), 64));
#endif
#ifdef NC_COPY_IN_FLIGHT
  Out copy = flying;
#endif
#ifdef NC_OVERWRITE_IN_FLIGHT
  flying = send(*g_pool.make());
#endif
#ifdef NC_WRONG_DIRECTION
  receive(std::move(flying));
#endif
#ifdef NC_WITHOUT_TOKEN
  static_cast<void>(std::move(flying).complete());
#endif
#ifdef NC_STOPPED_IS_NOT_COMPLETED
  static_cast<void>(std::move(flying).complete(g_engine.stopped(flying.flight())));
#endif
#ifdef NC_RECLAIM_WITHOUT_ABORT
  static_cast<void>(std::move(flying).reclaim(g_engine.stopped(flying.flight())));
#endif
#ifdef NC_FORGE_COMPLETED
  Completed<Engine> forged(flying.flight(), std::size_t{64});
#endif
#ifdef NC_FORGE_STOPPED
  Stopped<Engine> forged(flying.flight());
#endif
#ifdef NC_FORGE_ADDRESS
  BusAddress forged(0);
#endif
#ifdef NC_TOKEN_OF_ANOTHER_CONTROLLER
  static_cast<void>(std::move(flying).complete(g_other.completed(flying.flight())));
#endif
#ifdef NC_COMPLETE_WITHOUT_MOVE
  static_cast<void>(flying.complete(g_engine.completed(flying.flight())));
#endif
#ifdef NC_COPY_TOKEN
  Completed<Engine> mine = g_engine.completed(flying.flight());
  Completed<Engine> copy = mine;
#endif
#ifdef NC_DROP_TOKEN
  g_engine.completed(flying.flight());
#endif
  auto token = g_engine.completed(flying.flight());
#ifdef NC_DROP_RETURNED
  std::move(flying).complete(std::move(token));
#endif
  Returned back = std::move(flying).complete(std::move(token));
#ifdef NC_COMPLETE_TWICE
  auto more = std::move(flying).complete(g_engine.completed({}));
#endif
#ifdef NC_ADDRESS_AFTER_COMPLETE
  static_cast<void>(flying.address());
#endif
#ifdef NC_ABORT_AFTER_COMPLETE
  auto late = std::move(flying).abort();
#endif
  back.buffer.bytes()[0] = std::byte{2};
}

[[maybe_unused]] void call_off(In flying) {
#ifdef NC_DROP_ABORTING
  std::move(flying).abort();
#endif
  auto aborting = std::move(flying).abort();
#ifdef NC_TOUCH_WHILE_ABORTING
  aborting.bytes()[0] = std::byte{1};
#endif
#ifdef NC_ADDRESS_WHILE_ABORTING
  static_cast<void>(aborting.address());
#endif
#ifdef NC_USE_WHILE_ABORTING
  use(std::move(aborting));
#endif
#ifdef NC_RECLAIM_BY_FLIGHT_NUMBER
  use(std::move(aborting).reclaim(aborting.flight()));
#endif
  auto token = g_engine.stopped(aborting.flight());
#ifdef NC_DROP_RECLAIMED
  std::move(aborting).reclaim(std::move(token));
#endif
  use(std::move(aborting).reclaim(std::move(token)));
}

[[maybe_unused]] void chain_up(CpuOwned first, CpuOwned second) {
  CpuChain<2> chain;
  if (!chain.add(std::move(first), 64)) return;
#ifdef NC_DROP_REFUSED
  chain.add(std::move(second), 64);
#endif
#ifdef NC_ADD_A_COPY
  static_cast<void>(chain.add(second, 64));
#endif
#ifdef NC_TOUCH_A_CHAINED_PIECE
  first.bytes()[0] = std::byte{1};
#endif
  auto handed = std::move(chain).to_device<kIn>(g_engine);
  if (!handed) return;
  auto flying = std::move(*handed);
#ifdef NC_PIECE_OUT_OF_FLIGHT
  static_cast<void>(flying.pop_front());
#endif
#ifdef NC_ADD_TO_A_FLIGHT
  static_cast<void>(flying.add(std::move(second), 64));
#endif
  auto token = g_engine.completed(flying.flight());
  ChainReturned<2> back = std::move(flying).complete(std::move(token));
#ifdef NC_COMPLETE_CHAIN_TWICE
  auto more = std::move(flying).complete(g_engine.completed({}));
#endif
  use(std::move(second));
}

#ifdef NC_BYTES_OUTLIVE_THE_BUFFER
std::span<std::byte> keep(CpuOwned buffer) { return buffer.bytes(); }
#endif

}  // namespace
}  // namespace baton::sync::dma
