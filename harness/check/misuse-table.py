#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Prints the table of harness/results: which tool stops which misuse.

usage: misuse-table.py VERDICTS CASES TOOL ...

VERDICTS has the lines that the run wrote (see cfail.sh); of tools that were not
asked this time, the table says what the cases expect of them. Fails, and says why, unless each rule has two cases or can be told
by no compiler.
"""

import glob
import os
import re
import sys

TOOLS = ["gcc", "clang", "context", "lifetime", "coccinelle"]
COMPILER = {"context": "clang", "lifetime": "clang"}
# Rules of which no compiler can tell whether they are kept, and why.
RUN_TIME = {
    "R13": "how many pages went in is known when they did",
    "R18": "what a mistake leads to is seen when it is made",
}
RULES = ["R%d" % n for n in range(1, 19)]
HEAD = """.. SPDX-License-Identifier: GPL-2.0

===================================
Misuse of typed VMA access: a table
===================================

This page lists which tool stops which misuse before it runs. Each row is a case in the files of
*tools/testing/selftests/vma_access/compile_fail*: a use that must be refused, and
beside it the use that must be accepted in silence. The table is what a run of
them found.

gcc, clang
	The types alone, with the flags of any build.
context
	clang's context analysis (``CONTEXT_ANALYSIS_x.o := y``), clang 22 or later.
lifetime
	clang's lifetime analysis, clang 23 or later.
coccinelle
	*scripts/coccinelle/api/vma_access_handles.cocci*.

*yes*: this tool stops it. *(types)*: any compiler does, so it was not asked. An
empty field: this tool does not see it.

"""


def main():
    verdicts, folder, asked = sys.argv[1], sys.argv[2], sys.argv[3:]
    said = {}
    with open(verdicts) as f:
        for line in f:
            verdict, tool, case = line.split()
            said[case, tool] = verdict
    rows, count, nothing = [], dict.fromkeys(TOOLS, 0), []
    cases = {}
    for path in glob.glob(os.path.join(folder, "*.c")):
        with open(path) as f:
            parts = re.split(r"^#ifdef CASE_(\w+)$", f.read(), flags=re.M)
        cases.update(zip((name.replace("_", "-") for name in parts[1::2]), parts[2::2]))
    for case, text in sorted(cases.items()):
        rule = re.search(r"^ \* (R\d+(?:, R\d+)*): ", text, re.M).group(1)
        expect = set(re.findall(r"^ \* EXPECT-(\w+): ", text, re.M))
        types = re.search(r"^ \* EXPECT: ", text, re.M)
        cells = []
        for tool in TOOLS:
            verdict = said.get((case, tool)) if tool in asked else None
            if verdict is None:
                if tool in expect or (types and tool in ("gcc", "clang")):
                    verdict = "stops"
                elif tool in COMPILER and (types or COMPILER[tool] in expect):
                    verdict = "types"
                else:
                    verdict = "misses"
            if verdict in ("stops", "new"):
                count[tool] += 1
            cells.append({"stops": "yes", "new": "yes", "types": "(types)"}.get(verdict, ""))
        if not any(cells):
            nothing.append(case)
        rows.append([case, rule] + cells)

    rows.append(["**%d cases**" % len(rows), ""] + [str(count[t]) for t in TOOLS])
    head = ["case", "rule"] + TOOLS
    width = [max(len(r[i]) for r in rows + [head]) for i in range(len(head))]
    # An empty first column would continue the row above; the others may be empty.
    line = "  ".join("=" * w for w in width)
    print(HEAD + line)
    print("  ".join(c.ljust(w) for c, w in zip(head, width)).rstrip())
    print(line)
    for row in rows:
        print("  ".join(c.ljust(w) for c, w in zip(row, width)).rstrip())
    print(line)
    if nothing:
        print("\nNo tool stops: " + ", ".join(nothing) + ".")
    print("\nEach rule has two cases or more, but for those that only a run can tell:\n")
    for rule, why in RUN_TIME.items():
        print(f"* {rule}: {why}.")

    of = [rule for row in rows[:-1] for rule in row[1].split(", ")]
    few = [f"{r} has {of.count(r)}" for r in RULES if r not in RUN_TIME and of.count(r) < 2]
    if few:
        sys.exit("error: two cases for each rule: " + ", ".join(few))


main()
