#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Compares the code of raw and typed functions, and prints the page of it.

usage: codegen.py RESULTS COMPILER OBJECT ...

RESULTS gets "PASS|FAIL <tab> what <tab> why" for each pair and compiler.
Registers' names, addresses and padding do not count. A typed verb may not have one
instruction more than raw code, but for those in MORE; for each whose code is another
WHY or MORE has a reason, and every inline verb and class of the headers has a pair.
"""

import os
import re
import subprocess
import sys

REGISTER = re.compile(r"%(r[a-d]x|e[a-d]x|[a-d][lhx]|[re]?[sd]il?|[re]?bpl?|[re]?spl?|r\d+[dwb]?)\b")
PADDING = re.compile(r"^(cs |data16 )*(nop|xchg R,R$|int3)")
# What is behind a function of the layer, for modules have nothing else to call.
OUTSIDE = {"__vma_zap": "zap_vma_range"}
# Why the code of a verb is another, by compilers that were looked at.
MASK = "raw makes the mask on the stack, guarded by a canary"
WHY = {
    "gcc 12": {
        "as_mixedmap_of": "raw sets the error at the end, typed at the start",
        "vma_read": "raw has three exits, typed one",
        "vma_read_try": "typed sets the error before the test, raw behind it",
        "new_settle": MASK,
        "desc_deny": MASK,
        "new_map_pages_all": "raw keeps the handle in a register, typed on the stack",
    },
    "clang 23": {
        "as_pfnmap": "raw shifts a bit, typed tests it",
        "vma_read_try": "the same error, by 4 bytes or by 8",
        "new_fits": "raw moves by condition, typed jumps",
        "desc_fits": "raw moves by condition, typed jumps",
        "new_require_shared": "raw loads the flags to test them, typed tests memory",
        "desc_map_pages_all": "raw joins two tests, typed jumps at each",
    },
}
# How many instructions more a verb may have, by any compiler, and what for. Those
# of a second exit count, which are not run: what a verb takes is in vma_access_cost.rst.
NULL = "typed asks whether the handle is NULL"
PIN = "the end of the scope asks whether there is a pin"
ACQUIRED = "the end of the scope and ACQUIRE_ERR() ask what was acquired, each with an exit"
MORE = {
    "as_mixedmap_of": (2, NULL),
    "pin": (2, PIN),
    "pin_async": (2, PIN),
    "vma_read": (4, NULL),
    "vma_read_try": (18, ACQUIRED),
    "pair": (13, ACQUIRED),
}
# What of the headers needs no pair, and why.
NO_PAIR = {
    "DEFINE_VMA_TYPE": "declares a constant",
    "DEFINE_VMA_OBJECT_TYPE": "declares a constant",
    "DEFINE_VMA_TYPE_OVER": "declares a constant",
    "DEFINE_VMA_TYPE_OWNED": "declares a constant",
    "DEFINE_VMA_OWNER": "defines hooks that call the driver's",
    "DEFINE_VMA_TYPE_OWNED_ACCESS": "declares a constant",
    "DEFINE_VMA_ACCESS": "calls a function of the layer",
    "vma_hook_ptr": "an initialiser",
    "vma_new_from_mmap": "inline without an MMU alone, where it is NULL",
    "vma_ref": "a cast",
    "vma_remote_ref": "reads a member that drivers cannot see",
}
HARNESS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HEADERS = os.path.join(HARNESS, "..", "include", "linux")
SOURCE = os.path.join(HARNESS, "bench", "vma_access_codegen.c")
ABOUT = """.. SPDX-License-Identifier: GPL-2.0

=====================================
Typed VMA access: the code it becomes
=====================================

Each inline verb beside raw C that does the same, both compiled with the flags of a
production kernel: how many instructions each has. A verb that leads to a function of
the layer is beside raw code that calls the same function. *same* is the same code but
for the names of registers; *order* is the same instructions in another order; *+0* is
as many, but others; *why* is where a difference comes from. What the run of a verb
costs is in harness/results/vma_access_cost.rst.

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


def code_of(path):
    """A file's text without comments."""
    with open(path) as f:
        return re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)


def surface():
    """The public inline verbs and classes of the headers: {name: how it is used}."""
    found = {}
    for name in sorted(os.listdir(HEADERS)):
        if not re.fullmatch(r"vma_access\w*\.h", name):
            continue
        text = code_of(os.path.join(HEADERS, name))
        for m in re.finditer(r"^#\s*define\s+(\w+)\(", text, re.M):
            found[m[1]] = rf"\b{m[1]}\("
        for m in re.finditer(r"^static\s+(?:__always_|)inline\b[^;{}()]*?\b(\w+)\(", text, re.M):
            found[m[1]] = rf"\b{m[1]}\("
        for m in re.finditer(r"^DEFINE_(FREE|\w*(?:CLASS|GUARD)\w*)\((\w+)", text, re.M):
            found[m[2]] = rf"__free\({m[2]}\)" if m[1] == "FREE" else rf"\b(?:CLASS|ACQUIRE)\({m[2]},"
    # class_x_constructor() is what CLASS(x, ...) comes to.
    return {n: use for n, use in found.items() if not n.startswith(("__", "class_"))}


