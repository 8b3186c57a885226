#include "drivers/fdt/testing/machines.h"

#include <cstdio>
#include <string>
#include <vector>

#include "base/assert.h"
#include "drivers/fdt/testing/tree_builder.h"

namespace baton::drivers::fdt {
namespace {

constexpr std::uint32_t kGic = 1;
constexpr std::uint32_t kCrystal = 2;
constexpr std::uint32_t kClockManager = 3;
constexpr std::uint32_t kLocal = 4;
constexpr std::uint32_t kLegacy = 5;

void add_spin_table_cpus(TreeBuilder& tree, std::string_view kind) {
  tree.begin("cpus").cells("#address-cells", {1}).cells("#size-cells", {0});
  tree.text("enable-method", {"brcm,bcm2836-smp"});  // for kernels of 32 bits
  for (std::uint32_t i = 0; i < 4; ++i) {
    tree.begin("cpu@" + std::to_string(i))
        .text("device_type", {"cpu"})
        .text("compatible", {kind})
        .cells("reg", {i})
        .text("enable-method", {"spin-table"})
        .cells("cpu-release-addr", {0, 0xd8 + 8 * i})
        .end();
  }
  tree.end();
}

}  // namespace

Blob load_tree(std::string_view file) {
  const std::string path = "drivers/fdt/testdata/" + std::string(file);
  std::FILE* stream = std::fopen(path.c_str(), "rb");
  BATON_CHECK(stream != nullptr);
  std::vector<std::byte> bytes(std::size_t{1} << 20);
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), stream));
  BATON_CHECK(std::fclose(stream) == 0);
  return Blob(bytes);
}

Blob raspberry_pi_4() {
  TreeBuilder tree({{.base = 0, .size = 0x1000}});
  tree.text("model", {"Raspberry Pi 4 Model B Rev 1.4"})
      .text("compatible", {"raspberrypi,4-model-b", "brcm,bcm2711"})
      .cells("#address-cells", {2})
      .cells("#size-cells", {1})
      .cells("interrupt-parent", {kGic});
  tree.begin("aliases")
      .text("serial0", {"/soc/serial@7e201000"})
      .text("serial1", {"/soc/serial@7e215040"})
      .end();
  tree.begin("chosen")
      .text("bootargs", {"console=ttyAMA0 quiet"})
      .text("stdout-path", {"serial0:115200n8"})
      .cells("linux,initrd-start", {0x2eff0000})
      .cells("linux,initrd-end", {0x2f000123})
      .end();
  // Sizes are of one cell, so that ranges of 4 GiB and more come in pieces.
  tree.begin("memory@0")
      .text("device_type", {"memory"})
      .cells("reg", {0, 0, 0x3b400000,           //
                     0, 0x40000000, 0xbc000000,  //
                     1, 0, 0x80000000,           //
                     1, 0x80000000, 0x80000000})
      .end();
  tree.begin("reserved-memory")
      .cells("#address-cells", {2})
      .cells("#size-cells", {1})
      .flag("ranges");
  tree.begin("linux,cma")  // placed by the kernel
      .text("compatible", {"shared-dma-pool"})
      .cells("size", {0x4000000})
      .flag("reusable")
      .end();
  tree.begin("nvram@0")  // filled in by newer firmware
      .cells("reg", {0, 0, 0})
      .flag("no-map")
      .text("status", {"disabled"})
      .end();
  tree.begin("nvram@1").cells("reg", {0, 0x3ef64700, 0xb0}).flag("no-map").end();
  tree.end();
  add_spin_table_cpus(tree, "arm,cortex-a72");
  tree.begin("timer")
      .text("compatible", {"arm,armv8-timer"})
      .cells("interrupts", {1, 13, 0xf08, 1, 14, 0xf08, 1, 11, 0xf08, 1, 10, 0xf08})
      .end();
  tree.begin("clocks");
  tree.begin("clk-osc")
      .text("compatible", {"fixed-clock"})
      .cells("#clock-cells", {0})
      .cells("clock-frequency", {54000000})
      .cells("phandle", {kCrystal})
      .end();
  tree.end();
  tree.begin("soc")
      .text("compatible", {"simple-bus"})
      .cells("#address-cells", {1})
      .cells("#size-cells", {1})
      .cells("ranges", {0x7e000000, 0, 0xfe000000, 0x01800000,  //
                        0x7c000000, 0, 0xfc000000, 0x02000000,  //
                        0x40000000, 0, 0xff800000, 0x00800000});
  tree.begin("interrupt-controller@40041000")
      .text("compatible", {"arm,gic-400"})
      .flag("interrupt-controller")
      .cells("#interrupt-cells", {3})
      .cells("reg",
             {0x40041000, 0x1000, 0x40042000, 0x2000, 0x40044000, 0x2000, 0x40046000, 0x2000})
      .cells("interrupts", {1, 9, 0xf04})
      .cells("phandle", {kGic})
      .end();
  tree.begin("clock-controller@7e101000")
      .text("compatible", {"brcm,bcm2711-cprman"})
      .cells("#clock-cells", {1})
      .cells("reg", {0x7e101000, 0x2000})
      .cells("clocks", {kCrystal})
      .cells("phandle", {kClockManager})
      .end();
  tree.begin("mailbox@7e00b880")
      .text("compatible", {"brcm,bcm2835-mbox"})
      .cells("reg", {0x7e00b880, 0x40})
      .cells("interrupts", {0, 33, 4})
      .end();
  tree.begin("serial@7e201000")
      .text("compatible", {"arm,pl011", "arm,primecell"})
      .cells("reg", {0x7e201000, 0x200})
      .cells("interrupts", {0, 121, 4})
      .cells("clocks", {kClockManager, 19, kClockManager, 20})
      .text("status", {"okay"})
      .end();
  tree.begin("serial@7e201400")
      .text("compatible", {"arm,pl011", "arm,primecell"})
      .cells("reg", {0x7e201400, 0x200})
      .cells("interrupts", {0, 121, 4})
      .text("status", {"disabled"})
      .end();
  tree.begin("serial@7e215040")
      .text("compatible", {"brcm,bcm2835-aux-uart"})
      .cells("reg", {0x7e215040, 0x40})
      .cells("interrupts", {0, 93, 4})
      .end();
  tree.begin("timer@7e003000")
      .text("compatible", {"brcm,bcm2835-system-timer"})
      .cells("reg", {0x7e003000, 0x1000})
      .cells("interrupts", {0, 64, 4, 0, 65, 4, 0, 66, 4, 0, 67, 4})
      .cells("clock-frequency", {1000000})
      .end();
  tree.end();
  return tree.finish();
}

