// A plugin for QEMU: which cache lines each core read and wrote between its stores of 1 to two
// words, and how many instructions it took.
//
//   qemu-system-aarch64 ... -plugin memory_watch.so,begin=ADDRESS,end=ADDRESS,lines=FILE,
//                                                  instructions=FILE
//
// When QEMU ends one file has a row `CORE LINE READS WRITES` for each line; LINE is its address, in
// hex.  The other has a row `CORE COUNT` for each time that a core came from one word to the other.
#include <array>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bench/kernel/qemu_plugin.h"

int qemu_plugin_version = 4;

namespace {

constexpr std::uint64_t kLine = 64;
constexpr unsigned kMostCores = 8;

struct Use {
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
};

// Touched by its core's thread in QEMU only, until all have ended.
struct alignas(128) Core {
  bool watched = false;
  std::uint64_t instructions = 0;  // since the store to the first word
  std::unordered_map<std::uint64_t, Use> lines;
};

struct Watch {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::string lines;
  std::FILE* instructions = nullptr;
  std::array<Core, kMostCores> cores;
};

Watch& watch() {
  // Never destroyed: QEMU's threads may outlive main().
  static auto& only = *new Watch;
  return only;
}

// Not whoever clears all memory.
bool stores_one(qemu_plugin_meminfo_t info) {
  const qemu_plugin_mem_value value = qemu_plugin_mem_get_value(info);
  return value.type == QEMU_PLUGIN_MEM_VALUE_U32 && value.data.u32 == 1;
}

void on_memory(unsigned vcpu, qemu_plugin_meminfo_t info, std::uint64_t address, void* /*data*/) {
  Watch& all = watch();
  if (vcpu >= kMostCores) return;
  Core& core = all.cores[vcpu];
  const bool store = qemu_plugin_mem_is_store(info);
  if (store && address == all.begin && stores_one(info)) {
    core.watched = true;
    core.instructions = 0;
    return;
  }
  if (!core.watched) return;
  if (store && address == all.end && stores_one(info)) {
    core.watched = false;
    // Less this store.  Whole rows: several cores come at once.
    std::fprintf(all.instructions, "%u %" PRIu64 "\n", vcpu, core.instructions - 1);
    return;
  }
  const std::uint64_t last = address + (std::uint64_t{1} << qemu_plugin_mem_size_shift(info)) - 1;
  for (std::uint64_t line = address / kLine; line <= last / kLine; ++line) {
    Use& use = core.lines[line * kLine];
    ++(store ? use.writes : use.reads);
  }
}

void on_instruction(unsigned vcpu, void* /*data*/) {
  if (vcpu < kMostCores) ++watch().cores[vcpu].instructions;
}

void on_translation(qemu_plugin_id_t /*id*/, qemu_plugin_tb* block) {
  const std::size_t count = qemu_plugin_tb_n_insns(block);
  for (std::size_t i = 0; i < count; ++i) {
    qemu_plugin_insn* const instruction = qemu_plugin_tb_get_insn(block, i);
    qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_instruction, QEMU_PLUGIN_CB_NO_REGS,
                                           nullptr);
    qemu_plugin_register_vcpu_mem_cb(instruction, on_memory, QEMU_PLUGIN_CB_NO_REGS,
                                     QEMU_PLUGIN_MEM_RW, nullptr);
  }
}

void on_exit(qemu_plugin_id_t /*id*/, void* /*data*/) {
  const Watch& all = watch();
  if (std::fclose(all.instructions) != 0) std::perror("memory_watch: instructions");
  std::FILE* const file = std::fopen(all.lines.c_str(), "w");
  if (file == nullptr) {
    std::perror(all.lines.c_str());
    return;
  }
  for (unsigned i = 0; i < kMostCores; ++i) {
    for (const auto& [line, use] : all.cores[i].lines) {
      std::fprintf(file, "%u %" PRIx64 " %" PRIu64 " %" PRIu64 "\n", i, line, use.reads,
                   use.writes);
    }
  }
  if (std::fclose(file) != 0) std::perror(all.lines.c_str());
}

}  // namespace

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* /*info*/, int argc, char** argv) {
  Watch& all = watch();
  for (int i = 0; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    const std::string value(equals == std::string_view::npos ? "" : argument.substr(equals + 1));
    if (name == "begin") {
      all.begin = std::strtoull(value.c_str(), nullptr, 0);
    } else if (name == "end") {
      all.end = std::strtoull(value.c_str(), nullptr, 0);
    } else if (name == "lines") {
      all.lines = value;
    } else if (name == "instructions") {
      all.instructions = std::fopen(value.c_str(), "w");
    } else {
      std::fprintf(stderr, "memory_watch: no such argument: %s\n", argv[i]);
      return 1;
    }
  }
  if (all.begin == 0 || all.end == 0 || all.lines.empty() || all.instructions == nullptr) {
    std::fprintf(stderr,
                 "memory_watch: begin=ADDRESS, end=ADDRESS, lines=FILE and instructions=FILE, "
                 "both to be written, are needed\n");
    return 1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
  qemu_plugin_register_atexit_cb(id, on_exit, nullptr);
  return 0;
}
