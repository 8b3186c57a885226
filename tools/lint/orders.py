"""Every atomic operation names its memory order and says why: a non-relaxed one by a comment with the word *pairs* that
names its partner, a relaxed one by any comment. The comment stands on the operation's lines or within three lines above;
a block that reaches into those three lines counts whole, and a run of operations on consecutive lines shares the comment
above its first. An order left to its default is refused.

Run as tools/check_orders. Prints `file:line: what is wrong` for each violation.
"""

import pathlib
import re
import sys

from tools.lint import layers, tree

CHECKED = ("base", "arch", "sync", "drivers", "kernel", "boards", "user")

_LINES_ABOVE = 3

_ORDER = re.compile(r"memory_order(?:_|::)(\w+)|__ATOMIC_([A-Z_]+)")
_OPERATION = re.compile(
    r"(?:\.|->)\s*(?:template\s+)?"
    r"(load|store|exchange|compare_exchange_weak|compare_exchange_strong|fetch_\w+|test_and_set|test|clear|wait)\s*\("
)
# Of these, members of other classes have the same names: they are taken for atomics only where an order is given.
_COMMON_NAMES = {"clear", "test", "wait"}
_FENCE = re.compile(r"\b(?:atomic_thread_fence|atomic_signal_fence|__atomic_\w+)\s*\(")
_DECLARED = re.compile(
    r"\b(?:atomic|Atomic|atomic_ref)\s*<[^;(){}]*>\s*(?:&\s*)?(\w+)\s*(?:\[[^\]]*\]\s*)*(?:;|\{|=|\)|,)|"
    r"\batomic_flag\s+(\w+)"
)


def split(text):
    """(code lines, comment lines): the text taken apart, with strings and characters blanked; lines keep their numbers."""
    code, comment = [], []
    i, length = 0, len(text)
    while i < length:
        two = text[i : i + 2]
        if two == "//":
            end = text.find("\n", i)
            end = length if end < 0 else end
            comment.append(text[i:end])
            code.append(" " * (end - i))
            i = end
        elif two == "/*":
            end = text.find("*/", i + 2)
            end = length if end < 0 else end + 2
            comment.append(text[i:end])
            code.append(re.sub(r"[^\n]", " ", text[i:end]))
            i = end
        elif text[i] == '"' or (text[i] == "'" and not (i and text[i - 1].isalnum())):
            match = re.compile(r'R"([^(\s]*)\((?:.|\n)*?\)\1"').match(text, i - 1) if i and text[i - 1] == "R" else None
            if match:
                end = match.end()
            else:
                end = i + 1
                while end < length and text[end] not in (text[i], "\n"):
                    end += 2 if text[end] == "\\" else 1
                end = min(end + 1, length)
            code.append(re.sub(r"[^\n]", "_", text[i:end]))
            comment.append(re.sub(r"[^\n]", " ", text[i:end]))
            i = end
        else:
            code.append(text[i])
            comment.append(text[i] if text[i] == "\n" else " ")
            i += 1
    return "".join(code).split("\n"), "".join(comment).split("\n")


def _comment_near(code, comment, first, last):
    """The comments that belong to the lines first..last (from 0)."""
    above = first - _LINES_ABOVE
    start = max(above, 0)
    # A block of comment lines that reaches into the window counts whole.
    while 0 < start <= above + 1 and comment[start].strip() and not code[start].strip() and comment[start - 1].strip():
        if code[start - 1].strip():
            break
        start -= 1
        above = start
    return " ".join(comment[start : last + 1])


def _closing(code_text, opening):
    """The place of the parenthesis that closes the one at `opening`."""
    depth = 0
    for place in range(opening, len(code_text)):
        if code_text[place] == "(":
            depth += 1
        elif code_text[place] == ")":
            depth -= 1
            if depth == 0:
                return place
    return len(code_text) - 1


def atomic_names(text):
    """Names that a source declares as atomics."""
    code, _ = split(text)
    return {name for match in _DECLARED.finditer("\n".join(code)) for name in match.groups() if name}


def _explained(orders, words):
    """Why a comment does not do for some orders; None if it does."""
    strong = [order for order in orders if order.lower() != "relaxed"]
    if strong and not re.search(r"\bpairs\b", words, re.IGNORECASE):
        return f"memory order {strong[0].lower()} without a comment that says what it pairs with"
    if not strong and not re.search(r"\w", words):
        return "relaxed memory order without a comment that says why"
    return None


