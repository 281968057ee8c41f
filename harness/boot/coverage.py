#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Merges what gcov says of several objects and reports on the layer's files.

	coverage.py TREE EXCEPTIONS RESULTS JSON...

Prints the share of lines and branches per file, then what no test reached.
RESULTS is written for the harness: STATUS, what, why, separated by tabs.

A line counts as reached if any object that has it ran it; so does each way of
a branch. These branches do not count, since no test could or should take both
ways of them:

- in an assertion that is a statement of its own (lockdep_assert_*(), might_*(),
  VM_WARN_ON(), WARN_ON_ONCE() without an if): it only ever fails in a kernel
  that is broken elsewhere. An if (WARN_ON_ONCE()) is a check of the layer like
  any other: tests provoke the warning and announce it. The compiler asks its
  condition twice, for the warning and for the if; it counts once.
- at a static key or a tracepoint: code is patched there, the jump that gcov
  counts is not the one that runs. What is behind it counts as usual.
- on a line that a macro of <linux/cleanup.h> fills (DEFINE_CLASS() and the
  like), or on the first line of a function, where the source has no condition.

Nor do the lines of the functions that are empty, for clang's context analysis
(..._cleanup_ctx): gcc drops their calls.

The exceptions are listed as "= FILE", then lines that start with "-" (source
text, whole lines but for the indentation, exactly once in FILE) and lines that
start with "!" (why no test reaches it).
"""
import json
import pathlib
import re
import sys

LAYER = re.compile(r"(mm/vma_access(?!.*_test).*\.c|include/linux/vma_access.*\.h)$")
ASSERTION = re.compile(r"^(lockdep_assert|might_|mmap_assert|vma_assert|VM_WARN|VM_BUG|BUG_ON|(\(void\))?WARN)")
PATCHED = re.compile(r"\b(static_branch_|static_key_|trace_\w+\()")
GENERATED = re.compile(r"^(DEFINE|DECLARE)_\w+\(")
EMPTY = re.compile(r"_cleanup_ctx$")
LEAST = 95.0


class File:
    def __init__(self, path, text):
        self.path = path
        self.text = [""] + text.splitlines()
        self.lines = {}         # number: times run
        self.branches = {}      # (number, function, position): times taken
        self.starts = set()     # first lines of functions
        self.excused = {}       # number: why

    def statement(self, number):
        """The line on which the statement begins that line NUMBER is part of."""
        while number > 1 and not re.search(r"([;{}:]|\*/)\s*$|^\s*#|^$", self.text[number - 1]):
            number -= 1
        return self.text[number].strip()

    def counts(self, number):
        statement = self.statement(number)
        return not (ASSERTION.match(statement) or PATCHED.search(statement) or
                    GENERATED.match(statement) or number in self.starts)

    def share(self, wanted):
        """(reached, not reached, excused) of a dictionary whose keys begin with a line."""
        reached = [k for k, v in wanted.items() if v]
        rest = [k for k, v in wanted.items() if not v]
        line = (lambda k: k[0]) if wanted is self.branches else (lambda k: k)
        excused = [k for k in rest if line(k) in self.excused]
        return reached, [k for k in rest if line(k) not in self.excused], excused


def add(file, record):
    """Adds one object's record of one file."""
    for function in record["functions"]:
        file.starts.add(function["start_line"])
    for line in record["lines"]:
        number = line["line_number"]
        if EMPTY.search(line.get("function_name", "")):
            continue
        file.lines[number] = file.lines.get(number, 0) + line["count"]
        taken = [branch["count"] for branch in line["branches"]]
        if "WARN_ON" in file.text[number]:
            ways = []
            for pair in zip(taken[::2], taken[1::2]):
                if sorted(pair) not in ways:
                    ways.append(sorted(pair))
            taken = sum(ways, [])
        for position, count in enumerate(taken):
            key = number, line.get("function_name", ""), position
            file.branches[key] = file.branches.get(key, 0) + count


