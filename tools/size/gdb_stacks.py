"""For gdb, not for Python itself: which objects of an image have stacks of threads in them, by their types.

    gdb -nx -batch -ex 'python SYMBOLS = "FILE"' -x gdb_stacks.py IMAGE

FILE has a demangled name of an object per line. Prints `stack ADDRESS BYTES` for each object with stacks, guards included.
"""

import gdb  # type: ignore[import-not-found]

_STACK = "baton::arch::ThreadStack<"


def stack_bytes(kind):
    """Of all stacks in an object of this type."""
    kind = kind.strip_typedefs()
    if kind.code == gdb.TYPE_CODE_ARRAY:
        first, last = kind.range()
        return (last - first + 1) * stack_bytes(kind.target())
    if kind.code not in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        return 0
    if (kind.name or "").startswith(_STACK):
        return kind.sizeof
    # A static member lies elsewhere.
    return sum(stack_bytes(field.type) for field in kind.fields() if hasattr(field, "bitpos"))


def objects(name):
    found = list(gdb.lookup_static_symbols(name))
    everywhere = gdb.lookup_global_symbol(name)
    return found + ([everywhere] if everywhere is not None else [])


seen = {}
with open(SYMBOLS, encoding="utf-8") as names:  # noqa: F821
    for line in names:
        for symbol in objects(line.strip()):
            if symbol.is_variable and not symbol.needs_frame:
                value = symbol.value()
                if value.address is not None:
                    seen[int(value.address)] = stack_bytes(value.type)
for address, count in sorted(seen.items()):
    if count:
        print(f"stack {address:#x} {count}")