def typed_code():
    """{name of a pair: the text of its typed side}."""
    text = code_of(SOURCE)
    starts = list(re.finditer(r"^(RAW|TYPED|DEFINE_VMA_MMAP\w*)\(([^,]+),\s*(\w+)", text, re.M))
    ends = [m.start() for m in starts[1:]] + [len(text)]
    return {m[3] if m[1] == "TYPED" else m[2].removeprefix("typed_"): text[m.start():end]
            for m, end in zip(starts, ends) if m[1] != "RAW"}


def without_pair(pairs):
    """(name, why) of each verb that has none and should, or has one and should not."""
    verbs, typed = surface(), typed_code()
    for name in sorted(typed.keys() - pairs):
        yield name, "is in the source, and no pair in the objects"
    for name, use in sorted(verbs.items()):
        has = any(n in pairs and re.search(use, text) for n, text in typed.items())
        if not has and name not in NO_PAIR:
            yield name, "has no pair in vma_access_codegen.c"
        if has and name in NO_PAIR:
            yield name, "has a pair, and codegen.py says that it needs none"
    for name in sorted(NO_PAIR.keys() - verbs.keys()):
        yield name, "needs no pair, says codegen.py, but is not in the headers"


def main():
    if len(sys.argv) < 4 or len(sys.argv) % 2:
        print(__doc__.strip(), file=sys.stderr)
        return 1
    compilers = sys.argv[2::2]
    table, order, bad = {}, [], 0
    with open(sys.argv[1], "w") as results:
        def fail(what, why):
            nonlocal bad
            bad += 1
            results.write(f"FAIL\tcodegen {what}\t{why}\n")

        for compiler, path in zip(compilers, sys.argv[3::2]):
            found = functions(path)
            reasons = WHY.get(compiler)
            for name in found:
                side, _, verb = name.partition("_")
                if side == "typed" and "raw_" + verb not in found:
                    fail(f"{compiler} {verb}", "has no raw side")
                if side != "raw":
                    continue
                if "typed_" + verb not in found:
                    fail(f"{compiler} {verb}", "has no typed side")
                    continue
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
                other = verdict not in ("same", "order")
                what = f"{compiler} {verb}"
                if len(typed) > len(raw) + MORE.get(verb, (0,))[0]:
                    fail(what, f"{len(typed)} instructions, raw code {len(raw)}")
                elif other and reasons is not None and verb not in reasons and verb not in MORE:
                    fail(what, f"{verdict}, and codegen.py has no reason")
                elif not other and reasons and verb in reasons:
                    fail(what, f"{verdict}, which needs no reason in codegen.py")
                else:
                    results.write(f"PASS\tcodegen {what}\n")
            for verb in sorted((reasons or {}).keys() - {v for v, c in table if c == compiler}):
                fail(f"{compiler} {verb}", "codegen.py has a reason, and there is no such pair")
        for verb in sorted(MORE):
            if not any(v == verb and typed > raw for (v, c), (raw, typed, _) in table.items()):
                fail(verb, "takes no instruction more, and codegen.py says so")
        whole = {v for v in order if all((v, c) in table for c in compilers)}
        for name, why in without_pair(whole):
            fail(name, why)
    rows = [("verb",) + tuple(h for c in compilers for h in (f"{c}: raw", "typed", "\\")) + ("why",)]
    for verb in order:
        row = [verb.replace("_", "-")]
        for c in compilers:
            row += map(str, table.get((verb, c), ("-", "-", "-")))
        why = [(c.split()[0], WHY[c][verb]) for c in compilers if verb in WHY.get(c, {})]
        why = [f"{c}: {text}" for c, text in why]
        if verb in MORE:
            why.insert(0, MORE[verb][1])
        row.append("; ".join(why))
        rows.append(tuple(row))
    width = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    line = "  ".join("=" * w for w in width)
    print(ABOUT + line)
    for i, row in enumerate(rows):
        print("  ".join(c.ljust(w) for c, w in zip(row, width)).rstrip())
        if i == 0:
            print(line)
    print(line)
    print("\nWithout a pair:\n")
    for name, why in NO_PAIR.items():
        print(f"- {name}(): {why}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
