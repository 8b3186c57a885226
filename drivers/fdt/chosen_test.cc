// What boot loaders leave in /chosen, whole and damaged.
#include "drivers/fdt/chosen.h"

#include <functional>

#include "drivers/fdt/testing/blob.h"
#include "drivers/fdt/testing/tree_builder.h"
#include "gtest/gtest.h"

namespace baton::drivers::fdt {
namespace {

Blob with_chosen(const std::function<void(TreeBuilder&)>& fill) {
  TreeBuilder tree;
  tree.begin("aliases")
      .text("serial0", {"/soc/serial@7e201000"})
      .text("gone", {"/soc/absent"})
      .end()
      .begin("chosen");
  fill(tree);
  tree.end().begin("soc").begin("serial@7e201000").end().end();
  return tree.finish();
}

// Runs `query` on a tree whose /chosen was filled by `fill`; what it returns must not refer to it.
template <class T>
T ask(const std::function<void(TreeBuilder&)>& fill, const std::function<T(const Fdt&)>& query) {
  const Blob blob = with_chosen(fill);
  const auto tree = Fdt::open(blob.bytes());
  EXPECT_TRUE(tree);
  return query(*tree);
}

std::string console_of(const std::function<void(TreeBuilder&)>& fill) {
  return ask<std::string>(fill, [](const Fdt& tree) -> std::string {
    const auto console = stdout_path(tree);
    if (!console) return std::string(to_string(console.error()));
    return std::string(tree.name(console->node)) + "|" + std::string(console->options);
  });
}

Result<Range> initrd_of(const std::function<void(TreeBuilder&)>& fill) {
  return ask<Result<Range>>(fill, initrd);
}

TEST(Bootargs, AreTheText) {
  const Blob blob = with_chosen([](auto& tree) { tree.text("bootargs", {"a=1 b"}); });
  EXPECT_EQ(bootargs(*Fdt::open(blob.bytes())), "a=1 b");
}

TEST(Bootargs, MayBeEmptyOrAbsentOrDamaged) {
  const Blob empty = with_chosen([](auto& tree) { tree.text("bootargs", {""}); });
  const Blob absent = with_chosen([](auto&) {});
  const Blob damaged = with_chosen([](auto& tree) { tree.raw("bootargs", "no end"); });
  const Blob bare = TreeBuilder().finish();
  EXPECT_EQ(bootargs(*Fdt::open(empty.bytes())), "");
  EXPECT_EQ(bootargs(*Fdt::open(absent.bytes())).error(), Error::kNotFound);
  EXPECT_EQ(bootargs(*Fdt::open(damaged.bytes())).error(), Error::kCorrupt);
  EXPECT_EQ(bootargs(*Fdt::open(bare.bytes())).error(), Error::kNotFound);
}

TEST(StdoutPath, IsAPathOrAnAliasWithOptions) {
  const auto with = [](std::string_view path) {
    return console_of([&](TreeBuilder& tree) { tree.text("stdout-path", {path}); });
  };
  EXPECT_EQ(with("/soc/serial@7e201000"), "serial@7e201000|");
  EXPECT_EQ(with("/soc/serial@7e201000:115200"), "serial@7e201000|115200");
  EXPECT_EQ(with("serial0"), "serial@7e201000|");
  EXPECT_EQ(with("serial0:115200n8"), "serial@7e201000|115200n8");
  EXPECT_EQ(with("serial0:"), "serial@7e201000|");
  EXPECT_EQ(with("serial0:a:b"), "serial@7e201000|a:b");
}

TEST(StdoutPath, ThatLeadsNowhere) {
  for (const std::string_view path : {"", ":", ":115200", "serial1", "gone", "/soc/absent"}) {
    EXPECT_EQ(console_of([&](TreeBuilder& tree) { tree.text("stdout-path", {path}); }), "corrupt")
        << path;
  }
  EXPECT_EQ(console_of([](TreeBuilder& tree) { tree.raw("stdout-path", "/soc"); }), "corrupt");
  EXPECT_EQ(console_of([](TreeBuilder&) {}), "not found");
  const Blob bare = TreeBuilder().finish();
  EXPECT_EQ(stdout_path(*Fdt::open(bare.bytes())).error(), Error::kNotFound);
}

TEST(StdoutPath, HasAnOlderName) {
  EXPECT_EQ(console_of([](TreeBuilder& tree) { tree.text("linux,stdout-path", {"serial0:9600"}); }),
            "serial@7e201000|9600");
  EXPECT_EQ(console_of([](TreeBuilder& tree) {
              tree.text("linux,stdout-path", {"gone"}).text("stdout-path", {"serial0"});
            }),
            "serial@7e201000|");
}

TEST(Initrd, IsOfOneOrTwoCells) {
  EXPECT_EQ(initrd_of([](TreeBuilder& tree) {
              tree.cells("linux,initrd-start", {0x8000000}).cells("linux,initrd-end", {0x8000400});
            }),
            (Range{.base = 0x8000000, .size = 0x400}));
  EXPECT_EQ(initrd_of([](TreeBuilder& tree) {
              tree.cells("linux,initrd-start", {1, 0}).cells("linux,initrd-end", {1, 0x400});
            }),
            (Range{.base = 0x1'0000'0000, .size = 0x400}));
}

TEST(Initrd, MayBeAbsentOrEmpty) {
  EXPECT_EQ(initrd_of([](TreeBuilder&) {}).error(), Error::kNotFound);
  EXPECT_EQ(initrd_of([](TreeBuilder& tree) {
              tree.cells("linux,initrd-start", {64}).cells("linux,initrd-end", {64});
            }).error(),
            Error::kNotFound);
  const Blob bare = TreeBuilder().finish();
  EXPECT_EQ(initrd(*Fdt::open(bare.bytes())).error(), Error::kNotFound);
}

TEST(Initrd, Damaged) {
  EXPECT_EQ(initrd_of([](TreeBuilder& tree) { tree.cells("linux,initrd-start", {64}); }).error(),
            Error::kCorrupt);
  EXPECT_EQ(initrd_of([](TreeBuilder& tree) { tree.cells("linux,initrd-end", {64}); }).error(),
            Error::kCorrupt);
  EXPECT_EQ(initrd_of([](TreeBuilder& tree) {
              tree.cells("linux,initrd-start", {65}).cells("linux,initrd-end", {64});
            }).error(),
            Error::kCorrupt);
  EXPECT_EQ(initrd_of([](TreeBuilder& tree) {
              tree.cells("linux,initrd-start", {1, 2, 3}).cells("linux,initrd-end", {64});
            }).error(),
            Error::kCorrupt);
}

}  // namespace
}  // namespace baton::drivers::fdt