def check_text(text, names=frozenset()):
    """Violations in one source: [(line, message)]. `names` are atomics declared elsewhere, in its header."""
    code, comment = split(text)
    whole = "\n".join(code)
    starts = [0]
    for line in code:
        starts.append(starts[-1] + len(line) + 1)

    def line_of(place):
        low, high = 0, len(starts) - 1
        while low < high - 1:
            middle = (low + high) // 2
            if starts[middle] <= place:
                low = middle
            else:
                high = middle
        return low

    found = []
    seen = []
    # Lines of operations already looked at: what stands right above belongs to the same run.
    busy = set()
    for match in sorted([*_OPERATION.finditer(whole), *_FENCE.finditer(whole)], key=lambda m: m.start()):
        opening = match.end() - 1
        closing = _closing(whole, opening)
        arguments = whole[opening : closing + 1]
        orders = [a or b for a, b in _ORDER.findall(arguments)]
        operation = match.group(1) if match.lastindex else match.group(0).rstrip("( ")
        first, last = line_of(match.start()), line_of(closing)
        if not orders:
            if operation not in _COMMON_NAMES and not re.search(r"\border\w*\b", arguments):
                found.append((first + 1, f"{operation}() without a memory order"))
            continue
        seen.append((match.start(), closing))
        run = first
        while run - 1 in busy:
            run -= 1
        busy.update(range(first, last + 1))
        why = _explained(orders, _comment_near(code, comment, run, last))
        if why:
            found.append((first + 1, f"{operation}(): {why}"))

    # Orders outside a call that was recognised: constants, default arguments.
    for match in _ORDER.finditer(whole):
        if not any(start <= match.start() <= end for start, end in seen):
            line = line_of(match.start())
            why = _explained([match.group(1) or match.group(2)], _comment_near(code, comment, line, line))
            if why:
                found.append((line + 1, why))

    for name in sorted(atomic_names(text) | set(names)):
        # A name that is something else here too tells nothing.
        plain = rf"(?:\b\w+(?:<[^;]*>)?[\s*&]+){re.escape(name)}\s*(?:[;={{,)]|\[)"
        if any(not re.search(r"\b[aA]tomic|\breturn\b", match.group(0)) for match in re.finditer(plain, whole)):
            continue
        word = rf"(?<![\w:.>])(?:\w+(?:\[[^\]]*\])*(?:\.|->))*{re.escape(name)}(?:\[[^\]]*\])*"
        for form in (
            rf"(?:\+\+|--)\s*{word}(?!\w|\s*[.(\[]|\s*->)",
            rf"{word}\s*(?:\+\+|--)",
            rf"{word}\s*(?:[-+&|^]=)",
            rf"(?:^|[;{{}}])\s*{word}\s*=(?!=)",
            rf"\breturn\s+{word}\s*;",
            rf"!\s*{word}\s*[;)&|]",
            rf"\bif\s*\(\s*{word}\s*[)&|]",
            rf"\bwhile\s*\(\s*{word}\s*[)&|]",
            rf"{word}\s*[!=]=(?!=)",
        ):
            for match in re.finditer(form, whole, re.MULTILINE):
                place = match.start() + len(match.group(0)) - len(match.group(0).lstrip(" \n;{}"))
                found.append((line_of(place) + 1, f"{name} is atomic: name the operation and its memory order"))
    return sorted(set(found))


def check_tree(root):
    """(lines about every violation, number of operations looked at)."""
    root = pathlib.Path(root)
    found = []
    operations = 0
    sources = [
        path
        for path in tree.files(root, suffixes=(".h", ".cc"))
        if path.split("/")[0] in CHECKED and layers.kind_of(path) not in ("test", "bench")
    ]
    texts = {path: (root / path).read_text(encoding="utf-8", errors="replace") for path in sources}
    for path, text in texts.items():
        header = path[: -len(".cc")] + ".h" if path.endswith(".cc") else None
        names = atomic_names(texts[header]) if header in texts else frozenset()
        operations += len(_ORDER.findall("\n".join(split(text)[0])))
        found += [f"{path}:{number}: {message}" for number, message in check_text(text, names)]
    return found, operations


def main(argv):
    if argv and argv[0] in ("-h", "--help"):
        print("usage: tools/check_orders [ROOT]\n\nRefuses atomic operations whose memory order is defaulted or not explained.")
        return 0
    root = pathlib.Path(argv[0]) if argv else tree.root_of(__file__)
    found, operations = check_tree(root)
    for line in found:
        print(line)
    print(f"check_orders: {operations} memory orders, {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
