// What of QEMU's plugin interface the plugin needs: QEMU's packages do not bring the header.
//                                                    [QEMU docs, "QEMU TCG Plugins", API version 4]
#ifndef BATON_BENCH_KERNEL_QEMU_PLUGIN_H_
#define BATON_BENCH_KERNEL_QEMU_PLUGIN_H_

#include <cstddef>
#include <cstdint>

extern "C" {

using qemu_plugin_id_t = std::uint64_t;
using qemu_plugin_meminfo_t = std::uint32_t;
struct qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum qemu_plugin_cb_flags : int { QEMU_PLUGIN_CB_NO_REGS = 0 };
enum qemu_plugin_mem_rw : int { QEMU_PLUGIN_MEM_RW = 3 };
enum qemu_plugin_mem_value_type : int { QEMU_PLUGIN_MEM_VALUE_U32 = 2 };
struct qemu_plugin_mem_value {
  qemu_plugin_mem_value_type type;
  union {
    std::uint8_t u8;
    std::uint16_t u16;
    std::uint32_t u32;
    std::uint64_t u64;
    struct {
      std::uint64_t low;
      std::uint64_t high;
    } u128;
  } data;
};

// QEMU's.
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                           void (*callback)(qemu_plugin_id_t, qemu_plugin_tb*));
std::size_t qemu_plugin_tb_n_insns(const qemu_plugin_tb* block);
qemu_plugin_insn* qemu_plugin_tb_get_insn(const qemu_plugin_tb* block, std::size_t index);
void qemu_plugin_register_vcpu_mem_cb(qemu_plugin_insn* instruction,
                                      void (*callback)(unsigned vcpu, qemu_plugin_meminfo_t info,
                                                       std::uint64_t address, void* data),
                                      qemu_plugin_cb_flags flags, qemu_plugin_mem_rw which,
                                      void* data);
void qemu_plugin_register_vcpu_insn_exec_cb(qemu_plugin_insn* instruction,
                                            void (*callback)(unsigned vcpu, void* data),
                                            qemu_plugin_cb_flags flags, void* data);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info);
qemu_plugin_mem_value qemu_plugin_mem_get_value(qemu_plugin_meminfo_t info);
unsigned qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*callback)(qemu_plugin_id_t, void*),
                                    void* data);

// The plugin's.
[[gnu::visibility("default")]] extern int qemu_plugin_version;
[[gnu::visibility("default")]] int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info,
                                                       int argc, char** argv);
}

#endif  // BATON_BENCH_KERNEL_QEMU_PLUGIN_H_