def exceptions(path, files):
    """Marks the excused lines; returns what is wrong with the list."""
    wrong, entry = [], None

    def close():
        if not entry:
            return
        name, old, why, at = entry
        file = files.get(name)
        if not file:
            wrong.append(f"{path.name}:{at}: {name} has no counts")
            return
        stripped = [text.strip() for text in file.text]
        found = [i for i in range(1, len(stripped) - len(old) + 2) if stripped[i:i + len(old)] == old]
        if len(found) != 1 or not old or not why:
            wrong.append(f"{path.name}:{at}: its text stands {len(found)} times in {name}, or text or reason is missing")
            return
        for i in range(found[0], found[0] + len(old)):
            file.excused[i] = " ".join(why)

    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("= "):
            close()
            entry = line[2:].strip(), [], [], number
        elif entry and line.startswith("-"):
            entry[1].append(line[1:].strip())
        elif entry and line.startswith("!"):
            entry[2].append(line[1:].strip())
        elif line and not line.startswith("#"):
            wrong.append(f"{path.name}:{number}: neither =, -, ! nor #")
    close()
    return wrong


def percent(reached, rest):
    return 100.0 * len(reached) / (len(reached) + len(rest)) if reached or rest else 100.0


def show(file, branches, lines):
    """Not reached: each line once, with how many ways of its branches."""
    for number in sorted(set(lines) | {k[0] for k in branches}):
        ways = sum(k[0] == number for k in branches)
        what = "line  " if number in lines else f"{ways} way{'s' if ways > 1 else ' '}"
        print(f"  {what:7} {file.path}:{number}: {file.text[number].strip()}")


def main(tree, listed, results, *records):
    tree = pathlib.Path(tree)
    files = {}
    for record in records:
        record = json.loads(pathlib.Path(record).read_text())
        for one in record["files"]:
            name = one["file"].removeprefix(f"{tree}/")
            if not LAYER.match(name):
                continue
            if name not in files:
                files[name] = File(name, (tree / name).read_text())
            add(files[name], one)
    for file in files.values():
        file.branches = {k: v for k, v in file.branches.items() if file.counts(k[0])}

    out = []
    for text in exceptions(pathlib.Path(listed), files):
        out.append(("FAIL", "coverage exceptions", text))
    all_branches = [[], []]
    width = max(map(len, files), default=0)
    for name, file in sorted(files.items()):
        line = file.share(file.lines)
        branch = file.share(file.branches)
        print(f"{name:{width}}  lines {percent(*line[:2]):5.1f} % ({len(line[0])} of {len(file.lines)}),"
              f" branches {percent(*branch[:2]):5.1f} % ({len(branch[0])} of {len(file.branches)})"
              f", excepted {len(line[2])} and {len(branch[2])}")
        all_branches[0] += branch[0]
        all_branches[1] += branch[1]
        why = f"line {line[1][0]}: {file.text[line[1][0]].strip()}" if line[1] else ""
        out.append(("FAIL" if line[1] else "PASS", f"coverage lines {name}", why))
    total = percent(*all_branches)
    out.append(("PASS" if total >= LEAST else "FAIL", "coverage branches",
                "" if total >= LEAST else f"{total:.1f} %, less than {LEAST:.0f} %"))
    print(f"branches in all: {total:.1f} % ({len(all_branches[0])} of {len(all_branches[0]) + len(all_branches[1])})")

    for title, at in ("not reached:", 1), ("not reached, as listed:", 2):
        todo = [(f, f.share(f.branches)[at], f.share(f.lines)[at]) for _, f in sorted(files.items())]
        if not any(b or l for _, b, l in todo):
            continue
        print(title)
        for file, branches, lines in todo:
            show(file, branches, lines)
            if at == 2:
                for why in dict.fromkeys(file.excused[n] for n in [k[0] for k in branches] + lines):
                    print(f"          {why}")
    pathlib.Path(results).write_text("".join("\t".join(o) + "\n" for o in out))


main(*sys.argv[1:])
