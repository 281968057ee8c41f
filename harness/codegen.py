#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Compares the code of raw and typed functions, and prints the page of it.

usage: codegen.py RESULTS COMPILER OBJECT ...

RESULTS gets "PASS|FAIL <tab> what <tab> why" for each pair and compiler.
Registers' names, addresses and padding do not count. A typed verb may not have one
instruction more than raw code; for each that has fewer WHY has a reason.
"""

import re
import subprocess
import sys

REGISTER = re.compile(r"%(r[a-d]x|e[a-d]x|[a-d][lhx]|[re]?[sd]il?|[re]?bpl?|[re]?spl?|r\d+[dwb]?)\b")
PADDING = re.compile(r"^(cs |data16 )*(nop|xchg R,R$|int3)")
# What is behind a function of the layer, for modules have nothing else to call.
OUTSIDE = {"__vma_read_lock": "lock_vma_under_rcu", "__vma_zap": "zap_vma_range"}
# Why the code of a verb, by one compiler or another, is not as long.
WHY = {
    "as_pfnmap": "clang: a test instead of a mask",
    "write_set": "raw: gcc makes the mask in memory",
    "vma_read": "raw: an exit of its own",
    "new_fits": "clang: a jump instead of a conditional move",
    "desc_fits": "clang: a jump instead of a conditional move",
    "new_settle": "raw: gcc makes the mask in memory",
    "desc_deny": "raw: gcc makes the mask in memory",
    "new_require_shared": "clang: a test instead of a mask",
}
ABOUT = """.. SPDX-License-Identifier: GPL-2.0

=====================================
Typed VMA access: the code it becomes
=====================================

Each inline verb beside raw C that does the same, both compiled with the flags of a
production kernel: how many instructions each has. *same* is the same code but for the
names of registers; *order* is the same instructions in another order; *why* is where
a difference comes from. What the run of a verb costs is in
Documentation/mm/vma_access_cost.rst.

"""


def functions(path):
    """{name: instructions} of an object."""
    out = subprocess.run(["objdump", "-dr", "--no-show-raw-insn", path], check=True,
                         capture_output=True, text=True).stdout
    found, code = {}, None
    for line in out.splitlines():
        if m := re.match(r"[0-9a-f]+ <(\w+)>:", line):
            code = found[m[1]] = []
        elif m := re.match(r"\s+[0-9a-f]+: R_\S+\s+(\S+)", line):
            name = m[1].split("-0x")[0].split("+0x")[0]
            code[-1] += " " + OUTSIDE.get(name, name)
        elif (m := re.match(r"\s+[0-9a-f]+:\s+(\S.*)", line)) and code is not None:
            text = re.sub(r"\s+", " ", re.sub(r"#.*|<.*>", "", m[1])).strip()
            text = re.sub(r"^(j\w+|call) [0-9a-f]+$", r"\1", text)
            text = REGISTER.sub("R", text)
            if not PADDING.match(text):
                code.append(text)
    return found


def main():
    if len(sys.argv) < 4 or len(sys.argv) % 2:
        print(__doc__.strip(), file=sys.stderr)
        return 1
    compilers = sys.argv[2::2]
    table, order, differs, bad = {}, [], set(), 0
    with open(sys.argv[1], "w") as results:
        for compiler, path in zip(compilers, sys.argv[3::2]):
            found = functions(path)
            for name in found:
                if not name.startswith("raw_"):
                    continue
                verb = name[4:]
                raw, typed = found[name], found["typed_" + verb]
                if raw == typed:
                    verdict = "same"
                elif sorted(raw) == sorted(typed):
                    verdict = "order"
                else:
                    verdict = f"{len(typed) - len(raw):+d}"
                if verb not in order:
                    order.append(verb)
                table[verb, compiler] = (len(raw), len(typed), verdict)
                if len(typed) != len(raw):
                    differs.add(verb)
                if len(typed) != len(raw) and verb not in WHY:
                    bad += 1
                    results.write(f"FAIL\tcodegen {compiler} {verb}\t{len(typed)} instructions, "
                                  f"raw code {len(raw)}, and codegen.py has no reason\n")
                elif len(typed) > len(raw):
                    bad += 1
                    results.write(f"FAIL\tcodegen {compiler} {verb}\t{len(typed)} instructions, "
                                  f"raw code {len(raw)}\n")
                else:
                    results.write(f"PASS\tcodegen {compiler} {verb}\n")
    rows = [("verb",) + tuple(h for c in compilers for h in (f"{c}: raw", "typed", "\\")) + ("why",)]
    for verb in order:
        row = [verb.replace("_", "-")]
        for c in compilers:
            row += map(str, table.get((verb, c), ("-", "-", "-")))
        row.append(WHY[verb] if verb in differs and verb in WHY else "")
        rows.append(tuple(row))
    width = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    line = "  ".join("=" * w for w in width)
    print(ABOUT + line)
    for i, row in enumerate(rows):
        print("  ".join(c.ljust(w) for c, w in zip(row, width)).rstrip())
        if i == 0:
            print(line)
    print(line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