Blob raspberry_pi_3() {
  TreeBuilder tree({{.base = 0, .size = 0x1000}});
  tree.text("model", {"Raspberry Pi 3 Model B Rev 1.2"})
      .text("compatible", {"raspberrypi,3-model-b", "brcm,bcm2837"})
      .cells("#address-cells", {1})
      .cells("#size-cells", {1})
      .cells("interrupt-parent", {kLegacy});
  tree.begin("chosen").text("bootargs", {""}).end();
  tree.begin("memory@0").text("device_type", {"memory"}).cells("reg", {0, 0x3b400000}).end();
  add_spin_table_cpus(tree, "arm,cortex-a53");
  tree.begin("timer")
      .text("compatible", {"arm,armv7-timer"})
      .cells("interrupt-parent", {kLocal})
      .cells("interrupts", {0, 4, 1, 4, 3, 4, 2, 4})
      .flag("always-on")
      .end();
  tree.begin("soc")
      .text("compatible", {"simple-bus"})
      .cells("#address-cells", {1})
      .cells("#size-cells", {1})
      .cells("ranges", {0x7e000000, 0x3f000000, 0x01000000, 0x40000000, 0x40000000, 0x1000});
  tree.begin("local_intc@40000000")
      .text("compatible", {"brcm,bcm2836-l1-intc"})
      .cells("reg", {0x40000000, 0x100})
      .flag("interrupt-controller")
      .cells("#interrupt-cells", {2})
      .cells("interrupt-parent", {kLocal})
      .cells("phandle", {kLocal})
      .end();
  tree.begin("interrupt-controller@7e00b200")
      .text("compatible", {"brcm,bcm2836-armctrl-ic"})
      .cells("reg", {0x7e00b200, 0x200})
      .flag("interrupt-controller")
      .cells("#interrupt-cells", {2})
      .cells("interrupt-parent", {kLocal})
      .cells("interrupts", {8, 4})
      .cells("phandle", {kLegacy})
      .end();
  tree.begin("serial@7e201000")
      .text("compatible", {"arm,pl011", "arm,primecell"})
      .cells("reg", {0x7e201000, 0x200})
      .cells("interrupts", {2, 25})
      .end();
  tree.end();
  return tree.finish();
}

}  // namespace baton::drivers::fdt
